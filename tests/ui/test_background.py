"""A call on another thread: its answer comes to the window's thread, and nobody is waited for in vain."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject

from studio.ui.background import in_background


def test_an_answer_and_a_refusal_come_to_the_thread_that_asked(qtbot):
    parent, came, threads = QObject(), [], []

    def told(value):
        came.append(value)
        threads.append(threading.current_thread())

    in_background(parent, lambda: 7, told, told)
    in_background(parent, lambda: int("no"), told, told)
    qtbot.waitUntil(lambda: len(came) == 2)
    assert 7 in came
    assert any(isinstance(one, ValueError) for one in came)
    assert set(threads) == {threading.main_thread()}
    parent.deleteLater()


def test_the_answer_for_one_that_is_gone_is_dropped(qtbot):
    """Destroyed while the thread works, as a form is that is built anew while it looks at a table."""
    parent, came, may_end = QObject(), [], threading.Event()
    asked = in_background(parent, may_end.wait, came.append, came.append)
    thread = asked.thread_
    del asked
    with qtbot.waitSignal(parent.destroyed):
        parent.deleteLater()
    may_end.set()
    thread.join(10)
    assert not thread.is_alive()
    other = QObject()
    in_background(other, lambda: "later", came.append, came.append)
    qtbot.waitUntil(lambda: came == ["later"])
