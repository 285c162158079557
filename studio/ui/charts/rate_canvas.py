"""What the finder's plot shows: the curve as it grows, earlier ones behind it, handles on top.

Rules: draws what it is given; handles, flags and suggestions are painted by `rate_marks` in pixels, and keep
their places while a handle is held. What a person does with them is in `rate_plot`.
Must not import: pages, the store, torch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from studio.engine.messages import Suggestion
from studio.ui.charts import rate_marks
from studio.ui.charts.axes import Axis, RateAxis, rate_figure
from studio.ui.charts.base import Curve, Plot
from studio.ui.charts.rate_curve import RateCurve, reduce, x_span, y_span
from studio.ui.charts.rate_slice import Choice, Handle, Slice, between

_EARLIER_ALPHA: Final = 0.45


@dataclass(frozen=True)
class Earlier:
    """A curve of an earlier search: its points, its name, and whether its stage was frozen."""

    curve: RateCurve
    name: str
    frozen: bool


def slice_words(chosen: Slice) -> str:
    """``slice(1.6e-5, 7.9e-4)``."""
    high = rate_figure(chosen.high)
    return f"slice({high})" if chosen.low is None else f"slice({rate_figure(chosen.low)}, {high})"


class RateCanvas(Plot):
    """Loss over the learning rate.

    Attributes
    ----------
    choice : Choice
        The slice that is drawn; call `show_slice` after changing it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        self.choice = Choice()
        self.frozen = False
        self._live = True
        self._held = False
        self._curve = reduce((), (), ())
        self._earlier: tuple[Earlier, ...] = ()
        self._suggestions: tuple[Suggestion, ...] = ()
        self._marks: tuple[rate_marks.Mark, ...] = ()
        self._placed_for: tuple[Any, ...] = ()
        self._hot = -1
        super().__init__(RateAxis("learning rate", "bottom", grid=True), Axis("loss", "left"), parent=parent)
        self._band = self.band("ember_bg")
        self._raw = self.curve("train_loss", 1, 0.4, z=8)
        self._smooth = self.curve("train_loss", 2.5, z=12)
        self._behind: list[Curve] = []
        self.setAccessibleName("Loss over the learning rate")
        self.show_slice()

    # -- what it shows
    def set_curve(self, curve: RateCurve, running: bool = False) -> None:
        """Show the points so far; while a search runs the x axis spans all of it and nothing is chosen."""
        self._curve, self._live = curve, not running
        self._band.setVisible(
            self._live and self.choice.slice is not None and self.choice.slice.low is not None
        )
        self._raw.set_points(curve.x, curve.raw)
        self._smooth.set_points(curve.x, curve.smooth)
        curves = [curve, *(e.curve for e in self._earlier)]
        low, high = x_span(curves, running)
        self.show_span(x=(low - 0.02, high + 0.02), y=y_span(curves))
        self._repaint_marks()

    def set_earlier(self, earlier: Sequence[Earlier]) -> None:
        """Curves of earlier searches, faint and with their names; call before `set_curve`."""
        for item in self._behind:
            self.drop(item)
        self._earlier, self._behind = tuple(earlier), []
        for one in self._earlier:
            line = self.curve("ice" if one.frozen else "ember", 1.5, _EARLIER_ALPHA, z=4)
            line.set_points(one.curve.x, one.curve.smooth)
            self._behind.append(line)

    def set_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """Places worth a click, each with its reason."""
        self._suggestions, self._hot = tuple(suggestions), -1
        self._repaint_marks()

    def set_frozen(self, frozen: bool) -> None:
        """Ice for a frozen stage, ember for a thawed one."""
        self.frozen = frozen
        self._band.set_token("ice_bg" if frozen else "ember_bg")
        self.viewport().update()

    def show_slice(self) -> None:
        """Draw the slice that is chosen now."""
        chosen = self.choice.slice
        pair = chosen is not None and chosen.low is not None
        self._band.setVisible(pair and self._live)
        if chosen is not None and chosen.low is not None:
            self._band.set_span(math.log10(chosen.low), math.log10(chosen.high))
        self.setAccessibleDescription(slice_words(chosen) if chosen is not None else "no rate chosen")
        self._repaint_marks()

    def marks(self) -> tuple[rate_marks.Mark, ...]:
        """The suggestions where they are painted."""
        return self._marks

    # -- painting
    def _inside(self) -> QRectF:
        box = self.getViewBox()
        return QRectF(box.mapRectToScene(box.rect()))

    def _flags(self) -> dict[Handle, tuple[float, QRectF]]:
        """Of each handle, the x of its line and the place of its flag, in pixels."""
        chosen, inside = self.choice.slice, self._inside()
        if chosen is None or not self._live:
            return {}
        high = self.to_pixel_x(chosen.high)
        flag = rate_marks.flag_rect(rate_figure(chosen.high), high, inside)
        if chosen.low is None:
            return {"high": (high, flag)}
        low = self.to_pixel_x(chosen.low)
        first, second = rate_marks.part_flags(
            rate_marks.flag_rect(rate_figure(chosen.low), low, inside), flag, inside
        )
        return {"low": (low, first), "high": (high, second)}

    def to_pixel_x(self, rate: float) -> float:
        """Where a rate stands on the widget."""
        box = self.getViewBox()
        (left, right), _ = box.viewRange()
        inside = self._inside()
        return float(inside.left() + (math.log10(rate) - left) / (right - left) * inside.width())

    def _repaint_marks(self) -> None:
        self._placed_for = ()
        self.viewport().update()

    def _names(self) -> list[tuple[QRectF, Earlier]]:
        found: list[tuple[QRectF, Earlier]] = []
        lines = [piece for c in (self._curve, *(e.curve for e in self._earlier)) for piece in self._pieces(c)]
        for one in self._earlier:
            if len(one.curve.x) == 0:
                continue
            x = float(one.curve.x[0])
            start = self._point(x, one.curve.loss_at(x))
            found.append(
                (rate_marks.name_place(one.name, start, [*lines, *(rect for rect, _ in found)]), one)
            )
        return found

    def _point(self, x: float, y: float) -> QPointF:
        """Pixels of a point, in the coordinates of the painter."""
        return QPointF(self.getViewBox().mapViewToScene(QPointF(x, y)))

    def _place_again(self, names: Sequence[QRectF]) -> None:
        """Find places for the suggestions' words where something moved; not while a handle is held."""
        if not self._live:
            self._marks = ()
            return
        key = (self._inside(), self.getViewBox().viewRange(), self.choice.slice, self._suggestions)
        if key != self._placed_for and not (self._held and self._marks):
            self._placed_for = key
            self._marks = self._place_marks(names)

    def _place_marks(self, names: Sequence[QRectF]) -> tuple[rate_marks.Mark, ...]:
        inside = self._inside()
        dots = [
            (i, f"{s.title} · {rate_figure(s.max)}", self._dot(s)) for i, s in enumerate(self._suggestions)
        ]
        flags = [rect for _, rect in self._flags().values()]
        lines = [QRectF(x - 3, inside.top(), 6, inside.height()) for x, _ in self._flags().values()]
        curves = [self._curve, *(e.curve for e in self._earlier)]
        pieces = [piece for curve in curves for piece in self._pieces(curve)]
        return rate_marks.place_marks(dots, inside, [*flags, *lines, *names, *pieces])

    def _dot(self, one: Suggestion) -> QPointF:
        """On the curve at the suggestion's highest rate; at the bottom where the curve does not reach."""
        inside, loss = self._inside(), self._curve.loss_at(math.log10(one.max))
        y = self._point(math.log10(one.max), loss).y() if math.isfinite(loss) else inside.bottom()
        top = inside.top() + 2 * rate_marks.FLAG_HEIGHT
        return QPointF(self.to_pixel_x(one.max), min(max(y, top), inside.bottom() - 12))

    def _pieces(self, curve: RateCurve) -> list[QRectF]:
        """Small boxes along a curve, so that words keep off it."""
        x = curve.x[:: max(1, len(curve.x) // 80)]
        points = (self._point(float(v), curve.loss_at(float(v))) for v in x)
        return [QRectF(p.x() - 3, p.y() - 3, 6, 6) for p in points if math.isfinite(p.y())]

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        super().drawForeground(painter, rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        names = self._names()
        for place, one in names:
            rate_marks.paint_name(painter, place, one.name, one.frozen)
        self._place_again([place for place, _ in names])
        for mark in self._marks:
            rate_marks.paint_mark(painter, mark, mark.index == self._hot, self._is_chosen(mark.index))
        self._paint_handles(painter)

    def _paint_handles(self, painter: QPainter) -> None:
        token = "ice_text" if self.frozen else "ember"
        for handle, (x, flag) in self._flags().items():
            rate = self.choice.slice.at(handle) if self.choice.slice is not None else None
            active = handle == self.choice.active and self.hasFocus()
            rate_marks.paint_handle(painter, x, self._inside(), flag, rate_figure(rate or 0.0), active, token)

    def _is_chosen(self, index: int) -> bool:
        one, chosen = self._suggestions[index], self.choice.slice
        return chosen is not None and between(one.min or one.max, one.max) == chosen
