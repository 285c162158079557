"""Do I need more data? Scores over the number of training items, the fitted curve, and what twice as much would bring.

Must not import: pages, the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from studio.engine import messages as m
from studio.ui.charts.axes import Axis
from studio.ui.charts.base import Plot, pen
from studio.ui.charts.metrics import ShareAxis
from studio.ui.theme import theme_of

Floats = NDArray[np.float64]
_DRAWN = 80
_POINT = 8


@dataclass(frozen=True)
class Reduced:
    """Arrays to draw: points by log2 of the items, the fit over them, and the span expected at twice the items."""

    x: Floats
    y: Floats
    fit_x: Floats
    fit_y: Floats
    doubled: tuple[float, float, float, float] | None


def reduce(points: Sequence[m.CurvePoint], fit: m.CurveFit | None) -> Reduced:
    """From the points and the fit to arrays; x is log2 of the number of items."""
    known = [p for p in points if p.score is not None and p.items > 0]
    x = np.log2(np.array([p.items for p in known], dtype=float)) if known else np.zeros(0)
    y = np.array([p.score for p in known], dtype=float)
    if fit is None or not known:
        return Reduced(x, y, np.zeros(0), np.zeros(0), None)
    fit_x = np.linspace(float(x.min()), float(x.max()) + 1, _DRAWN)
    fit_y = fit.limit + fit.gain * np.power(2.0, fit_x * -fit.power)
    return Reduced(x, y, fit_x, fit_y, (float(x.max()) + 1, fit.doubled_low, fit.doubled, fit.doubled_high))


class ItemsAxis(Axis):
    """Numbers of items at whole powers of two."""

    def tickStrings(self, values: Sequence[float], scale: object, spacing: object) -> list[str]:
        """``2,441`` for its log2."""
        return [f"{2**value:,.0f}" for value in values]

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """One for each point of the plan: they are a factor of two apart or four."""
        return [(1.0, [value for value in self.marks if low <= value <= high])]

    marks: tuple[float, ...] = ()


class MoreDataPlot(Plot):
    """The plot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._items = ItemsAxis("training items", "bottom")
        self._scores = ShareAxis("", "left", grid=True)
        super().__init__(self._items, self._scores, parent=parent)
        self._fit = self.curve("accent", width=2, line="dash")
        self._dots = pg.ScatterPlotItem(size=_POINT)
        self._span = self.curve("accent", width=3, alpha=0.5)
        self._guess = pg.ScatterPlotItem(size=_POINT + 2)
        for item in (self._dots, self._guess):
            item.setZValue(20)
            self.addItem(item, ignoreBounds=True)
        self.setAccessibleName("Score over the number of training items")
        self.retint()

    def show_curve(
        self, points: Sequence[m.CurvePoint], fit: m.CurveFit | None, shares: bool = False
    ) -> None:
        """Draw the points that are there, and the fit once there is one; `shares` writes per cent."""
        self._scores.shares = shares
        made = reduce(points, fit)
        doubled = [made.doubled[0]] if made.doubled is not None else []
        self._items.marks = tuple(sorted({*made.x.tolist(), *doubled}))
        self._dots.setData(made.x, made.y)
        self._fit.set_points(made.fit_x, made.fit_y)
        if made.doubled is None:
            self._span.set_points([], [])
            self._guess.setData([], [])
        else:
            x, low, middle, high = made.doubled
            self._span.set_points([x, x], [low, high])
            self._guess.setData([x], [middle])
        self._fit_view(made)

    def _fit_view(self, made: Reduced) -> None:
        if not len(made.x):
            return
        ys = [*made.y, *made.fit_y, *(made.doubled[1:] if made.doubled else ())]
        low, high = min(ys), max(ys)
        air = max((high - low) * 0.15, 1e-3)
        right = made.doubled[0] if made.doubled else float(made.x.max()) + 1
        self.show_span(x=(float(made.x.min()) - 0.3, right + 0.3), y=(low - air, high + air))

    def retint(self) -> None:
        super().retint()
        if hasattr(self, "_dots"):
            self._dots.setPen(pen("metric", 2))
            self._dots.setBrush(pg.mkBrush(theme_of().colour("panel")))
            self._guess.setPen(pen("accent", 2))
            self._guess.setBrush(pg.mkBrush(theme_of().colour("accent_bg")))
