"""Losses of a run: raw and smoothed training loss, validation at the ends of epochs, and what happened.

Must not import: pages, the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.project.live_run import LiveRun
from studio.ui.charts.axes import Axis
from studio.ui.charts.base import pen
from studio.ui.charts.run_plot import RunPlot
from studio.ui.charts.run_series import Epochs, RunSeries, StageBand, epochs
from studio.ui.theme import SIZES, font, theme_of
from studio.ui.widgets.icons import paint_icon
from studio.ui.widgets.words import plural

_ROOM: Final = 1.12  # above the highest point: the names of the stages
_POINT: Final = 8


def reduce(run: LiveRun) -> Epochs:
    """Losses at the ends of epochs, over the batch number."""
    return epochs(run)


def height(smooth: Sequence[float], raw: Sequence[float], valid: Sequence[float]) -> tuple[float, float]:
    """Span of the loss axis: from nothing to what most raw values reach, never below the other curves' top.

    One wild batch must not press the curves flat, so the raw losses count up to their 98th percentile.
    """
    tops = [max(values) for values in (smooth, valid) if len(values)]
    lows = [min(values) for values in (smooth, raw, valid) if len(values)]
    if len(raw):
        tops.append(float(np.percentile(np.asarray(raw), 98)))
    if not tops:
        return 0.0, 1.0
    low = min(0.0, *lows)
    return low, low + max((max(tops) - low) * _ROOM, 1e-6)


class LossPlot(RunPlot):
    """The large plot of the Train page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Axis("", "bottom"), Axis("", "left", grid=True), parent)
        self._raw = self.curve("train_loss", width=1, alpha=0.38, smooth=False, z=5)
        self._smooth = self.curve("train_loss", width=2, z=12)
        self._valid = self.curve("valid_loss", width=2, z=14)
        self._ends = Epochs((), (), (), {})
        self._checkpoints: tuple[int, ...] = ()
        self._resumes: tuple[int, ...] = ()
        self._best: int | None = None
        self._early: tuple[int, ...] = ()
        self._halved: tuple[tuple[int, int], ...] = ()
        self.y_axis.setTickDensity(1.5)
        self.setAccessibleName("Losses over batches")
        self.retint()

    def draw(self, run: LiveRun | None, series: RunSeries) -> None:
        self._ends = reduce(run) if run is not None else Epochs((), (), (), {})
        self._checkpoints = tuple(run.checkpoints) if run is not None else ()
        self._resumes = tuple(run.resumes) if run is not None else ()
        self._best = run.best.step if run is not None and run.best is not None else None
        self._halved = tuple((e.step, e.batch_size) for e in run.halvings) if run is not None else ()
        self._early = tuple(event.step for event in run.early) if run is not None else ()
        self._valid.set_points(self._ends.steps, self._ends.valid)
        self.bind([(self._raw, series.loss, False), (self._smooth, series.smooth, True)])

    def heights(self, left: float, right: float) -> tuple[float, float]:
        raw, smooth = (self._seen(place, left, right) for place in (0, 1))
        pairs = zip(self._ends.steps, self._ends.valid, strict=True)
        return height(smooth, raw, [v for x, v in pairs if v is not None and left <= x <= right])

    def _seen(self, place: int, left: float, right: float) -> list[float]:
        """Finite values of a curve between two x, thinned to what is drawn."""
        if place >= len(self._drawn):
            return []
        y = self._drawn[place][1].window(left, right, 400)[1]
        return [float(value) for value in y[np.isfinite(y)]]

    def retint(self) -> None:
        super().retint()
        if hasattr(self, "_valid"):
            self._valid.setSymbol("o")
            self._valid.setSymbolSize(_POINT)
            self._valid.setSymbolPen(pen("valid_loss", 2))
            self._valid.setSymbolBrush(pg.mkBrush(theme_of().colour("panel")))

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        super().drawForeground(painter, rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for stage in self._stages:
            self._paint_stage(painter, stage)
        painter.setClipRect(self.box().adjusted(-4, -4, 4, 4))
        self._paint_checkpoints(painter)
        for step in self._resumes:
            self._paint_flag(painter, self.scene_x(step), "resumed", "accent")
        for step in self._early:
            self._paint_flag(painter, self.scene_x(step), "stopped early", "warning")
        for step, size in self._halved:
            self._paint_flag(painter, self.scene_x(step), f"out of memory, batch {size}", "error", 42)
        if self._best is not None:
            self._paint_flag(painter, self.scene_x(self._best), "best", "good", 58)
        painter.restore()
        self._paint_now(painter)

    def _paint_stage(self, painter: QPainter, stage: StageBand) -> None:
        """Icon and words at the top left of a stage's band, where there is room."""
        box, hue = self.box(), "ice" if stage.frozen else "ember"
        left = max(self.scene_x(stage.start), box.left()) + SIZES.grid
        right = min(self.scene_x(stage.stop), box.right()) - SIZES.half
        if right - left < SIZES.icon:
            return
        paint_icon(
            painter,
            QRectF(left, box.top() + 7, 14, 14),
            "snowflake" if stage.frozen else "flame",
            f"{hue}_text",
        )
        painter.setFont(font(SIZES.small, 600))
        painter.setPen(theme_of().colour(f"{hue}_text"))
        words = f"{'Frozen' if stage.frozen else 'Thawed'}, {plural(stage.epochs, 'epoch')}"
        space = QRectF(left + 19, box.top() + 4, right - left - 19, 20)
        if painter.fontMetrics().horizontalAdvance(words) < space.width():
            painter.drawText(space, Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_checkpoints(self, painter: QPainter) -> None:
        """Small ticks at the bottom: from here the run can go on."""
        box = self.box()
        painter.setPen(QPen(theme_of().colour("good"), 2))
        for step in self._checkpoints:
            x = self.scene_x(step)
            painter.drawLine(QPointF(x, box.bottom() - 5), QPointF(x, box.bottom()))

    def _paint_flag(self, painter: QPainter, x: float, words: str, token: str, drop: int = 26) -> None:
        """A dotted line with a small flag: here the run was taken up again, was best, or ended its stage early."""
        box, colour = self.box(), theme_of().colour(token)
        top = box.top() + drop
        painter.setPen(QPen(colour, 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, top), QPointF(x, box.bottom()))
        painter.setFont(font(SIZES.tick))
        wide = painter.fontMetrics().horizontalAdvance(words) + 13
        side = 1 if x + wide < box.right() else -1  # at the right end the flag flies to the left
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([QPointF(x, top), QPointF(x + 8 * side, top + 4), QPointF(x, top + 8)]))
        painter.setPen(colour)
        painter.drawText(QPointF(x + 11 if side > 0 else x - wide, top + 8), words)

    def _paint_now(self, painter: QPainter) -> None:
        if self._now is None or self._now >= self._whole:
            return
        x, box = self.scene_x(self._now), self.box()
        if not box.left() <= x <= box.right():
            return
        words = f"batch {self._now:,.0f}"
        painter.setFont(font(SIZES.tick + 1))
        painter.setPen(theme_of().colour("dim"))
        wide = painter.fontMetrics().horizontalAdvance(words)
        left = x + 6 if x + wide + 10 < box.right() else x - wide - 6
        painter.drawText(QPointF(left, box.top() + 42), words)
