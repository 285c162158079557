"""Reads the memory of the device twice a second on a thread of its own, and writes it to the store.

The libraries behind it are loaded on that thread, so that the window paints without them. Must not import torch,
pandas or numpy.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from studio.ui.client import EngineClient
from studio.ui.store import Reading, Store

log = logging.getLogger(__name__)

EVERY_S = 0.5
LEAVE_S = 2.0


class GaugeReader(QObject):
    """The window and its engine count as ours."""

    _read = Signal(object)

    def __init__(self, store: Store, client: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._client = store, client
        self._pids: tuple[int, ...] = (os.getpid(),)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="studio-gauge", daemon=True)
        self._read.connect(self._keep)
        client.stateChanged.connect(self._watch)

    def start(self) -> None:
        """Read from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Read no more; waits for the reading under way."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(LEAVE_S)

    @Slot()
    def _watch(self) -> None:
        greeting = self._client.greeting
        self._pids = (os.getpid(), *((greeting.pid,) if greeting is not None else ()))

    @Slot(object)
    def _keep(self, reading: Reading) -> None:
        if reading != self._store.reading:
            self._store.reading = reading
            self._store.gaugeChanged.emit()

    def _run(self) -> None:
        try:
            from studio.hardware import Gauge

            with Gauge() as gauge:
                while not self._stop.is_set():
                    gauge.watch(self._pids)
                    every = gauge.read_all()
                    self._say(_shown(every[gauge.card], every))
                    self._stop.wait(EVERY_S)
        except Exception as error:
            log.warning("the gauge stopped", exc_info=True)
            self._say(Reading("Memory", "unknown", reason=f"The driver could not be read: {error}"))

    def _say(self, reading: Reading) -> None:
        if not self._stop.is_set():
            self._read.emit(reading)


def _shown(found: Any, every: tuple[Any, ...] = ()) -> Reading:
    """Whole mebibytes: the window draws no finer, and an unchanged reading is not drawn again."""
    return Reading(
        found.name,
        found.kind,
        round(found.total_mib),
        round(found.others_mib),
        round(found.ours_mib),
        round(found.free_mib),
        found.reason,
        found.index,
        tuple((one.index, one.name, float(round(one.free_mib))) for one in every) if len(every) > 1 else (),
    )
