"""Python's collector runs on the window's thread only, from a timer.

A collection on another thread may destroy Qt objects there, which crashes the process. What exists once the window
stands is set aside, so that a full collection stays short. Must not import anything of the studio.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

EVERY_MS = 1000
OLDEST_EVERY = 60


class Collector(QObject):
    """Collects young objects every second, all of them every minute; `stop` gives the work back to Python."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rounds = 0
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._collect)
        gc.disable()

    def start(self) -> None:
        """From now on; what exists already is not looked at again."""
        gc.collect(1)
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    @Slot()
    def _collect(self) -> None:
        self._rounds += 1
        gc.collect(2 if self._rounds % OLDEST_EVERY == 0 else 1 if self._rounds % 5 == 0 else 0)
