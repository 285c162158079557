"""What every chart shares: a themed plot with thin axes, no boxes and the values under the cursor.

Rules: a chart module is a pure `reduce(...)` to arrays and a thin view on `Plot`. Curves and texts are made
by `Plot.curve`, `Plot.text` and `Plot.band`, which remember the token of their colour and follow the theme.
Nothing else of pyqtgraph's own appears: no context menu, no auto-range button, no border.
Must not import: torch, pandas, pages, the store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsSimpleTextItem, QWidget

from studio.ui.charts.axes import Axis
from studio.ui.theme import SIZES, font, theme_of

T = TypeVar("T", "Curve", "Words", "Band")
Line = Literal["solid", "dash", "dot"]
Points = Sequence[float] | NDArray[np.floating[Any]]
_KEY_STEPS = 50  # of the arrow keys, from one end of a plot to the other
_STYLES = {"solid": Qt.PenStyle.SolidLine, "dash": Qt.PenStyle.DashLine, "dot": Qt.PenStyle.DotLine}


class Curve(pg.PlotDataItem):  # type: ignore[misc]  # pyqtgraph has no types
    """A line in a token's colour; None and values that are not finite leave a gap."""

    def __init__(self, token: str, width: float, alpha: float, line: Line, antialias: bool) -> None:
        super().__init__(antialias=antialias, connect="finite")
        self._look = (token, width, alpha, line)
        self.setClipToView(True)
        self.setDownsampling(auto=True, method="peak")
        self.retint()

    def set_points(self, x: Points, y: Points | Sequence[float | None]) -> None:
        """Replace the points; both of equal length."""
        self.setData(np.asarray(x, dtype=float), np.asarray(y, dtype=float))

    def set_look(self, token: str, width: float | None = None, alpha: float | None = None) -> None:
        """Another colour, width or transparency."""
        _, old_width, old_alpha, line = self._look
        self._look = (
            token,
            old_width if width is None else width,
            old_alpha if alpha is None else alpha,
            line,
        )
        self.retint()

    def retint(self) -> None:
        """Take the colour anew from the theme."""
        token, width, alpha, line = self._look
        self.setPen(pen(token, width, alpha, line))


def pen(token: str, width: float = 1.0, alpha: float = 1.0, line: Line = "solid") -> QPen:
    """A pen of constant width on the screen, whatever the scale of the plot."""
    made = QPen(theme_of().colour(token, alpha), width, _STYLES[line])
    made.setCosmetic(True)
    made.setCapStyle(Qt.PenCapStyle.RoundCap)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return made


