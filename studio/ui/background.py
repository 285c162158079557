"""Runs one plain function on another thread and brings its answer back to the window's.

Three layers: a plain function that knows no Qt, this adapter, and the one who asks. The answer of an asker that is
gone is dropped. Must not import torch, pandas or numpy.

Plain threads, not QThreadPool: a QRunnable that Python owns is destroyed when its last reference goes, running or not.
And no thread speaks through an object that may go while it works: all answers come by one that stays.
"""

from __future__ import annotations

import functools
import queue
import threading
import weakref
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid


class Background(QObject):
    """One call in flight; it goes when the answer was delivered.

    Signals
    -------
    finished(object)     what the function returned
    failed(object)       the exception that it raised
    """

    finished = Signal(object)
    failed = Signal(object)

    def __init__(self, function: Callable[[], Any], parent: QObject) -> None:
        super().__init__(parent)
        given = function, weakref.ref(self), _office()
        self.thread_ = threading.Thread(target=_run, args=given, name="studio-background", daemon=True)

    def start(self) -> None:
        """Run it on a thread of its own."""
        self.thread_.start()

    def deliver(self, value: object, error: object) -> None:
        """Tell who asked, on the window's thread."""
        if error is None:
            self.finished.emit(value)
        else:
            self.failed.emit(error)
        self.deleteLater()


class _Office(QObject):
    """Where answers arrive: never destroyed, so that a thread may speak to it at any moment."""

    came = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.answers: queue.SimpleQueue[tuple[weakref.ref[Background], object, object]] = queue.SimpleQueue()
        self.came.connect(self._deliver)

    @Slot()
    def _deliver(self) -> None:
        asked, value, error = self.answers.get()
        asker = asked()
        if asker is not None and isValid(asker):
            asker.deliver(value, error)


@functools.cache
def _office() -> _Office:
    """The window's office; first asked for on its thread, to which it belongs."""
    return _Office()


def _run(function: Callable[[], Any], asked: weakref.ref[Background], office: _Office) -> None:
    value, error = None, None
    try:
        value = function()
    except Exception as caught:  # noqa: BLE001 - handed to the asker, who says it in words
        error = caught
    office.answers.put((asked, value, error))
    office.came.emit()


def in_background(
    parent: QObject,
    function: Callable[[], Any],
    then: Callable[[Any], None],
    failed: Callable[[Any], None],
) -> Background:
    """Start `function`; `then(answer)` or `failed(exception)` follows on the window's thread while `parent` lives."""
    made = Background(function, parent)
    made.finished.connect(then)
    made.failed.connect(failed)
    made.start()
    return made
