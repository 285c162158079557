"""The engine process: what a window can say to it, and what becomes of it when the window does not speak any more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.session import Session
from studio.project import Project
from tests.engine.conftest import Told, recipe, with_stages
from tests.engine.process import Engine

SLOW = {"slow_s": 0.02, "points": 60}
"""Three seconds of training: time to do something in the middle."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One process for all that leaves it alive."""
    started = Engine(log=tmp_path_factory.mktemp("engine") / "log")
    yield started
    started.close()


@pytest.fixture
def jobs() -> Iterator[Callable[[], int]]:
    """Job numbers that never come twice."""
    yield next_job


_numbers = iter(range(1, 10_000))


def next_job() -> int:
    return next(_numbers)


def opened(engine: Engine, project: Project) -> None:
    job = next_job()
    engine.send(m.Open(job=job, project=str(project.folder)))
    engine.until(m.Done, lambda e: e.job == job)


def test_it_greets_and_answers_in_order(engine: Engine, make: Callable[..., Project]) -> None:
    project = make()
    engine.send(m.Open(job=next_job(), project=str(project.folder)), m.Scan(job=(scan := next_job())))
    greeting = engine.until(m.Greeting)
    assert greeting.protocol == m.PROTOCOL
    assert greeting.pid == engine.process.pid
    assert greeting.device == "cpu"
    assert engine.until(m.Scanned).job == scan
    engine.until(m.Done, lambda e: e.job == scan)
    assert [e.what for e in engine.events if isinstance(e, m.Started)] == ["Open", "Scan"]


def test_garbage_is_answered_and_survived(engine: Engine, make: Callable[..., Project]) -> None:
    opened(engine, make())
    engine.write(b"this is no command\n\xff\xfe\n{}\n[1]\n")
    for _ in range(4):
        assert "did not understand" in engine.until(m.Notice).text
    engine.write(b'{"do": "Dance", "job": 900}\n{"do": "Export", "job": 901, "run": "first"}\n')
    assert engine.until(m.Failed).job == 900
    assert engine.until(m.Failed).job == 901
    engine.send(m.Scan(job=(job := next_job())))
    engine.until(m.Done, lambda e: e.job == job)


def test_a_failed_job_says_why_and_the_next_one_works(engine: Engine, make: Callable[..., Project]) -> None:
    opened(engine, make())
    engine.send(m.Evaluate(job=(bad := next_job()), run=77), m.Scan(job=(good := next_job())))
    failed = engine.until(m.Failed)
    assert (failed.job, "no run 77" in failed.message, "Traceback" in failed.detail) == (bad, True, True)
    engine.until(m.Done, lambda e: e.job == good)


def test_a_folder_without_a_project_is_named(engine: Engine, tmp_path: Path) -> None:
    engine.send(m.Open(job=next_job(), project=str(tmp_path / "nothing")))
    assert "nothing" in engine.until(m.Failed).message


def test_a_fit_is_paused_continued_and_stopped_at_once(engine: Engine, make: Callable[..., Project]) -> None:
    project = make(recipe(**SLOW))
    opened(engine, project)
    engine.send(m.Train(job=(job := next_job())))
    engine.until(m.Batches)
    engine.send(m.Pause(job=job))
    engine.until(m.RunState, lambda e: e.state == "paused")
    assert project.run(1).record().status == "paused"
    engine.send(m.Continue(job=job))
    engine.until(m.Batches)
    engine.send(m.StopKeep(job=job))
    assert engine.until(m.RunDone).status == "stopped"
    engine.until(m.Done, lambda e: e.job == job)
    assert project.run(1).model_path.exists()
    assert {e.job for e in engine.events if isinstance(e, m.Batches) and e.run == 1} == {job}


def test_an_old_job_number_does_not_stop_the_running_job(
    engine: Engine, make: Callable[..., Project]
) -> None:
    opened(engine, make(recipe(**SLOW)))
    engine.send(m.Scan(job=(old := next_job())))
    engine.until(m.Done, lambda e: e.job == old)
    engine.send(m.Train(job=(job := next_job())))
    engine.until(m.Batches)
    engine.send(m.StopKeep(job=old), m.Discard(job=old), m.Cancel(job=old))
    engine.until(m.Batches)
    engine.send(m.Discard(job=job))
    assert engine.until(m.RunDone).status == "discarded"


def test_a_waiting_job_can_be_cancelled(engine: Engine, make: Callable[..., Project]) -> None:
    opened(engine, make(recipe(**SLOW)))
    engine.send(m.Train(job=(fit := next_job())), m.FindRate(job=(waiting := next_job())))
    engine.until(m.Batches)
    engine.send(m.Cancel(job=waiting), m.StopKeep(job=fit))
    assert engine.until(m.Cancelled).job == waiting


def test_the_finder_is_cancelled_in_its_middle(engine: Engine, make: Callable[..., Project]) -> None:
    opened(engine, make(recipe(**SLOW)))
    engine.send(m.FindRate(job=(job := next_job())))
    engine.until(m.RatePoints)
    engine.send(m.Cancel(job=job))
    assert engine.until(m.Cancelled).job == job


def test_what_a_library_prints_does_not_reach_the_line(engine: Engine, make: Callable[..., Project]) -> None:
    """`until` reads every line as an event."""
    opened(engine, make(recipe(is_chatty=True)))
    engine.send(m.Train(job=(job := next_job())))
    engine.until(m.Done, lambda e: e.job == job)
    assert b"a library says something\nand so does one written in C\n" in engine.logged()


def test_a_closed_window_leaves_a_checkpoint_within_five_seconds(
    make: Callable[..., Project], told: Told
) -> None:
    project, plain = make(recipe(**SLOW)), make(name="plain.thaw")
    engine = Engine()
    try:
        opened(engine, project)
        engine.send(m.Train(job=next_job()))
        engine.until(m.Batches, lambda e: e.first > 2)
        began = time.monotonic()
        engine.hang_up()
        assert engine.process.wait(10) == 0
        assert time.monotonic() - began < 5
    finally:
        engine.close()
    record = project.run(1).record()
    assert (record.status, record.resumable) == ("interrupted", True)
    Session(project, told, Control()).train(resume=1)
    Session(plain, Told(), Control()).train()
    assert project.run(1).model_path.read_bytes() == plain.run(1).model_path.read_bytes()


def test_a_batch_that_blocks_does_not_keep_an_orphan(make: Callable[..., Project]) -> None:
    """The data hangs (a drive that does not answer): the engine still leaves, with its last checkpoint on disk."""
    project = make(with_stages(recipe(slow_s=0.02), epochs=500))
    engine = Engine("0")
    try:
        opened(engine, project)
        engine.send(m.Train(job=next_job()))
        engine.until(m.Checkpointed)
        (project.folder.parent / "data" / "hang").touch()
        engine.quiet(1.0)
        began = time.monotonic()
        engine.hang_up()
        assert engine.process.wait(10) == 0
        assert 4 < time.monotonic() - began < 5
    finally:
        engine.close()
    assert project.run(1).checkpoints()


def test_quit_leaves_at_once(engine: Engine) -> None:
    """The last of all: it ends the process that the tests above shared."""
    engine.send(m.Quit())
    assert engine.process.wait(5) == 0
