"""Rate and momentum over batches: the one-cycle schedule as it was followed.

The rate has the axis, in powers of ten, because a thawed stage's rate is often ten times lower; the
momentum is drawn over the same height between 0.8 and 1. Must not import: pages, the store.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from studio.project.live_run import LiveRun
from studio.ui.charts.axes import Axis, RateAxis
from studio.ui.charts.run_plot import RunPlot
from studio.ui.charts.run_series import RunSeries
from studio.ui.theme import SIZES

DECADES: Final = 3.0  # shown below the peak; one-cycle ends far below, where nothing moves any more
MOMENTUM: Final = (0.8, 1.0)
_LEAST_APART: Final = SIZES.tick + 4  # pixels from figure to figure

Floats = NDArray[np.float64]


def span(top: float) -> tuple[float, float]:
    """Span of the axis in log10 for a highest rate `top`."""
    peak = float(np.log10(top)) if top > 0 else -2.0
    return peak - DECADES, peak + 0.25


def rate_heights(rates: Floats, low: float) -> Floats:
    """log10 of the rates, (n,), none below `low`."""
    return np.maximum(np.log10(np.maximum(rates, 1e-12)), low)


def momentum_heights(momentums: Floats, low: float, high: float) -> Floats:
    """Momentums, (n,), placed between `low` and `high` of the rate's axis."""
    share = (momentums - MOMENTUM[0]) / (MOMENTUM[1] - MOMENTUM[0])
    return low + np.clip(share, 0.0, 1.0) * (high - low)


class DecadeAxis(RateAxis):
    """A figure at every power of ten, from the highest down; fewer where the plot is so low that they would touch."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Whole decades, each with a line."""
        whole = range(math.floor(high), math.ceil(low + 0.05) - 1, -1)
        step = max(1, math.ceil(_LEAST_APART * (high - low) / max(size, 1.0)))
        return [(1.0, [float(v) for v in whole][::step])]


class SchedulePlot(RunPlot):
    """The plot of rate and momentum."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Axis("batches", "bottom"), DecadeAxis("", "left", grid=True), parent)
        self._momentum = self.curve("momentum", width=2, alpha=0.8)
        self._rate = self.curve("rate", width=2)
        self._series = RunSeries()
        self.setAccessibleName("Rate and momentum over batches")

    def draw(self, run: LiveRun | None, series: RunSeries) -> None:
        self._series = series

    def redraw(self) -> None:
        left, right = self.span()
        low, high = self.heights(left, right)
        columns = max(200, self.width())
        x, rates = self._series.rate.samples(left, right, columns)
        self._rate.set_points(x, rate_heights(rates, low))
        x, momentums = self._series.momentum.samples(left, right, columns)
        self._momentum.set_points(x, momentum_heights(momentums, low, high))
        self.show_span(y=(low, high))

    def heights(self, left: float, right: float) -> tuple[float, float]:
        found = self._series.rate.extremes(0, float("inf"))
        return span(found[1] if found else 0.0)
