"""Metrics at the ends of epochs; the one that a run is judged by is drawn strong, its best value ringed.

Must not import: pages, the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from studio.problems.measures.catalogue import direction
from studio.project.live_run import LiveRun
from studio.project.scores import is_share, same_measure
from studio.ui.charts.axes import Axis
from studio.ui.charts.base import Curve, pen
from studio.ui.charts.run_plot import RunPlot
from studio.ui.charts.run_series import Epochs, RunSeries, epochs
from studio.ui.theme import theme_of

TOKENS = ("metric", "momentum", "rate", "train_loss", "ember", "ice", "valid_loss", "dim")
_PAD = 0.18


def reduce(run: LiveRun, score: str) -> list[tuple[str, tuple[float | None, ...]]]:
    """Metrics with their values, the score first; without those that only mirror it or are of another measure."""
    rows = sorted(epochs(run).metrics.items(), key=lambda pair: pair[0] != score)
    if not rows:
        return []
    first, values = rows[0]
    return [
        rows[0],
        *(row for row in rows[1:] if same_measure(first, row[0]) and not mirrors(values, row[1])),
    ]


def others(run: LiveRun, score: str) -> tuple[str, ...]:
    """Metrics that are not drawn beside the score, being of another measure: the first of each."""
    found = [score]
    for name in epochs(run).metrics:
        if not any(same_measure(name, one) for one in found):
            found.append(name)
    return tuple(found[1:])


def mirrors(values: Sequence[float | None], other: Sequence[float | None]) -> bool:
    """Whether one is what the other lacks to 1, as the error rate is to accuracy: both would be flat."""
    pairs = [(a, b) for a, b in zip(values, other, strict=True) if a is not None and b is not None]
    return bool(pairs) and all(abs(a + b - 1) < 1e-6 for a, b in pairs)


def best(values: Sequence[float | None], up: bool) -> int | None:
    """Index of the best value; the first of equals."""
    known = [(v, i) for i, v in enumerate(values) if v is not None]
    if not known:
        return None
    return max(known, key=lambda p: (p[0], -p[1]))[1] if up else min(known)[1]


def height(values: Sequence[float]) -> tuple[float, float]:
    """Span of the axis: the values with some air, and for shares never above 1 by much."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    air = max((high - low) * _PAD, abs(high) * 0.02, 1e-6)
    return low - air, high + air


class ShareAxis(Axis):
    """Shares as per cent; other values as they are.

    Attributes
    ----------
    shares : bool
        Whether what is drawn are shares.
    """

    shares = True

    def tickStrings(self, values: Sequence[float], scale: Any, spacing: Any) -> list[str]:
        """``93 %`` for 0.93 where the axis shows shares."""
        low, high = self.range
        if not self.shares or not (low > -0.3 and high < 1.3):
            return list(super().tickStrings(values, scale, spacing))
        digits = 0 if spacing >= 0.01 else 1
        return [f"{100 * v:.{digits}f} %" if -1e-9 <= v <= 1 + 1e-9 else "" for v in values]


class MetricPlot(RunPlot):
    """The plot of metrics."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._figures = ShareAxis("", "left", grid=True)
        super().__init__(Axis("", "bottom"), self._figures, parent)
        self._curves: list[Curve] = []
        self._ends = Epochs((), (), (), {})
        self._rows: list[tuple[str, tuple[float | None, ...]]] = []
        self._score, self._up, self._first = "", True, ""
        self._star = pg.ScatterPlotItem(size=12)
        self._star.setZValue(20)
        self.addItem(self._star, ignoreBounds=True)
        self.x_axis.setStyle(showValues=False)
        self.x_axis.setHeight(6)
        self.setAccessibleName("Metrics over batches")
        self.retint()

    def set_score(self, name: str, up: bool) -> None:
        """The metric that the run is judged by."""
        self._score, self._up = name, up

    def put_first(self, name: str) -> None:
        """Draw this metric strong, and those that share its axis; an empty name draws the score so."""
        self._first = name

    @property
    def score_up(self) -> bool:
        """Whether more of what is drawn strong is better."""
        first = self._rows[0][0] if self._rows else self._score
        known = direction(first)
        return self._up if first == self._score or known is None else known

    def rows(self) -> list[tuple[str, tuple[float | None, ...]]]:
        """Metrics as drawn, the score first."""
        return self._rows

    def draw(self, run: LiveRun | None, series: RunSeries) -> None:
        is_told = run is not None and any(self._first in epoch.metrics for epoch in run.epochs)
        self._rows = reduce(run, self._first if is_told else self._score) if run is not None else []
        self._ends = epochs(run) if run is not None else Epochs((), (), (), {})
        self._figures.shares = bool(self._rows) and is_share(self._rows[0][0])
        while len(self._curves) < len(self._rows):
            token = TOKENS[len(self._curves) % len(TOKENS)]
            self._curves.append(self.curve(token, width=2, alpha=1.0 if not self._curves else 0.75))
            self._dress(self._curves[-1], token)
        for index, curve in enumerate(self._curves):
            shown = self._rows[index][1] if index < len(self._rows) else ()
            curve.set_points(self._ends.steps[: len(shown)], shown)
        self._ring_best()

    def _ring_best(self) -> None:
        place = best(self._rows[0][1], self.score_up) if self._rows else None
        if place is None or len(self._rows[0][1]) < 2:
            self._star.setData([], [])
        else:
            self._star.setData([self._ends.steps[place]], [self._rows[0][1][place]])

    def heights(self, left: float, right: float) -> tuple[float, float]:
        low, high = height([v for _, values in self._rows for v in values if v is not None])
        return (max(low, -0.05), min(high, 1.05)) if self._figures.shares else (low, high)

    def retint(self) -> None:
        super().retint()
        for index, curve in enumerate(getattr(self, "_curves", ())):
            self._dress(curve, TOKENS[index % len(TOKENS)])
        if hasattr(self, "_star"):
            self._star.setPen(pen("good", 2))
            self._star.setBrush(pg.mkBrush(theme_of().colour("good_bg")))

    def _dress(self, curve: Curve, token: str) -> None:
        curve.setSymbol("o")
        curve.setSymbolSize(6)
        curve.setSymbolPen(pen(token, 2))
        curve.setSymbolBrush(pg.mkBrush(theme_of().colour("panel")))
