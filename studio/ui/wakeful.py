"""Keeps the machine awake while something trains here: a run that is not held, a learning curve, or the queue.

Must not import torch, pandas or numpy.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from studio.hardware.awake import Awake
from studio.ui.store import Store

_LONG = ("Train", "Curve")


class Wakeful(QObject):
    """Follows the store; the system's own tool ends with this process, however that ends."""

    def __init__(self, store: Store, parent: QObject, awake: Awake | None = None) -> None:
        super().__init__(parent)
        self._store, self._awake, self._holds = store, awake or Awake(), False
        for signal in (store.jobChanged, store.queueChanged):
            signal.connect(self._look)

    def close(self) -> None:
        """The window is going."""
        self._holds = False
        self._awake.release()

    @Slot()
    def _look(self) -> None:
        job = self._store.job
        trains = job is not None and job.what in _LONG and not job.paused
        wanted = trains or self._store.queue_going
        if wanted != self._holds:
            self._holds = wanted
            (self._awake.hold if wanted else self._awake.release)()
