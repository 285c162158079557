"""Three short fits over their steps, named at their ends; a click on a curve chooses its rate.

Rules: `reduce` is pure; the view draws what it is given and tells which curve was chosen. What the rates are called
comes with the curves. Must not import: pages, the store, torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from studio.ui.charts.axes import Axis
from studio.ui.charts.base import Plot
from studio.ui.charts.rate_curve import ewma
from studio.ui.theme import SIZES, font, theme_of

Floats = NDArray[np.float64]

TOKENS: Final = ("momentum", "metric", "valid_loss")  # from cool to hot, as the rates rise
_NEAR: Final = 16.0  # pixels from a curve that still mean it
_LABEL_HEIGHT: Final = 22.0
_LABEL_ROOM: Final = 10
_AIR: Final = 0.12
_BETA: Final = 0.85


@dataclass(frozen=True)
class TrialCurve:
    """One fit.

    Attributes
    ----------
    x, raw, smooth : (n,) float64
        Steps from 1, and losses; NaN where one was not finite.
    """

    x: Floats
    raw: Floats
    smooth: Floats


def reduce(losses: Sequence[Sequence[float | None]], beta: float = _BETA) -> tuple[TrialCurve, ...]:
    """Turn lists of losses into curves, averaged alike."""
    found = []
    for one in losses:
        raw = np.array([np.nan if v is None else v for v in one], dtype=np.float64)
        found.append(TrialCurve(np.arange(1.0, raw.size + 1), raw, ewma(raw, beta)))
    return tuple(found)


def y_span(curves: Sequence[TrialCurve]) -> tuple[float, float]:
    """From the lowest average to a little above where the fits began: what shoots up leaves at the top."""
    seen = [c.smooth[np.isfinite(c.smooth)] for c in curves]
    seen = [s for s in seen if s.size]
    if not seen:
        return 0.0, 1.0
    low, first = min(float(s.min()) for s in seen), max(float(s[:5].max()) for s in seen)
    room = max(first - low, 0.05 * abs(first), 1e-6)
    return low - _AIR * room, first + 2 * _AIR * room


class TrialsPlot(Plot):
    """Loss over the steps of three short fits.

    Signals
    -------
    trialChosen(int)
        A person clicked a curve or its name, or pressed its number.
    """

    trialChosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._curves: tuple[TrialCurve, ...] = ()
        self._names: tuple[str, ...] = ()
        self._marked, self._hot = -1, -1
        super().__init__(Axis("step", "bottom"), Axis("loss", "left", grid=True), parent=parent)
        self._raw = [self.curve(token, 1, 0.3, z=5) for token in TOKENS]
        self._smooth = [self.curve(token, 2.5, z=10) for token in TOKENS]
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Loss of three short fits over their steps")

    def show_trials(
        self, curves: Sequence[TrialCurve], names: Sequence[str], steps: int, marked: int = -1
    ) -> None:
        """Show the points so far.

        Parameters
        ----------
        names : sequence of str
            What stands at the end of each curve.
        steps : int
            How many steps there will be.
        marked : int
            The one whose rate is chosen; -1 for none.
        """
        self._curves, self._names, self._marked = tuple(curves), tuple(names), marked
        for place, curve in enumerate(curves):
            self._raw[place].set_points(curve.x, curve.raw)
            self._smooth[place].set_points(curve.x, curve.smooth)
        self.show_span(x=(0.0, max(1, steps) * self._room()), y=y_span(curves))
        self._weigh()

    def _room(self) -> float:
        """How much longer than the fits the axis is, so that their names stand beside their ends."""
        metrics = QFontMetricsF(font(SIZES.small, 600))
        widest = max((metrics.horizontalAdvance(n) for n in self._names), default=0.0) + 3 * _LABEL_ROOM
        inside = max(2 * widest, self.getViewBox().width())
        return float(inside / (inside - widest))

    def labels(self) -> tuple[tuple[int, QRectF], ...]:
        """Where the names stand: beside the ends, pushed apart."""
        box = QRectF(self.getViewBox().mapRectToScene(self.getViewBox().rect()))
        metrics = QFontMetricsF(font(SIZES.small, 600))
        ends = [
            (place, self._end(c, box)) for place, c in enumerate(self._curves) if np.isfinite(c.smooth).any()
        ]
        placed: list[tuple[int, QRectF]] = []
        floor = box.top()
        for place, end in sorted(ends, key=_height):
            width = metrics.horizontalAdvance(self._names[place]) + 2 * _LABEL_ROOM
            left = min(end.x() + _LABEL_ROOM, box.right() - width)
            top = max(floor, end.y() - _LABEL_HEIGHT / 2)
            placed.append((place, QRectF(left, top, width, _LABEL_HEIGHT)))
            floor = top + _LABEL_HEIGHT + 2
        over = max(0.0, floor - 2 - box.bottom())
        return tuple((place, rect.translated(0, -over)) for place, rect in placed)

    def _end(self, curve: TrialCurve, box: QRectF) -> QPointF:
        last = int(np.flatnonzero(np.isfinite(curve.smooth))[-1])
        point = QPointF(self.getViewBox().mapViewToScene(QPointF(curve.x[last], curve.smooth[last])))
        return QPointF(point.x(), min(max(point.y(), box.top()), box.bottom()))

    # -- mouse and keys
    def mousePressEvent(self, event: QMouseEvent) -> None:
        on = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and on >= 0:
            self.trialChosen.emit(on)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the press has done it

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        hot = self._at(event.position())
        if hot != self._hot:
            self._hot = hot
            shape = Qt.CursorShape.PointingHandCursor if hot >= 0 else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            self._weigh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = event.key() - Qt.Key.Key_1
        if 0 <= place < len(self._curves):
            self.trialChosen.emit(place)
        else:
            QWidget.keyPressEvent(self, event)

    def _at(self, pixel: QPointF) -> int:
        """The fit under a point: its name first, else the nearest curve."""
        named = next((place for place, rect in self.labels() if rect.contains(pixel)), -1)
        return named if named >= 0 else self._nearest(pixel)

    def _nearest(self, pixel: QPointF) -> int:
        x, best, least = self.at_pixel(pixel).x(), -1, _NEAR
        for place, curve in enumerate(self._curves):
            if curve.x.size == 0 or not curve.x[0] <= x <= curve.x[-1] + 1:
                continue
            away = abs(self.to_pixel(x, float(np.interp(x, curve.x, curve.smooth))).y() - pixel.y())
            if away < least:
                best, least = place, away
        return best

    # -- painting
    def _weigh(self) -> None:
        """The chosen curve and the one under the cursor are heavier."""
        for place, curve in enumerate(self._smooth):
            heavy = place in (self._marked, self._hot)
            curve.set_look(TOKENS[place], 3.5 if heavy else 2.0, 1.0)
        self.viewport().update()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        super().drawForeground(painter, rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = theme_of()
        for place, label in self.labels():
            chosen = place == self._marked
            colour = theme.colour(TOKENS[place])
            painter.setPen(QPen(colour, SIZES.ring if place == self._hot or chosen else SIZES.line))
            painter.setBrush(colour if chosen else theme.colour("panel"))
            painter.drawRoundedRect(
                label.adjusted(1, 1, -1, -1), _LABEL_HEIGHT / 2 - 1, _LABEL_HEIGHT / 2 - 1
            )
            painter.setPen(theme.colour("panel" if chosen else "text"))
            painter.setFont(font(SIZES.small, 600))
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, self._names[place])


def _height(end: tuple[int, QPointF]) -> float:
    return end[1].y()
