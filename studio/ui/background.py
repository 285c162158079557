"""Runs one plain function on another thread and brings its answer back to the window's.

Three layers: a plain function that knows no Qt, this adapter, and the one who asks. The answer of an asker that is
gone is dropped. Must not import torch, pandas or numpy.

Plain threads, not QThreadPool: a QRunnable that Python owns is destroyed when its last reference goes, running or not.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

log = logging.getLogger(__name__)


class Background(QObject):
    """One call in flight; it goes when the answer was delivered.

    Signals
    -------
    finished(object)     what the function returned
    failed(object)       the exception that it raised
    """

    finished = Signal(object)
    failed = Signal(object)
    _came = Signal(object, object)

    def __init__(self, function: Callable[[], Any], parent: QObject) -> None:
        super().__init__(parent)
        self._function = function
        self._came.connect(self._deliver)
        self.thread_ = threading.Thread(target=self._run, name="studio-background", daemon=True)

    def start(self) -> None:
        """Run it on a thread of its own."""
        self.thread_.start()

    def _run(self) -> None:
        value, error = None, None
        try:
            value = self._function()
        except Exception as caught:  # noqa: BLE001 - handed to the asker, who says it in words
            error = caught
        try:
            self._came.emit(value, error)
        except RuntimeError:
            log.debug("nobody waits for the answer any more")

    @Slot(object, object)
    def _deliver(self, value: object, error: object) -> None:
        if error is None:
            self.finished.emit(value)
        else:
            self.failed.emit(error)
        self.deleteLater()


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
