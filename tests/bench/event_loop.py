"""The window stays alive: how late its timers are while the real engine trains, and how soon it paints.

Lateness is measured by a precise timer inside the window's own process, idle and while training with the Train page
in front (aim: p99 under 20 ms, nothing over 50 ms). The first paint is measured in fresh processes beside an empty
PySide6 window with pyqtgraph loaded (aim: at most twice its time).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Slot

from tests.bench.timing import Row, interleaved

TITLE = "The window: lateness of its event loop, and time to the first paint"
EVERY_MS = 5
IDLE_S, TRAINING_S, WAIT_S = 10.0, 30.0, 120.0
PAINTS = 5

_PAINTED = "app.processEvents(); import time, psutil; print(time.time() - psutil.Process().create_time())"
_EMPTY = f"""
from PySide6.QtWidgets import QApplication, QMainWindow
import pyqtgraph
app = QApplication([]); window = QMainWindow(); window.resize(1440, 900); window.show()
{_PAINTED}
"""
_STUDIO = f"""
from studio.ui import app as a, theme
app = a.make_application(); settings = a.Settings(); theme.install(app, "light")
studio = a.Studio(settings); studio.start()
{_PAINTED}
studio.close()
"""


class Lateness(QObject):
    """Records by how many milliseconds a timer of `EVERY_MS` comes late.

    Beside it, the time for which this thread itself computed: what is late without that waited for a processor, which
    the window cannot help.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.late_ms: list[float] = []
        self.own_ms: list[float] = []
        self._spent_s = 0.0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self.late_ms, self.own_ms = [], []
        self._spent_s = time.thread_time()
        self._clock.start()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    @Slot()
    def _tick(self) -> None:
        self.late_ms.append(max(0.0, self._clock.nsecsElapsed() / 1e6 - EVERY_MS))
        spent_s = time.thread_time()
        self.own_ms.append((spent_s - self._spent_s) * 1000)
        self._spent_s = spent_s
        self._clock.restart()

    def summary(self) -> dict[str, dict[str, float]]:
        """p50, p99 and the worst of both, in ms."""
        return {"late": _quantiles(self.late_ms), "own": _quantiles(self.own_ms)}


def _quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values) or [0.0]
    return {
        name: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for name, share in _SHARES.items()
    }


_SHARES = {"p50": 0.5, "p99": 0.99, "worst": 1.0}


def run() -> list[Row]:
    """The table."""
    with tempfile.TemporaryDirectory(prefix="thaw-bench-") as folder:
        measured = _lateness(Path(folder))
    rows = []
    for kind, words in (("late", "timer late"), ("own", "window computes")):
        for name in _SHARES:
            idle, training = measured["idle"][kind][name], measured["training"][kind][name]
            rows.append(Row(f"{words}, idle: {name}", "ms", idle, idle, idle, 1.0))
            ratio = training / idle if idle else None
            rows.append(Row(f"{words}, training: {name}", "ms", training, training, training, ratio))
    rows[-1] = Row(*_fields(rows[-1]), f"{measured['batches']} batches in {TRAINING_S:.0f} s")
    return rows + interleaved(
        {"first paint, empty window": _empty, "first paint, studio": _studio}, "s", PAINTS
    )


def _fields(row: Row) -> tuple[str, str, float, float, float, float | None]:
    return row.case, row.unit, row.median, row.low, row.high, row.ratio


def _lateness(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.event_loop", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=_quiet())
    return json.loads(done.stdout.splitlines()[-1])


def _empty() -> float:
    return _first_paint(_EMPTY)


def _studio() -> float:
    return _first_paint(_STUDIO)


def _first_paint(code: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_quiet()
    )
    return float(done.stdout.splitlines()[0])


def _quiet() -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}


def _measure(folder: Path) -> dict[str, object]:
    """In a process of its own: the real window, the real engine, the bundled digits."""
    from studio.project.samples import make
    from studio.ui import app as window_app
    from studio.ui import theme
    from studio.ui.collector import Collector
    from studio.ui.preview import settle

    project = make("digits", folder / "digits.thaw")
    application = window_app.make_application()
    theme.install(application, "light")
    studio = window_app.Studio(window_app.Settings(folder / "settings.json"))
    collector = Collector(application)
    studio.start(project)
    collector.start()
    _until(lambda: studio.store.estimate is not None and studio.store.job is None, settle)
    found: dict[str, object] = {}
    recorder = Lateness()
    recorder.start()
    settle(round(IDLE_S * 1000))
    recorder.stop()
    found["idle"] = recorder.summary()
    studio.actions.train()
    _until(lambda: studio.store.live is not None and len(studio.store.live.steps) > 3, settle)
    recorder.start()
    settle(round(TRAINING_S * 1000))
    recorder.stop()
    found["training"] = recorder.summary()
    found["batches"] = len(studio.store.live.steps)
    studio.close()
    collector.stop()
    return found


def _until(condition, settle) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the engine did not get ready")
        settle(100)


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]))))
