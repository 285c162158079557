"""The window's end of the engine, against a real process that speaks the protocol."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.engine import messages as m
from studio.ui.client import TICK_MS, EngineClient
from studio.ui.words import exit_words

Command = Callable[[str], list[str]]


class Heard:
    """Everything a client handed on."""

    def __init__(self, client: EngineClient) -> None:
        self.batches: list[tuple[m.Event, ...]] = []
        self.times: list[float] = []
        client.eventsArrived.connect(self.take)

    def take(self, events: tuple[m.Event, ...]) -> None:
        self.batches.append(events)
        self.times.append(time.monotonic())

    @property
    def events(self) -> list[m.Event]:
        return [event for events in self.batches for event in events]

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def make(qtbot: QtBot, fake_engine: Command) -> Iterator[Callable[[str], tuple[EngineClient, Heard]]]:
    made: list[EngineClient] = []

    def one(behaviour: str = "normal") -> tuple[EngineClient, Heard]:
        client = EngineClient(fake_engine(behaviour))
        made.append(client)
        return client, Heard(client)

    yield one
    for client in made:
        client.close(wait_ms=300)
        client.deleteLater()


def test_an_engine_greets_and_is_ready(qtbot, make):
    client, _ = make()
    client.start()
    assert client.state == "starting"
    qtbot.waitUntil(lambda: client.state == "ready", timeout=10_000)
    assert client.greeting is not None and client.greeting.device == "cpu"


def test_a_job_starts_the_engine_by_itself_and_answers_under_its_number(qtbot, make):
    client, heard = make()
    number = client.submit(m.Scan())
    qtbot.waitUntil(lambda: bool(heard.of(m.Done)), timeout=10_000)
    assert {event.job for event in heard.events} == {number}
    assert heard.of(m.Scanned)[0].n_train == 16
    assert client.state == "ready" and client.job is None


def test_jobs_wait_for_each_other(qtbot, make):
    client, heard = make()
    first, second = client.submit(m.Scan()), client.submit(m.Check())
    qtbot.waitUntil(lambda: len(heard.of(m.Done)) == 2, timeout=10_000)
    assert [event.job for event in heard.of(m.Done)] == [first, second]


def test_lines_that_are_no_events_are_left_out(qtbot, make, caplog):
    client, heard = make("garbage")
    client.submit(m.Scan())
    qtbot.waitUntil(lambda: bool(heard.of(m.Done)), timeout=10_000)
    assert heard.of(m.Scanned)
    assert "could not be read" in caplog.text


def test_an_engine_of_another_version_is_refused_in_words(qtbot, make):
    client, _ = make("protocol")
    client.start()
    qtbot.waitUntil(lambda: client.state == "died", timeout=10_000)
    assert "Install the studio again" in client.words


def test_answers_of_a_job_that_was_given_up_are_dropped(qtbot, make):
    client, heard = make()
    old = client.submit(m.FindRate())
    qtbot.waitUntil(lambda: bool(heard.of(m.RatePoints)), timeout=10_000)
    client.give_up()
    seen = len(heard.events)
    new = client.submit(m.Scan())
    qtbot.waitUntil(lambda: bool(heard.of(m.Done)), timeout=10_000)
    later = heard.events[seen:]
    assert not [e for e in later if e.job == old and not isinstance(e, m.Cancelled)]
    assert heard.of(m.Done)[0].job == new


def test_background_work_gives_way_and_is_done_afterwards(qtbot, make):
    client, heard = make()
    client.submit(m.FindRate(), background=True)
    qtbot.waitUntil(lambda: bool(heard.of(m.RatePoints)), timeout=10_000)
    wanted = client.submit(m.Scan())
    qtbot.waitUntil(lambda: bool(heard.of(m.Scanned)), timeout=10_000)
    assert heard.of(m.Scanned)[0].job == wanted
    qtbot.waitUntil(lambda: client.job is not None and isinstance(client.job, m.FindRate), timeout=10_000)
    client.give_up()


def test_waiting_background_work_of_one_kind_is_there_once(make):
    client, _ = make()
    for _ in range(5):
        client.submit(m.Scan(), background=True)
    assert len(client.waiting()) == 1


def test_events_are_handed_on_together_once_a_tick(qtbot, make):
    client, heard = make("flood")
    client.submit(m.Train())
    qtbot.waitUntil(lambda: len(heard.of(m.Batches)) > 1000, timeout=20_000)
    client.control(m.Discard())
    qtbot.waitUntil(lambda: bool(heard.of(m.RunDone)), timeout=10_000)
    assert len(heard.batches) < len(heard.events) / 5
    gaps = [b - a for a, b in zip(heard.times, heard.times[1:], strict=False)]
    assert min(gaps) > TICK_MS / 1000 * 0.5


def test_pause_continue_and_stop_reach_the_running_job(qtbot, make):
    client, heard = make()
    client.submit(m.Train())
    qtbot.waitUntil(lambda: bool(heard.of(m.Batches)), timeout=10_000)
    client.control(m.Pause())
    qtbot.waitUntil(lambda: any(e.state == "paused" for e in heard.of(m.RunState)), timeout=10_000)
    client.control(m.Continue())
    qtbot.waitUntil(lambda: any(e.state == "training" for e in heard.of(m.RunState)), timeout=10_000)
    client.control(m.StopKeep())
    qtbot.waitUntil(lambda: bool(heard.of(m.RunDone)), timeout=10_000)
    assert heard.of(m.RunDone)[0].status == "stopped"


def test_a_killed_engine_is_told_in_words_and_can_be_started_again(qtbot, make):
    client, heard = make()
    client.submit(m.Train())
    qtbot.waitUntil(lambda: bool(heard.of(m.Batches)), timeout=10_000)
    os.kill(client.greeting.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: client.state == "died", timeout=10_000)
    assert client.words.startswith("The engine stopped: killed by signal 9")
    assert client.job is None
    assert "a line on stderr" in client.stderr
    client.restart()
    qtbot.waitUntil(lambda: client.state == "ready", timeout=10_000)
    client.submit(m.Scan())
    qtbot.waitUntil(lambda: bool(heard.of(m.Scanned)), timeout=10_000)


def test_an_engine_that_cannot_be_started_says_so(qtbot):
    client = EngineClient(["/nowhere/python"])
    client.start()
    qtbot.waitUntil(lambda: client.state == "died", timeout=10_000)
    assert "could not be started" in client.words
    client.close()
    client.deleteLater()


def test_closing_lets_the_engine_leave_by_itself(qtbot, make):
    client, _ = make()
    client.start()
    qtbot.waitUntil(lambda: client.state == "ready", timeout=10_000)
    pid = client.greeting.pid
    client.close(wait_ms=5000)
    assert client.state == "off"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_parked_engine_is_gone_and_what_is_asked_for_meanwhile_gets_a_fresh_one(qtbot, make):
    client, heard = make()
    client.submit(m.Train())
    qtbot.waitUntil(lambda: bool(heard.of(m.Batches)), timeout=10_000)
    pid = client.greeting.pid
    client.park()
    client.submit(m.Scan())
    qtbot.waitUntil(lambda: bool(heard.of(m.Scanned)), timeout=10_000)
    assert client.greeting.pid != pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_closing_ends_an_engine_that_does_not_listen(qtbot, make):
    client, _ = make("deaf")
    client.start()
    qtbot.waitUntil(lambda: client.state == "ready", timeout=10_000)
    pid = client.greeting.pid
    began = time.monotonic()
    client.close(wait_ms=200)
    assert time.monotonic() - began < 3
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_why_a_process_is_gone_is_said_in_words():
    assert "memory runs out" in exit_words(9, True)
    assert (
        exit_words(3, False, ("one", "the last line", ""))
        == "The engine stopped with status 3: the last line."
    )
    assert exit_words(0, False) == "The engine left without being asked."
