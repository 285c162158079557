"""Points, with the name of the one under the pointer, marked ones with labels, and the line where x is y.

Rules: twenty thousand points are drawn by one item and searched by arrays; only marked points have items of their
own. The wheel scrolls the page; with Ctrl it zooms. Must not import: pages, the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.ui.charts.axes import Axis
from studio.ui.charts.base import Plot, Words, pen
from studio.ui.theme import SIZES, font, theme_of

Floats = NDArray[np.float64]
REACH: Final = 14.0  # pixels from the pointer within which a point is meant
MOST_LABELS: Final = 12
MOST_SHOWN_NAMES: Final = 24
MOST_NAMED: Final = 2000  # a larger cloud has no names until they are searched
_TRIED: Final = 300  # labels for which room is looked for
_MANY: Final = 3000  # points from which they are drawn smaller and fainter
_AIR: Final = 0.05


@dataclass(frozen=True)
class Cloud:
    """Points that are numbers, (n,) float64 each, and where each stood in the lists given, (n,) int64."""

    x: Floats
    y: Floats
    places: NDArray[np.int64]

    def spans(self, same: bool = False) -> tuple[tuple[float, float], tuple[float, float]]:
        """What to show of x and y, with a little air; `same` gives both one span."""
        if not len(self.x):
            return (0.0, 1.0), (0.0, 1.0)
        if same:
            both = _span(np.concatenate((self.x, self.y)))
            return both, both
        return _span(self.x), _span(self.y)


def reduce(xs: Sequence[float], ys: Sequence[float]) -> Cloud:
    """Points of which both numbers are finite."""
    x, y = np.asarray(xs, dtype=np.float64), np.asarray(ys, dtype=np.float64)
    good = np.isfinite(x) & np.isfinite(y)
    return Cloud(x[good], y[good], np.flatnonzero(good).astype(np.int64))


def _span(values: Floats) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    air = (high - low) * _AIR or abs(high) * _AIR or 1.0
    return low - air, high + air


def nearest(x: Floats, y: Floats, at: tuple[float, float], reach: float = REACH) -> int | None:
    """Index of the point nearest to `at`, all in pixels; None where none is within `reach`."""
    if not len(x):
        return None
    away = (x - at[0]) ** 2 + (y - at[1]) ** 2  # (n,)
    best = int(away.argmin())
    return best if away[best] <= reach**2 else None


def apart(boxes: Floats, points: Floats, most: int, crowd: int | None = None) -> list[int]:
    """Indices of labels that can stand without touching another, the first ones first.

    Parameters
    ----------
    boxes : (n, 4) float64
        Left, top, right and bottom of each label, in pixels.
    points : (m, 2) float64
        Every point drawn.
    crowd : int, optional
        A label that would lie over more points than this is left out.
    """
    found: list[int] = []
    for at, (left, top, right, bottom) in enumerate(boxes):
        if any(
            left < boxes[i][2] and boxes[i][0] < right and top < boxes[i][3] and boxes[i][1] < bottom
            for i in found
        ):
            continue
        over = (points[:, 0] > left) & (points[:, 0] < right) & (points[:, 1] > top) & (points[:, 1] < bottom)
        if crowd is None or int(over.sum()) <= crowd:
            found.append(at)
        if len(found) == most:
            break
    return found


class ScatterPlot(Plot):
    """The plot of a cloud."""

    def __init__(
        self, x_title: str, y_title: str, diagonal: bool = False, parent: QWidget | None = None
    ) -> None:
        self._cloud = reduce((), ())
        self._names: tuple[str, ...] = ()
        self._marked: tuple[int, ...] = ()
        self._under: int | None = None
        self._diagonal = diagonal
        super().__init__(
            Axis(x_title, "bottom", grid=True), Axis(y_title, "left", grid=True), zoom=True, parent=parent
        )
        self.setMouseEnabled(x=True, y=True)
        self._line = self.curve("faint", 1.5, 1.0, "dash", z=5)
        self._line.setDownsampling(auto=False)
        self._points = pg.ScatterPlotItem(pen=None)
        self._rings = pg.ScatterPlotItem(size=11)
        self._spot = pg.ScatterPlotItem(size=11)
        for item, z in ((self._points, 10), (self._rings, 35), (self._spot, 40)):
            item.setZValue(z)
            self.addItem(item, ignoreBounds=True)
        self._labels: list[Words] = []
        self._said = self.text("", "text", (0, 0.5), z=60)
        self._said.hide()
        self.getViewBox().disableAutoRange()
        self.getViewBox().sigRangeChanged.connect(self._range_changed)
        self.scene().sigMouseMoved.connect(self._pointer_at)
        self.setAccessibleName(f"{y_title} against {x_title}")
        self.retint()

    def show_points(self, xs: Sequence[float], ys: Sequence[float], names: Sequence[str] = ()) -> None:
        """Show points; `names` has one for each or none."""
        self._cloud, self._names = reduce(xs, ys), tuple(names)
        self._marked, self._under = (), None
        many = len(self._cloud.x) > _MANY
        self._points.setSize(4 if many else 7)
        self._points.setBrush(self._brush(many))
        self._points.setData(self._cloud.x, self._cloud.y)
        self.show_all()

    def show_all(self) -> None:
        """Show every point."""
        x, y = self._cloud.spans(self._diagonal)
        self.show_span(x, y)
        if self._diagonal:
            self._line.set_points(x, x)

    def mark(self, places: Sequence[int]) -> None:
        """Ring these points (by their place in the lists given) and label the first of them."""
        known = {int(place): at for at, place in enumerate(self._cloud.places)}
        self._marked = tuple(known[place] for place in places if place in known)
        x, y = self._cloud.x[list(self._marked)], self._cloud.y[list(self._marked)]
        self._rings.setData(x, y)
        self._points.setBrush(self._brush(len(self._cloud.x) > _MANY))
        self._label()

    def marked(self) -> tuple[int, ...]:
        """The ringed points by their place in the lists given."""
        return tuple(int(self._cloud.places[at]) for at in self._marked)

    def labels(self) -> tuple[str, ...]:
        """The names that are written now."""
        return tuple(label.toPlainText() for label in self._labels)

    def bring_into_view(self, place: int) -> None:
        """Move the view to a point where it is outside of it."""
        at = int(np.searchsorted(self._cloud.places, place))
        x, y = float(self._cloud.x[at]), float(self._cloud.y[at])
        (left, right), (low, high) = self.getViewBox().viewRange()
        if not (left <= x <= right and low <= y <= high):
            across, up = (right - left) / 2, (high - low) / 2
            self.show_span((x - across, x + across), (y - up, y + up))

    def words_of(self, at: int) -> str:
        """Name and numbers of a point."""
        name = f"{self._name(at)}  " if self._name(at) else ""
        return f"{name}{self._cloud.x[at]:.4g}, {self._cloud.y[at]:.4g}"

    def under(self) -> int | None:
        """The point under the pointer by its place in the lists given."""
        return None if self._under is None else int(self._cloud.places[self._under])

    # -- labels
    def _label(self) -> None:
        """Names of the marked points; without any, of those of a small named cloud that have room."""
        for label in self._labels:
            self.drop(label)
        self._labels = []
        chosen, strong = self._to_label()
        if not chosen:
            return
        points = self._to_pixels()
        boxes, lefts = self._boxes(points[list(chosen)], chosen)
        most, crowd = (MOST_LABELS, None) if strong else (MOST_SHOWN_NAMES, 1)
        for index in apart(boxes, points, most, crowd):
            at, name = chosen[index], self._name(chosen[index])
            label = self.text(
                f" {name} ", "text" if strong else "dim", (1.0 if lefts[index] else 0.0, 0.5), z=30
            )
            label.setPos(self._cloud.x[at], self._cloud.y[at])
            label.fill = pg.mkBrush(theme_of().colour("panel", 0.88 if strong else 0.0))
            self._labels.append(label)

    def _to_label(self) -> tuple[tuple[int, ...], bool]:
        """Points whose names are wanted, the most wanted first, and whether they were marked."""
        if not self._names:
            return (), False
        if self._marked:
            return self._marked, True
        if self._diagonal or len(self._cloud.x) > MOST_NAMED:
            return (), False
        x, y = self._cloud.x - self._cloud.x.mean(), self._cloud.y - self._cloud.y.mean()
        far = (x / (x.std() or 1)) ** 2 + (y / (y.std() or 1)) ** 2
        return tuple(int(at) for at in np.argsort(-far)[:_TRIED]), False

    def _boxes(self, at: Floats, chosen: Sequence[int]) -> tuple[Floats, list[bool]]:
        """Where the labels of these points would lie, (n, 4), and which stand to the left of their point."""
        metrics = QFontMetrics(font(SIZES.small))
        wide = np.array([metrics.horizontalAdvance(self._name(one)) + 2.0 * SIZES.grid for one in chosen])
        left = at[:, 0] + wide > self.width() - SIZES.gap  # (n,) bool
        start, tall = np.where(left, at[:, 0] - wide, at[:, 0]) + SIZES.half, metrics.height() / 2
        boxes = np.stack((start, at[:, 1] - tall, start + wide - SIZES.grid, at[:, 1] + tall), axis=1)
        return boxes, [bool(one) for one in left]

    def _name(self, at: int) -> str:
        place = int(self._cloud.places[at])
        return self._names[place] if place < len(self._names) else ""

    def _to_pixels(self) -> Floats:
        """Every point in pixels of the widget, (n, 2)."""
        box, (xs, ys) = self.getViewBox().sceneBoundingRect(), self.getViewBox().viewRange()
        x = box.left() + (self._cloud.x - xs[0]) / ((xs[1] - xs[0]) or 1) * box.width()
        y = box.bottom() - (self._cloud.y - ys[0]) / ((ys[1] - ys[0]) or 1) * box.height()
        return np.stack((x, y), axis=1)

    def _range_changed(self, *_: Any) -> None:
        self._label()

    # -- pointer
    def show_cursor(self, x: float | None) -> None:
        """No crosshair: the point under the pointer says more."""
        del x

    def _pointer_at(self, place: QPointF) -> None:
        at = self._to_pixels()
        inside = self.getViewBox().sceneBoundingRect().contains(place)
        found = nearest(at[:, 0], at[:, 1], (place.x(), place.y())) if inside and len(at) else None
        self.point_at(found)

    def point_at(self, found: int | None) -> None:
        """Name a point by its number in the cloud; None names none."""
        self._under = found
        self._said.setVisible(found is not None)
        if found is None:
            self._spot.setData([], [])
            return
        x, y = self._cloud.x[found], self._cloud.y[found]
        self._spot.setData([x], [y])
        left, right = self.getViewBox().viewRange()[0]
        self._said.setText(f"  {self.words_of(found)}  ")
        self._said.setAnchor((0, 0.5) if x < (left + right) / 2 else (1, 0.5))
        self._said.setPos(x, y)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.point_at(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        else:
            event.ignore()  # the page scrolls

    def mouseDoubleClickEvent(self, _event: Any) -> None:
        self.show_all()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if event is not None and hasattr(self, "_said"):
            self._label()

    # -- theme
    def _brush(self, many: bool) -> Any:
        """Others step back while some points are marked."""
        return pg.mkBrush(theme_of().colour("train_loss", 0.2 if self._marked else 0.35 if many else 0.55))

    def retint(self) -> None:
        super().retint()
        if not hasattr(self, "_said"):
            return
        theme = theme_of()
        self._points.setBrush(self._brush(len(self._cloud.x) > _MANY))
        self._rings.setBrush(pg.mkBrush(theme.colour("ember")))
        self._rings.setPen(pen("panel", 1.5))
        self._spot.setBrush(pg.mkBrush(theme.colour("accent")))
        self._spot.setPen(pen("panel", 1.5))
        self._said.fill = pg.mkBrush(theme.colour("panel", 0.94))
