"""Loader processes: one that dies ends the run in a sentence, and none keeps anything of the engine's."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import msgspec
import psutil
import pytest
from torch.utils.data._utils import signal_handling

from studio.engine import loader_processes
from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.session import Session
from studio.project import Project
from studio.recipe.schema import Recipe
from tests.engine.conftest import Told, recipe
from tests.engine.process import Engine

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
END_S = 60
BATCHES = 24  # in an epoch of 240 points
AHEAD = 8


def with_workers(given: Recipe, count: int = 2) -> Recipe:
    """The recipe with loader processes."""
    return msgspec.structs.replace(given, training=msgspec.structs.replace(given.training, workers=count))


def test_a_killed_loader_process_ends_the_run_in_a_sentence_and_it_can_go_on(
    make: Callable[..., Project], told: Told
) -> None:
    slow, quick = (with_workers(recipe(slow_s=s, points=240)) for s in (0.02, 0.0))
    project, plain = make(slow), make(quick, "plain.thaw")
    undisturbed = []

    def kill(event: m.Event) -> None:
        """In the second epoch, with more batches to come than are prepared ahead."""
        if isinstance(event, m.Batches) and BATCHES < event.first + len(event.losses) < 2 * BATCHES - AHEAD:
            told.on = None
            children = psutil.Process().children()
            for child in children:
                child.kill()
                os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # left for torch to see
            undisturbed.append(len(children))

    told.on = kill
    with pytest.raises(Exception, match="DataLoader worker"):
        Session(project, told, Control(), checkpoint_minutes=0).train()
    assert undisturbed and undisturbed[0] >= 2
    record = project.run(1).record()
    assert (record.status, record.resumable) == ("failed", True)
    assert "process that reads the data was ended from outside" in record.error
    assert Session(project, Told(), Control()).train(resume=1).status == "finished"
    Session(plain, Told(), Control()).train()
    assert project.run(1).model_path.read_bytes() == plain.run(1).model_path.read_bytes()


def test_torchs_way_to_tell_of_a_death_is_taken_back_where_it_was_there_before() -> None:
    before = signal.getsignal(signal.SIGCHLD)
    signal_handling._SIGCHLD_handler_set = False
    try:
        signal_handling._set_SIGCHLD_handler()  # as any loader of fastai's own does
        assert signal.getsignal(signal.SIGCHLD) is not before
        loader_processes._tell_deaths_where_batches_are_awaited.cache_clear()
        loader_processes.use(SimpleNamespace(loaders=[]), 2)
        assert signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL
        assert signal_handling._SIGCHLD_handler_set
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def test_loader_processes_hold_no_line_of_the_engine_and_end_with_it(make: Callable[..., Project]) -> None:
    project, engine = make(with_workers(recipe(slow_s=0.05))), Engine()
    try:
        engine.send(m.Open(job=1, project=str(project.folder)), m.Train(job=2))
        engine.until(m.Batches)
        children = psutil.Process(engine.process.pid).children()
        assert len(children) >= 2
        pipes = (engine.process.stdin, engine.process.stdout)
        ours = {f"pipe:[{os.fstat(pipe.fileno()).st_ino}]" for pipe in pipes if pipe is not None}
        for child in children:
            held = {str(fd.readlink()) for fd in Path(f"/proc/{child.pid}/fd").iterdir() if fd.is_symlink()}
            assert not ours & held
        engine.process.kill()
        _, alive = psutil.wait_procs(children, timeout=END_S)
        assert not alive
    finally:
        engine.close()
