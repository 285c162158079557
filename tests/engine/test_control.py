"""Flags hold a fit, let it go, and end it, from another thread."""

from __future__ import annotations

import threading

import pytest

from studio.engine.control import Cancelled, Control


def waiting(control: Control) -> tuple[threading.Thread, threading.Event]:
    """A thread that waits while paused, and whether it has gone on."""
    gone_on = threading.Event()

    def wait() -> None:
        control.wait_while_paused()
        gone_on.set()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread, gone_on


def test_nothing_waits_without_a_pause() -> None:
    Control().wait_while_paused()


@pytest.mark.parametrize("release", ["continue_", "stop_keep", "discard", "leave", "cancel"])
def test_a_pause_holds_until_it_is_released(release: str) -> None:
    control = Control()
    control.pause()
    thread, gone_on = waiting(control)
    assert not gone_on.wait(0.05)
    getattr(control, release)()
    assert gone_on.wait(5)
    thread.join(5)


def test_the_first_way_to_stop_counts() -> None:
    control = Control()
    control.stop_keep()
    control.discard()
    assert control.stop == "keep"


def test_a_closed_window_overrules_stop_and_keep_but_not_discard() -> None:
    kept, thrown = Control(), Control()
    kept.stop_keep()
    thrown.discard()
    kept.leave()
    thrown.leave()
    assert (kept.stop, thrown.stop) == ("leave", "discard")


def test_a_cancelled_job_is_ended_by_its_next_check() -> None:
    control = Control()
    control.check()
    control.cancel()
    with pytest.raises(Cancelled):
        control.check()
