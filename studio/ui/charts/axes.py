"""Axes without a line: figures in a quiet colour, thin lines across the plot, the unit at the end.

Must not import: torch, pandas, pages, the store.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPen

from studio.ui.theme import SIZES, font, theme_of
from studio.ui.widgets.words import rate

Side = Literal["bottom", "left", "right"]
_LEFT_WIDTH = 48
_END_ROOM = 24
_WHOLE_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)


class Axis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """A linear axis.

    Parameters
    ----------
    unit : str
        Small words at the end of the axis, for example "loss"; empty for none. `Plot` draws them.
    side : str
        Where it stands.
    grid : bool
        Thin lines across the plot at its ticks.
    """

    def __init__(self, unit: str, side: Side, grid: bool = False) -> None:
        super().__init__(side)
        self.unit = unit
        self.fixed_width = 0 if side == "bottom" else _LEFT_WIDTH
        self.setStyle(tickLength=0, maxTickLevel=0, tickAlpha=255, tickTextOffset=SIZES.grid)
        self.setStyle(autoExpandTextSpace=False, hideOverlappingLabels=False)
        self.setTickFont(font(SIZES.tick + 1))
        self.enableAutoSIPrefix(False)
        self.setGrid(255 if grid else False)
        if side == "bottom":
            self.setHeight(SIZES.gap * 2 + SIZES.grid if unit else SIZES.gap + SIZES.grid)
        else:
            self.setWidth(self.fixed_width)
        self.retint()

    def set_fixed_width(self, width: int) -> None:
        """Width of a left or right axis, so that plots above each other line up."""
        self.fixed_width = width
        self.setWidth(width)

    def boundingRect(self) -> QRectF:
        """Room for the figures at both ends, which pyqtgraph would leave out."""
        return QRectF(super().boundingRect()).adjusted(-_END_ROOM, -SIZES.grid, _END_ROOM, SIZES.grid)

    def retint(self) -> None:
        """Take the colours anew from the theme."""
        theme = theme_of()
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.setTickPen(pg.mkPen(theme.colour("line"), width=SIZES.line))
        self.setTextPen(theme.colour("faint"))


class WholeAxis(Axis):
    """Whole numbers, such as epochs: no figure stands between two of them."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Every whole number; every second or fifth one and so on where they would touch."""
        first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
        room = max(2.0, size / SIZES.icon_large)
        step = next(s for s in _WHOLE_STEPS if (last - first) / s <= room or s == _WHOLE_STEPS[-1])
        begin = -(-first // step) * step if step > 1 else first
        return [(float(step), [float(v) for v in range(begin, last + 1, step)])]

    def tickStrings(self, values: Sequence[float], scale: Any, spacing: Any) -> list[str]:
        """``12`` for 12.0."""
        return [f"{value:,.0f}" for value in values]


class RateAxis(Axis):
    """A learning rate: positions are log10, figures read ``1e-5``; a line at every decade."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Whole decades; every second or third one where they would touch."""
        first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
        step = max(1, math.ceil((last - first + 1) * SIZES.icon_large / max(size, 1.0)))
        return [(float(step), [float(v) for v in range(first, last + 1, step)])]

    def tickStrings(self, values: Sequence[float], scale: Any, spacing: Any) -> list[str]:
        """``1e-5`` for -5."""
        return [rate_figure(10.0**value) for value in values]


def rate_figure(value: float) -> str:
    """A rate the way it is typed: ``1.6e-5``, ``1e-2``, ``0.1`` becomes ``1e-1``; at most two figures."""
    if value <= 0 or not math.isfinite(value):
        return "0"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{float(mantissa):g}e{int(exponent)}" if value < 1 else rate(value)
