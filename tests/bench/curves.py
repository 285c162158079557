"""Long curves: 1,000,000 points appended and painted against plain pyqtgraph; a monitor fed 1,000,000 batches.

Aims: at least 7 times faster than pyqtgraph; no frame of the monitor that is felt (p99 under 33 ms).
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication

from studio.engine import messages as m
from studio.project import record, runs
from studio.project.live_run import LiveRun
from studio.project.record import RunRecord
from studio.project.run_index import RunIndex
from studio.ui import theme
from studio.ui.charts.losses import LossPlot
from studio.ui.charts.run_series import RunSeries
from studio.ui.preview import settle
from tests.bench.timing import Row, interleaved, rows

TITLE = "Long curves: 1,000,000 points, 1,000,000 batches, 10,000 runs"
POINTS, FRESH, FRAMES = 1_000_000, 100, 10
BATCHES, AT_FIRST, LATE = 1_000_000, 50_000, 100
REPEATS, RUNS = 3, 10_000


def run() -> list[Row]:
    """The table."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.install(application, "light")
    dice = np.random.default_rng(0)
    values = 1 + dice.normal(0, 0.2, POINTS + FRESH * FRAMES * (REPEATS + 1))
    plain, studio = PlainPlot(values), StudioPlot(values)
    found = interleaved(
        {"pyqtgraph, append and paint": plain.frame, "studio, the same": studio.frame}, "ms", REPEATS
    )
    return [*found, *monitor(), *runs_list()]


class PlainPlot:
    """What a person would write with pyqtgraph: every point handed over again."""

    def __init__(self, values: np.ndarray) -> None:
        self._values, self._count = values, POINTS
        self._x = np.arange(values.size, dtype=float)
        self._plot = pg.PlotWidget()
        self._plot.resize(1000, 500)
        self._curve = self._plot.plot()
        self._plot.show()
        settle(100)  # until it is exposed, nothing is painted

    def frame(self) -> float:
        """Median milliseconds to take `FRESH` points and paint."""
        figures = []
        for _ in range(FRAMES):
            self._count += FRESH
            began = time.perf_counter()
            self._curve.setData(self._x[: self._count], self._values[: self._count])
            self._plot.viewport().repaint()
            figures.append((time.perf_counter() - began) * 1000)
        return statistics.median(figures)


class StudioPlot:
    """The Train page's plot, its raw curve alone."""

    def __init__(self, values: np.ndarray) -> None:
        from studio.ui.charts.pyramid import Pyramid

        self._values, self._count, self._pyramid = values, POINTS, Pyramid()
        self._pyramid.append(np.arange(POINTS, dtype=float), values[:POINTS])
        self._plot = LossPlot()
        self._plot.resize(1000, 500)
        self._plot.show()
        settle(100)
        self._plot.bind([(self._plot._raw, self._pyramid, False)])

    def frame(self) -> float:
        """Median milliseconds to take `FRESH` points and paint."""
        figures = []
        for _ in range(FRAMES):
            first, self._count = self._count, self._count + FRESH
            began = time.perf_counter()
            self._pyramid.append(
                np.arange(first, self._count, dtype=float), self._values[first : self._count]
            )
            self._plot._show(0.0, float(self._count))
            self._plot.redraw()
            self._plot.viewport().repaint()
            figures.append((time.perf_counter() - began) * 1000)
        return statistics.median(figures)


def monitor() -> list[Row]:
    """Time of a frame in which `FRESH` batches arrive and are drawn, after `BATCHES`."""
    live, series, plot = LiveRun(1), RunSeries(), LossPlot()
    plot.resize(1000, 500)
    plot.show()
    settle(100)
    plan = m.StagePlan(
        index=0,
        freeze=False,
        epochs=1,
        size=None,
        batch_size=8,
        batches=2 * BATCHES,
        lr_min=None,
        lr_max=1e-3,
    )
    live.apply(m.RunStarted(run=1, stages=(plan,), metrics=(), device="cpu", precision="fp32"))
    live.apply(m.StageStarted(run=1, stage=0, step=0))
    for first in range(0, BATCHES, AT_FIRST):
        _frame(live, series, plot, first, AT_FIRST)
    frames = [_frame(live, series, plot, BATCHES + n * FRESH, FRESH) for n in range(LATE)]
    plot.hide()  # pyqtgraph may crash in its own close
    found = []
    for place, name in enumerate(("frame", "of it computed here")):
        values = sorted(frame[place] for frame in frames)
        p99 = values[int(len(values) * 0.99)]
        found += [
            Row(f"monitor, {name}: median", "ms", statistics.median(values), values[0], values[-1]),
            Row(f"monitor, {name}: p99", "ms", p99, values[0], values[-1]),
        ]
    return found


def _frame(live: LiveRun, series: RunSeries, plot: LossPlot, first: int, count: int) -> tuple[float, float]:
    """Milliseconds of the frame, and those that this thread computed: the rest waited for a processor."""
    losses = tuple(float(v) for v in 1 + np.random.default_rng(first).normal(0, 0.2, count))
    smooth = tuple(float(v) for v in 0.8 + 0.4 * np.exp(-np.arange(first, first + count) / 3e5))
    event = m.Batches(
        run=1, stage=0, epoch=0, first=first, losses=losses, smooth=smooth, lrs=(1e-3,) * count,
        momentums=(0.9,) * count, items_per_second=1.0, seconds_left=None,
    )  # fmt: skip
    began, own = time.perf_counter(), time.thread_time()
    live.apply(event)
    series.take(live)
    plot.show_run(live, series)
    plot.viewport().repaint()
    return (time.perf_counter() - began) * 1000, (time.thread_time() - own) * 1000


def runs_list() -> list[Row]:
    """Seconds to show a list of `RUNS` runs on the Runs page, painted, and to read their records from disk."""
    from studio.ui.pages.runs import RunsPage
    from studio.ui.pages.runs_parts.sample import fill_sample
    from studio.ui.preview import PrintedActions
    from studio.ui.store import Store

    store = Store()
    fill_sample(store)
    store.runs = [RunRecord(number=n, status="finished", score=0.9) for n in range(1, RUNS + 1)]
    store.plans = {}
    figures = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        page = RunsPage(store, PrintedActions())
        page.resize(1264, 812)
        page.grab()
        figures.append(time.perf_counter() - began)
        page.hide()
    with tempfile.TemporaryDirectory(prefix="thaw-bench-") as folder:
        first, again = _read_records(Path(folder))
    return rows({f"Runs page with {RUNS:,} runs": figures}, "s") + rows(
        {f"{RUNS:,} records read, the first time": [first], "the same, from the index": again}, "s"
    )


def _read_records(folder: Path) -> tuple[float, list[float]]:
    """Seconds to list `RUNS` runs from disk, which the window does off its own thread; and again, as it opens later."""
    for number in range(1, RUNS + 1):
        place = folder / "runs" / f"{number:04d}"
        place.mkdir(parents=True)
        record.write(place, RunRecord(number=number, status="finished", score=0.9))
    return _opened(folder), [_opened(folder) for _ in range(REPEATS)]


def _opened(folder: Path) -> float:
    """Seconds in which a window that has just opened knows its runs."""
    began = time.perf_counter()
    assert len(RunIndex(folder, True).read(runs.folders(folder))) == RUNS
    return time.perf_counter() - began
