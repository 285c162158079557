"""The grid itself: a scroll area that asks for the tiles it can see and for no others.

Rules: holds no state per item; the words of a tile are asked for when it is painted, its picture comes from a
`ThumbnailLoader`. Keys that mark items are told as intentions; the grid changes nothing itself.
Must not import: pages, the engine's parts, numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from studio.ui.grid.geometry import GAP, Geometry
from studio.ui.grid.selection import NONE, Selection, Step
from studio.ui.grid.tile import TileState, TileView, paint_tile
from studio.ui.samples.base import Paint
from studio.ui.samples.thumbnails import ThumbnailLoader
from studio.ui.theme import theme_of

Keys = Callable[[int], str]
Words = Callable[[int], TileView]

_BUCKET: Final = 32  # pictures are decoded for sizes in these steps, so that a resize keeps them
_STEPS: Final[dict[Qt.Key, Step]] = {
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_PageUp: "page up",
    Qt.Key.Key_PageDown: "page down",
    Qt.Key.Key_Home: "first",
    Qt.Key.Key_End: "last",
}


def _no_words(_index: int) -> TileView:
    return TileView("", "", "", "")


def _no_key(_index: int) -> str:
    return ""


class TileGrid(QAbstractScrollArea):
    """A virtual grid of pictures.

    Signals
    -------
    currentChanged(int)
        Another tile is current; -1 for none.
    chosenChanged()
        The set of chosen tiles changed.
    opened(int)
        A double click or Return.
    keepRequested(), removeRequested(), clearMarkRequested(), undoRequested(), redoRequested()
        A key for the chosen tiles.
    relabelRequested(int)
        A digit: the class by its number from 0.
    """

    currentChanged = Signal(int)
    chosenChanged = Signal()
    opened = Signal(int)
    keepRequested = Signal()
    removeRequested = Signal()
    undoRequested = Signal()
    redoRequested = Signal()
    relabelRequested = Signal(int)

    def __init__(self, loader: ThumbnailLoader, least: int = 148, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loader, self._least = loader, least
        self._paint: Paint | None = None
        self._shape = 0.7
        self._key_of: Keys = _no_key
        self._words_of: Words = _no_words
        self._selection = Selection()
        self._hover = NONE
        self._painted: list[int] = []
        self._asked: tuple[str, ...] = ()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)
        loader.ready.connect(self._picture_ready)
        self.setAccessibleName("Grid of items")

    # -- what is shown
    def set_kind(self, paint: Paint | None, least: int, shape: float = 0.7) -> None:
        """Draw items by their words with `paint`, or as pictures without.

        Parameters
        ----------
        least : int
            Least width of a tile.
        shape : float
            Height of the item on it as a part of its width.
        """
        self._paint, self._least, self._shape = paint, least, shape
        self._fit()
        self.viewport().update()

    def set_items(self, count: int, key_of: Keys, words_of: Words, current: int = NONE) -> None:
        """Show `count` items; nothing is asked of them until they are visible."""
        self._key_of, self._words_of = key_of, words_of
        self._selection.reset(count, current)
        self._fit()
        if self._paint is None:
            self._loader.keep_all(count, key_of)
        if current == NONE:
            self.verticalScrollBar().setValue(0)
        self.viewport().update()
        self.currentChanged.emit(self._selection.current)
        self.chosenChanged.emit()

    def refresh(self) -> None:
        """The words or marks of the same items changed."""
        self.viewport().update()

    def geometry_of_tiles(self) -> Geometry:
        """The arithmetic of the present size."""
        return Geometry(self._selection.count, self.viewport().width(), self._least, self._shape)

    def current(self) -> int:
        return self._selection.current

    def chosen(self) -> list[int]:
        """Indices that a key would mark, in order."""
        return self._selection.ordered()

    def painted(self) -> Sequence[int]:
        """Indices drawn by the last paint."""
        return tuple(self._painted)

    def choose(self, index: int, shift: bool = False, control: bool = False) -> None:
        """Make a tile current, as a click with these keys would, and bring it into view."""
        if not 0 <= index < self._selection.count:
            return
        self._selection.click(index, shift, control)
        self._tell(index)

    def choose_all(self) -> None:
        self._selection.everything()
        self.chosenChanged.emit()
        self.viewport().update()

    def tile_rect(self, index: int) -> QRect:
        """Where a tile is in the viewport now."""
        x, y, width, height = self.geometry_of_tiles().tile(index)
        return QRect(x, y - self.verticalScrollBar().value(), width, height)

    def index_at(self, point: QPoint) -> int | None:
        """The tile at a point of the viewport."""
        top = self.verticalScrollBar().value()
        return self.geometry_of_tiles().hit(point.x(), point.y() + top)

    def sizeHint(self) -> QSize:
        """One row; whoever lays the grid out gives it the room there is."""
        return QSize(3 * self._least, round(self._least * 1.1))

    # -- painting
    def paintEvent(self, event: QPaintEvent) -> None:
        tiles = self.geometry_of_tiles()
        top = self.verticalScrollBar().value()
        visible = tiles.visible(top, self.viewport().height())
        if self._paint is None:
            self._ask(visible)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._painted = [i for i in visible if self.tile_rect(i).intersects(event.rect())]
        theme = theme_of()
        for index in self._painted:
            view = self._words_of(index)
            paint_tile(
                painter,
                QRectF(self.tile_rect(index)),
                view,
                self._state(index),
                self._loader.image(view.key) if self._paint is None else None,
                theme,
                self._paint,
            )

    def _state(self, index: int) -> TileState:
        picked = self._selection
        several = len(picked.chosen) > 1
        current = index == picked.current
        return TileState(index in picked.chosen and several, current, current, index == self._hover)

    def _ask(self, visible: range) -> None:
        """Tell the loader what is visible, and a page ahead of it."""
        tiles = self.geometry_of_tiles()
        wide = -(-tiles.tile_width // _BUCKET) * _BUCKET
        self._loader.set_size(wide, round(wide * tiles.shape), self.devicePixelRatioF())
        ahead = range(visible.stop, min(self._selection.count, visible.stop + len(visible)))
        keys = tuple(self._key_of(i) for i in (*visible, *ahead))
        missing = any(self._loader.image(key) is None for key in keys)
        if keys != self._asked or missing:
            self._asked = keys
            self._loader.want(keys)

    def _picture_ready(self, key: str) -> None:
        if key not in self._asked:
            return
        index = next((i for i in self._painted if self._key_of(i) == key), None)
        if index is not None:
            self.viewport().update(self.tile_rect(index))

    # -- mouse
    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position().toPoint())
        if index is None or event.button() == Qt.MouseButton.MiddleButton:
            return
        keys = event.modifiers()
        keep = event.button() == Qt.MouseButton.RightButton and index in self._selection.chosen
        if not keep:
            shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
            self.choose(index, shift, bool(keys & Qt.KeyboardModifier.ControlModifier))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the press has done it all

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position().toPoint())
        if index is not None:
            self.opened.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hover(self.index_at(event.position().toPoint()))

    def leaveEvent(self, event: QEnterEvent) -> None:  # type: ignore[override]
        super().leaveEvent(event)
        self._set_hover(None)

    def _set_hover(self, index: int | None) -> None:
        for old in (self._hover, NONE if index is None else index):
            if old != NONE:
                self.viewport().update(self.tile_rect(old))
        self._hover = NONE if index is None else index

    # -- keys
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (self._move(event) or self._mark(event) or self._choose_key(event)):
            super().keyPressEvent(event)

    def _move(self, event: QKeyEvent) -> bool:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            return False
        tiles = self.geometry_of_tiles()
        rows = max(1, self.viewport().height() // tiles.pitch)
        target = self._selection.target(step, tiles.columns, rows)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and not shift:
            self._selection.current = target
            self._tell(target)
        else:
            self.choose(target, shift)
        return True

    def _choose_key(self, event: QKeyEvent) -> bool:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_A and control:
            self.choose_all()
        elif event.key() == Qt.Key.Key_Space and self.current() != NONE:
            self._selection.toggle(self.current())
            self._tell(self.current())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current() != NONE:
            self.opened.emit(self.current())
        else:
            return False
        return True

    def _mark(self, event: QKeyEvent) -> bool:
        keys = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
        plain = keys == Qt.KeyboardModifier.NoModifier
        if event.key() == Qt.Key.Key_Z and keys == control | shift:
            self.redoRequested.emit()
        elif (event.key() == Qt.Key.Key_Z and keys == control) or (event.key() == Qt.Key.Key_U and plain):
            self.undoRequested.emit()
        elif event.key() == Qt.Key.Key_K and plain:
            self.keepRequested.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and plain:
            self.removeRequested.emit()
        elif Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9 and plain:
            self.relabelRequested.emit(int(event.key()) - int(Qt.Key.Key_1))
        else:
            return False
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.current() == NONE and self._selection.count:
            self.choose(0)
        self.viewport().update()

    # -- size
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Exact scroll bar; the current part of the whole stays in sight.

        Whether there is a bar is decided by the width without one, so that showing it cannot take it away
        again.
        """
        wide = Geometry(self._selection.count, self.width(), self._least, self._shape)
        needed = wide.height > self.viewport().height()
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if needed else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if policy != self.verticalScrollBarPolicy():
            self.setVerticalScrollBarPolicy(policy)
        tiles, bar = self.geometry_of_tiles(), self.verticalScrollBar()
        part = bar.value() / bar.maximum() if bar.maximum() else 0.0
        bar.setRange(0, max(0, tiles.height - self.viewport().height()))
        bar.setPageStep(max(1, self.viewport().height()))
        bar.setSingleStep(max(1, (tiles.tile_height + GAP) // 3))
        bar.setValue(round(part * bar.maximum()))

    def _tell(self, index: int) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(self.geometry_of_tiles().scroll_to(index, bar.value(), self.viewport().height()))
        self.viewport().update()
        self.currentChanged.emit(index)
        self.chosenChanged.emit()
