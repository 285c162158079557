"""A small grid of pictures with captions, for a batch or a handful of samples (up to about sixty).

Rules: whole pictures are shown scaled to fill; the grid keeps no files open and knows no paths.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.theme import SIZES, font, theme_of
from studio.ui.widgets.icons import paint_icon

_GAP: Final = 12
_CAPTION: Final = 20
_RING: Final = 3

Picture = QImage | QPixmap | None


class ImageTile(QWidget):
    """One picture with round corners and a caption below.

    Signals
    -------
    chosen()
        Clicked, or reached by the keyboard.
    opened()
        Double-clicked, or Return.
    """

    chosen = Signal()
    opened = Signal()

    def __init__(
        self,
        picture: Picture = None,
        caption: str = "",
        size: QSize | None = None,
        tone: str = "dim",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._caption, self._tone, self._selected = caption, tone, False
        self._picture: QPixmap | None = None
        self._scaled: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(caption or "picture")
        size = size or QSize(112, 88)
        self.setFixedSize(size.width(), size.height() + (_CAPTION if caption else 0))
        self.set_picture(picture)

    def set_picture(self, picture: Picture) -> None:
        """Show another picture; None shows a quiet place for one."""
        self._picture = QPixmap.fromImage(picture) if isinstance(picture, QImage) else picture
        self._scaled = None
        self.update()

    def set_selected(self, selected: bool) -> None:
        """Draw the ring or not."""
        self._selected = selected
        self.update()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.chosen.emit()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.chosen.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._scaled = None
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        rect = QRectF(0, 0, self.width(), self.height() - (_CAPTION if self._caption else 0))
        self._paint_picture(painter, rect)
        if self._caption:
            painter.setPen(theme_of().colour(self._tone))
            painter.setFont(font(SIZES.small))
            below = QRectF(0, rect.bottom() + 2, self.width(), _CAPTION - 2)
            shown = painter.fontMetrics().elidedText(
                self._caption, Qt.TextElideMode.ElideMiddle, self.width()
            )
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, shown)

    def _paint_picture(self, painter: QPainter, rect: QRectF) -> None:
        theme = theme_of()
        path = QPainterPath()
        path.addRoundedRect(rect, SIZES.radius_control, SIZES.radius_control)
        painter.fillPath(path, theme.colour("track"))
        if self._picture is None or self._picture.isNull():
            side = SIZES.icon + 4
            middle = rect.center()
            paint_icon(
                painter, QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side), "image", "faint"
            )
        else:
            painter.save()
            painter.setClipPath(path)
            painter.drawPixmap(rect.topLeft(), self._filling(rect))
            painter.restore()
        if self._selected or self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), _RING))
            inner = rect.adjusted(_RING / 2, _RING / 2, -_RING / 2, -_RING / 2)
            painter.drawRoundedRect(inner, SIZES.radius_control, SIZES.radius_control)

    def _filling(self, rect: QRectF) -> QPixmap:
        """The picture cut and scaled once to fill the rectangle."""
        if self._scaled is None and self._picture is not None:
            ratio = self.devicePixelRatioF()
            want = (rect.size() * ratio).toSize()
            grown = self._picture.scaled(
                want,
                Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                Qt.TransformationMode.SmoothTransformation,
            )
            left, top = (grown.width() - want.width()) // 2, (grown.height() - want.height()) // 2
            self._scaled = grown.copy(left, top, want.width(), want.height())
            self._scaled.setDevicePixelRatio(ratio)
        assert self._scaled is not None
        return self._scaled


class ThumbGrid(QWidget):
    """Tiles in as many columns as fit, stretched so that both edges are straight.

    Signals
    -------
    tileChosen(int)
    tileOpened(int)
    """

    tileChosen = Signal(int)
    tileOpened = Signal(int)

    def __init__(self, tile_width: int = 112, tile_height: int = 88, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least = tile_width
        self._shape = tile_height / tile_width
        self._tiles: list[ImageTile] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_tiles(self, tiles: Sequence[tuple[Picture, str]]) -> None:
        """Replace the tiles by ``(picture, caption)`` pairs."""
        for old in self._tiles:
            old.hide()
            old.deleteLater()
        self._tiles = [ImageTile(picture, caption, parent=self) for picture, caption in tiles]
        for tile in self._tiles:
            tile.chosen.connect(self._chosen)
            tile.opened.connect(self._opened)
            tile.show()
        self._place()

    def tiles(self) -> tuple[ImageTile, ...]:
        """The tiles in order."""
        return tuple(self._tiles)

    def choose(self, index: int) -> None:
        """Ring one tile; -1 rings none."""
        for number, tile in enumerate(self._tiles):
            tile.set_selected(number == index)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        columns, tile = self._measure(width)
        rows = -(-len(self._tiles) // columns)
        return max(0, rows * (tile.height() + _GAP) - _GAP)

    def sizeHint(self) -> QSize:
        width = self.width() or 4 * self._least
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least, self.heightForWidth(max(self.width(), self._least)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _measure(self, width: int) -> tuple[int, QSize]:
        """Columns that fit, and the size of a tile with its caption."""
        columns = max(1, (width + _GAP) // (self._least + _GAP))
        across = (width - (columns - 1) * _GAP) // columns
        caption = _CAPTION if any(tile.accessibleName() != "picture" for tile in self._tiles) else 0
        return columns, QSize(across, round(across * self._shape) + caption)

    def _place(self) -> None:
        columns, size = self._measure(self.width())
        for index, tile in enumerate(self._tiles):
            down, across = divmod(index, columns)
            tile.setFixedSize(size)
            tile.move(across * (size.width() + _GAP), down * (size.height() + _GAP))
        self.setMinimumHeight(self.heightForWidth(self.width()))  # nested layouts forget height for width
        self.updateGeometry()

    def _chosen(self) -> None:
        self.tileChosen.emit(self._index_of_sender())

    def _opened(self) -> None:
        self.tileOpened.emit(self._index_of_sender())

    def _index_of_sender(self) -> int:
        sender = self.sender()
        return next((i for i, tile in enumerate(self._tiles) if tile is sender), -1)
