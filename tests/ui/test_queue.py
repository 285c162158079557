"""The queue of the window at work: one run after the other, whatever happens to each of them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.engine import messages as m
from studio.hardware.awake import Awake
from studio.project.queue import Entry
from studio.ui.app import Studio
from studio.ui.notify import Notifier
from studio.ui.store import JobView
from studio.ui.wakeful import Wakeful
from tests.ui.fake_engine import FAILS, TOO_LARGE

PATIENT_MS = 60_000  # several processes are started one after the other


@pytest.fixture
def until(wait_for) -> Callable[[Callable[[], bool]], None]:
    """`wait_for`, with more patience."""
    return lambda condition: wait_for(condition, PATIENT_MS)


@pytest.fixture
def opened(studio: Studio, project_folder: Path, until) -> Studio:
    studio.actions.open_project(project_folder)
    until(lambda: studio.store.findings is not None and studio.store.job is None)
    return studio


def line_up(studio: Studio, *seeds: int) -> None:
    for seed in seeds:
        studio.actions.queue_run({"seed": seed})


def sent_to(studio: Studio) -> list[m.Train]:
    sent: list[m.Train] = []
    studio.client.jobSent.connect(
        lambda command: sent.append(command) if isinstance(command, m.Train) else None
    )
    return sent


def waiting(studio: Studio) -> list[Entry]:
    assert studio.store.project is not None
    return list(studio.store.project.queue.entries())


def test_a_run_that_fails_stays_with_its_reason_and_the_next_one_trains(opened: Studio, until):
    sent = sent_to(opened)
    line_up(opened, 1, FAILS, 3)
    opened.actions.start_queue()
    until(lambda: not opened.store.queue_going)
    assert [command.recipe.seed for command in sent if command.recipe] == [1, FAILS, 3]
    left = waiting(opened)
    assert [(entry.status, entry.error) for entry in left] == [("failed", "The disk is full.")]
    assert opened.store.queue_words == "The queue is done: 2 runs trained, 1 failed."
    opened.actions.queue_again(left[0].id)
    assert [entry.status for entry in waiting(opened)] == ["waiting"]


def test_a_run_that_ran_out_of_memory_goes_on_in_a_fresh_engine_and_the_queue_with_it(opened: Studio, until):
    sent = sent_to(opened)
    line_up(opened, TOO_LARGE, 2)
    opened.actions.start_queue()
    until(lambda: not opened.store.queue_going)
    assert [(command.resume, command.recipe is not None) for command in sent] == [
        (None, True),
        (1, False),
        (None, True),
    ]
    assert waiting(opened) == []


def test_an_engine_that_dies_is_started_again_once_and_then_the_run_has_failed(opened: Studio, until):
    project, sent = opened.store.project, sent_to(opened)
    run = project.new_run(project.recipe)
    (run.path / "checkpoint-20.safetensors").write_bytes(b"")
    (run.path / "checkpoint-20.json").write_text("{}")
    run.update_record(status="interrupted")
    line_up(opened, 1, 2)
    opened.actions.start_queue()
    for count in (1, 2):
        until(
            lambda count=count: len(sent) == count and opened.store.job is not None
            and opened.store.live is not None and opened.store.live.active and bool(opened.store.live.steps)
        )  # fmt: skip
        os.kill(opened.store.greeting.pid, signal.SIGKILL)
        until(lambda: opened.store.engine_state != "busy")
    until(lambda: not opened.store.queue_going)
    assert [command.resume for command in sent] == [None, 1, None]
    assert [entry.status for entry in waiting(opened)] == ["failed"]
    assert "killed by signal 9" in waiting(opened)[0].error


def test_it_begins_no_further_run_after_pause_and_an_entry_taken_out_comes_back(opened: Studio, until):
    line_up(opened, 1, 2)
    opened.actions.start_queue()
    until(lambda: opened.store.live is not None and len(opened.store.live.steps) > 2)
    opened.actions.pause_queue()
    until(lambda: len(waiting(opened)) == 1 and opened.store.job is None)
    assert [entry.status for entry in waiting(opened)] == ["waiting"]
    opened.actions.unqueue(waiting(opened)[0].id)
    assert waiting(opened) == []
    opened.actions.undo_queue()
    assert len(waiting(opened)) == 1


class Counted(Awake):
    def __init__(self) -> None:
        super().__init__("sunos5")
        self.calls: list[str] = []

    def hold(self) -> None:
        self.calls.append("hold")

    def release(self) -> None:
        self.calls.append("release")


def test_the_machine_is_kept_awake_while_something_trains_and_not_while_it_is_held(studio: Studio):
    store, awake = studio.store, Counted()
    wakeful = Wakeful(store, studio, awake)
    for job in (
        JobView(1, "Scan"),
        JobView(2, "Train"),
        JobView(2, "Train", done=3),
        JobView(2, "Train", paused=True),
        JobView(2, "Train"),
        None,
    ):
        store.job = job
        store.jobChanged.emit()
    assert awake.calls == ["hold", "release", "hold", "release"]
    store.queue_going = True
    store.queueChanged.emit()
    assert awake.calls[-1] == "hold"
    assert wakeful.parent() is studio


def test_who_looks_elsewhere_is_told_how_a_run_ended_but_not_that_it_was_stopped(
    opened: Studio, until, monkeypatch: pytest.MonkeyPatch
):
    told: list[str] = []
    monkeypatch.setattr(Notifier, "tell", lambda _self, words: told.append(words))
    opened.actions.train()
    until(lambda: opened.store.live is not None and opened.store.live.done is not None)
    until(lambda: opened.store.job is None)
    assert told == ["Run 1 is finished: accuracy 90.0 %."]
    opened.actions.train()
    until(lambda: opened.store.live.active and len(opened.store.live.steps) > 2)
    opened.actions.stop_keep()
    until(lambda: opened.store.live.done is not None)
    assert len(told) == 1
    line_up(opened, 1)
    until(lambda: opened.store.job is None)
    opened.actions.start_queue()
    until(lambda: not opened.store.queue_going)
    assert told[1:] == ["The queue is done: 1 run trained."]
