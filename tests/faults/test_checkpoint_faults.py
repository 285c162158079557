"""A checkpoint survives a kill at each step of writing the next one, and a disk that fills up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from studio.engine import checkpoint
from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.session import Session
from studio.errors import UserError
from studio.project import Project
from tests.engine.conftest import Told
from tests.engine.process import REPO
from tests.engine.test_checkpoint import state, tensors

resource = pytest.importorskip("resource", reason="needs limits of the operating system")


@contextmanager
def disk_full(bytes_left: int) -> Iterator[None]:
    """No file may grow beyond `bytes_left`, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.fixture
def limits() -> Iterator[ExitStack]:
    """Enter `disk_full` here; whatever a test does, there is room again after it."""
    with ExitStack() as stack:
        yield stack


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_kill_at_any_step_leaves_a_whole_checkpoint(tmp_path: Path) -> None:
    """Killed at every call that touches a file: the one before is there until the new one is."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.faults.killed_writer", str(tmp_path / "run")],
        capture_output=True,
        text=True,
        cwd=REPO,
        env={**os.environ, "PYTHONPATH": str(REPO)},
        check=True,
    )
    lines = [line.split() for line in run.stdout.splitlines()]
    steps = [step for _, step, _ in lines]
    assert len(lines) > 10
    assert set(steps) == {"20", "30"}
    assert steps == sorted(steps)
    assert lines[-1] == ["0", "30", "4"]


def test_what_a_kill_left_behind_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "checkpoint-00000005.safetensors").write_bytes(b"half")
    for step in (6, 7):
        checkpoint.write(tmp_path, state(step), tensors(step))
    assert len(list(tmp_path.iterdir())) == 4


def test_a_full_disk_keeps_the_older_checkpoint(tmp_path: Path) -> None:
    checkpoint.write(tmp_path, state(1), tensors(1))
    with disk_full(100), pytest.raises(UserError, match="disk is full"):
        checkpoint.write(tmp_path, state(2), tensors(2))
    found = checkpoint.newest(tmp_path)
    assert found is not None
    assert found[0].step == 1
    assert len(list(tmp_path.iterdir())) == 2


def test_training_goes_on_while_the_disk_is_full(
    make: Callable[..., Project], told: Told, limits: ExitStack
) -> None:
    """The run says so, keeps what it has, and writes again when there is room."""
    project, plain = make(), make(name="plain.thaw")
    Session(plain, Told(), Control()).train()

    def fill(event: m.Event) -> None:
        if isinstance(event, m.Checkpointed) and event.step == 6:
            limits.enter_context(disk_full(64))
        if isinstance(event, m.StageStarted) and event.stage == 1:
            kept = checkpoint.newest(project.run(1).path)
            assert kept is not None and kept[0].step == 6
            limits.close()

    told.on = fill
    done = Session(project, told, Control()).train()
    notices = [event.text for event in told.of(m.Notice)]
    assert done.status == "finished"
    assert any("No checkpoint was written, training goes on" in text for text in notices)
    assert any("history has gaps" in text for text in notices)
    assert [event.step for event in told.of(m.Checkpointed)] == [6, 18]
    assert project.run(1).model_path.read_bytes() == plain.run(1).model_path.read_bytes()


def test_a_disk_too_full_for_the_model_fails_the_run_but_not_its_checkpoint(
    make: Callable[..., Project], told: Told, limits: ExitStack
) -> None:
    project = make()

    def fill(event: m.Event) -> None:
        if isinstance(event, m.EpochDone) and event.step == 24:
            limits.enter_context(disk_full(64))

    told.on = fill
    with pytest.raises(UserError, match="disk is full"):
        Session(project, told, Control()).train()
    limits.close()
    assert checkpoint.newest(project.run(1).path) is not None
    again = Session(project, Told(), Control()).train(resume=1)
    assert again.status == "finished"