class Words(pg.TextItem):  # type: ignore[misc]
    """A label in the plot; `anchor` is the point of it that sits on the position, (0, 0) its top left."""

    def __init__(self, text: str, token: str, anchor: tuple[float, float], pixels: int) -> None:
        super().__init__(text, anchor=anchor)
        self.textItem.document().setDocumentMargin(2)
        self.setFont(font(pixels))
        self._token = token
        self.retint()

    def set_token(self, token: str) -> None:
        """Another colour."""
        self._token = token
        self.retint()

    def retint(self) -> None:
        """Take the colour anew from the theme."""
        self.setColor(theme_of().colour(self._token))


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """A plot in the studio's look.

    Parameters
    ----------
    x, y : Axis, optional
        Axes of `studio.ui.charts.axes` (`Axis(unit)`, `RateAxis`); plain ones where absent.
    zoom : bool
        Wheel and drag zoom and move along x; a double click shows everything again.
    readout : callable, optional
        From the x under the cursor to the words of the readout; an empty string hides it.

    Signals
    -------
    cursorMoved(object)
        The x under the cursor in the plot's coordinates, or None when it left.
    """

    cursorMoved = Signal(object)

    def __init__(
        self,
        x: Axis | None = None,
        y: Axis | None = None,
        zoom: bool = False,
        readout: Callable[[float], str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self.x_axis, self.y_axis = x or Axis("", "bottom"), y or Axis("", "left")
        super().__init__(parent, axisItems={"bottom": self.x_axis, "left": self.y_axis}, enableMenu=False)
        self._zoom, self._readout = zoom, readout
        self._tinted: list[Curve | Words | Band] = []
        self._strip()
        self._crosshair = pg.InfiniteLine(angle=90, movable=False)
        self._crosshair.setZValue(50)
        self._words = Words("", "text", (0, 0), SIZES.small)
        self._words.setZValue(60)
        for item in (self._crosshair, self._words):
            item.hide()
            self.addItem(item, ignoreBounds=True)
        self.scene().sigMouseMoved.connect(self._cursor_at)
        self.retint()

    def _strip(self) -> None:
        """Take away what pyqtgraph adds by itself."""
        menu = self.getPlotItem().ctrlMenu
        menu.setParent(self, menu.windowFlags())  # made without an owner: it would outlive the plot
        self.hideButtons()
        self.setMouseEnabled(x=self._zoom, y=False)
        self.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.getPlotItem().getViewBox().setDefaultPadding(0)
        above = SIZES.page_margin if self.y_axis.unit else SIZES.grid
        self.getPlotItem().layout.setContentsMargins(0, above, SIZES.gap, 0)
        for axis in (self.x_axis, self.y_axis):
            axis.setZValue(-1000)  # lines across the plot stay behind the curves
        self._units = tuple(self._unit(axis.unit) for axis in (self.x_axis, self.y_axis))
        self.setViewportUpdateMode(pg.QtWidgets.QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)

    def _unit(self, words: str) -> QGraphicsSimpleTextItem:
        made = QGraphicsSimpleTextItem(words, self.getPlotItem())
        made.setFont(font(SIZES.tick + 1))
        return made

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if event is not None:
            self._place_units()

    def _place_units(self) -> None:
        """Below the right end of the x axis, above the y axis."""
        across, up = self._units
        box = across.boundingRect()
        across.setPos(self.width() - box.width() - SIZES.gap, self.height() - box.height() - SIZES.ring)
        right = self.y_axis.fixed_width - SIZES.grid
        up.setPos(max(0.0, right - up.boundingRect().width()), SIZES.ring)

    # -- items
    def curve(
        self,
        token: str,
        width: float = 2.0,
        alpha: float = 1.0,
        line: Line = "solid",
        z: float = 10,
        smooth: bool = True,
    ) -> Curve:
        """Add a curve; `smooth=False` draws without antialiasing, for raw values of very many points."""
        made = Curve(token, width, alpha, line, smooth)
        made.setZValue(z)
        return self._add(made)

    def text(
        self,
        text: str,
        token: str = "dim",
        anchor: tuple[float, float] = (0, 1),
        pixels: int = SIZES.small,
        z: float = 30,
    ) -> Words:
        """Add a label; place it with `setPos(x, y)`."""
        made = Words(text, token, anchor, pixels)
        made.setZValue(z)
        return self._add(made)

    def band(self, token: str, alpha: float = 1.0, z: float = -10, across: bool = False) -> Band:
        """Add a tinted span of x over the whole height, or of y `across` the whole width; `set_span` places it."""
        made = Band(token, alpha, across)
        made.setZValue(z)
        return self._add(made)

    def _add(self, item: T) -> T:
        self.addItem(item, ignoreBounds=not isinstance(item, Curve))
        self._tinted.append(item)
        return item

    def drop(self, item: Curve | Words | Band) -> None:
        """Take an item away."""
        if item in self._tinted:
            self._tinted.remove(item)
            self.removeItem(item)

    # -- view
    def show_span(self, x: tuple[float, float] | None = None, y: tuple[float, float] | None = None) -> None:
        """Set what is visible; None leaves a direction as it is."""
        self.getViewBox().setRange(xRange=x, yRange=y, padding=0)

    def follow_x(self, other: Plot) -> None:
        """Share the x axis with another plot above or below it, and line their left edges up."""
        self.setXLink(other)
        width = max(self.y_axis.fixed_width, other.y_axis.fixed_width)
        self.y_axis.set_fixed_width(width)
        other.y_axis.set_fixed_width(width)

    def at_pixel(self, position: QPointF) -> QPointF:
        """From a place on the widget to the plot's coordinates."""
        to_scene, _ = self.viewportTransform().inverted()  # mapToScene would round to whole pixels
        return QPointF(self.getViewBox().mapSceneToView(to_scene.map(position)))

    def to_pixel(self, x: float, y: float) -> QPointF:
        """From the plot's coordinates to a place on the widget."""
        return QPointF(self.viewportTransform().map(self.getViewBox().mapViewToScene(QPointF(x, y))))

    def save_picture(self, path: Path) -> bool:
        """Write the plot as it is shown, in twice its size; False where the file could not be written."""
        ratio = 2.0
        picture = QImage(self.size() * ratio, QImage.Format.Format_ARGB32)
        picture.setDevicePixelRatio(ratio)
        picture.fill(theme_of().colour("panel"))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.render(painter)
        painter.end()
        return bool(picture.save(str(path)))

    # -- cursor
    def set_readout(self, readout: Callable[[float], str] | None) -> None:
        """Words for the x under the cursor; several lines are allowed."""
        self._readout = readout

    def show_cursor(self, x: float | None) -> None:
        """Put the crosshair at x (a linked plot's cursor), or hide it."""
        words = self._readout(x) if x is not None and self._readout is not None else ""
        self._crosshair.setVisible(x is not None)
        self._words.setVisible(bool(words))
        if x is None:
            return
        self._crosshair.setPos(x)
        self._words.setText(words)
        (left, right), (_, top) = self.getViewBox().viewRange()
        self._words.setAnchor((-0.06, 0) if x < (left + right) / 2 else (1.06, 0))
        self._words.setPos(x, top)

    def _cursor_at(self, place: QPointF) -> None:
        inside = self.getViewBox().sceneBoundingRect().contains(place)
        x = self.getViewBox().mapSceneToView(place).x() if inside else None
        self.show_cursor(x)
        self.cursorMoved.emit(x)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow keys walk the crosshair, Home and End lead to the ends, Escape takes it away."""
        (left, right), _ = self.getViewBox().viewRange()
        here = self._crosshair.value() if self._crosshair.isVisible() else None
        step = (right - left) / _KEY_STEPS
        places = {
            Qt.Key.Key_Left: max(left, (right if here is None else here) - step),
            Qt.Key.Key_Right: min(right, (left if here is None else here) + step),
            Qt.Key.Key_Home: left,
            Qt.Key.Key_End: right,
        }
        x = places.get(Qt.Key(event.key()))
        if x is None and (event.key() != Qt.Key.Key_Escape or here is None):
            event.ignore()
            return
        self.show_cursor(x)
        self.cursorMoved.emit(x)

    def leaveEvent(self, event: QEvent) -> None:
        self.show_cursor(None)
        self.cursorMoved.emit(None)
        super().leaveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._zoom:
            self.getViewBox().autoRange(padding=0)
        else:
            super().mouseDoubleClickEvent(event)

    # -- theme
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_words"):
            self.retint()

    def retint(self) -> None:
        """Take every colour anew from the theme; override to add to it."""
        self.setBackground(theme_of().colour("panel"))
        self.x_axis.retint()
        self.y_axis.retint()
        for unit in self._units:
            unit.setBrush(theme_of().colour("faint"))
        self._crosshair.setPen(pen("faint", 1, 1, "dot"))
        self._words.fill = pg.mkBrush(theme_of().colour("panel", 0.92))
        for item in (self._words, *self._tinted):
            item.retint()


class Band(pg.LinearRegionItem):  # type: ignore[misc]
    """A tinted span of x, or `across` of y, that cannot be moved."""

    def __init__(self, token: str, alpha: float, across: bool = False) -> None:
        super().__init__(values=(0, 0), orientation="horizontal" if across else "vertical", movable=False)
        self._look = (token, alpha)
        self.setAcceptHoverEvents(False)
        self.retint()

    def set_span(self, left: float, right: float) -> None:
        """Cover from left to right (from low to high), in the plot's coordinates."""
        self.setRegion((left, right))

    def set_token(self, token: str, alpha: float | None = None) -> None:
        """Another colour."""
        self._look = (token, self._look[1] if alpha is None else alpha)
        self.retint()

    def retint(self) -> None:
        """Take the colour anew from the theme."""
        colour = theme_of().colour(*self._look)
        self.setBrush(colour)
        for line in self.lines:
            line.setPen(QPen(Qt.PenStyle.NoPen))
