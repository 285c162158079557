"""The large view of one photo: fits, zooms about the cursor, moves by dragging; read on another thread.

Rules: never decodes on the GUI thread; a late picture of an earlier item is dropped.
Must not import: pages, the engine's parts, numpy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.samples.base import Decode
from studio.ui.theme import SIZES, font, theme_of
from studio.ui.widgets.icons import paint_icon

MOST_PIXELS: Final = 2048  # of the longer side: beyond that a photo is read scaled down
MOST_ZOOM: Final = 16.0
_STEP: Final = 1.25
_CAPTION: Final = 28


class ImageSample(QWidget):
    """One photo with its caption."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from studio.ui.samples.thumbnails import (
            ThumbnailLoader,
        )  # the loader reads photos by this package's image.py

        self._loader = ThumbnailLoader(budget_mib=64, parent=self)
        self._loader.set_size(MOST_PIXELS, MOST_PIXELS, 1.0, fill=False)
        self._loader.ready.connect(self._arrived)
        self._key = ""
        self._caption = ""
        self._image: QImage | None = None
        self._problem = ""
        self._zoom, self._centre = (
            1.0,
            QPointF(0.5, 0.5),
        )  # of the fitted size; the point of the photo in the middle
        self._grabbed: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(SIZES.grid * 20, SIZES.grid * 16)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The item, large")
        self.setProperty("ring", True)

    def sizeHint(self) -> QSize:
        return QSize(SIZES.grid * 40, SIZES.grid * 36)

    def show_item(self, path: Path, caption: str = "", words: str = "") -> None:
        """Show a photo with its caption; the old one stays until the new one is read."""
        del words  # a photo shows itself
        self._caption = caption
        self.setAccessibleDescription(caption)
        self._zoom, self._centre = 1.0, QPointF(0.5, 0.5)
        self._key = str(path)
        self._loader.want([self._key])
        self._arrived(self._key)

    def show_image(self, image: QImage, caption: str = "") -> None:
        """Show a picture that is in memory already."""
        self._key, self._caption, self._image, self._problem = "", caption, image, ""
        self._zoom, self._centre = 1.0, QPointF(0.5, 0.5)
        self.setAccessibleDescription(caption)
        self.update()

    def set_decode(self, decode: Decode) -> None:
        """Pictures are read by this from now on."""
        self._loader.set_decode(decode)

    def clear(self) -> None:
        """Show nothing."""
        self._key, self._caption, self._image, self._problem = "", "", None, ""
        self.update()

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        """Zoom about a point of the widget; the middle where none is given."""
        zoom = min(MOST_ZOOM, max(1.0, self._zoom * factor))
        about = self._place().center() if about is None else about
        before = self._in_photo(about)
        self._zoom = zoom
        after = self._in_photo(about)
        self._move_to(self._centre + before - after)

    def fit(self) -> None:
        """Show the whole photo."""
        self._zoom = 1.0
        self._move_to(QPointF(0.5, 0.5))

    @Slot(str)
    def _arrived(self, key: str) -> None:
        image = self._loader.image(key) if key == self._key else None
        if image is not None:
            self._image, self._problem = image, self._loader.broken(key)
        self.update()

    # -- geometry
    def _place(self) -> QRectF:
        below = _CAPTION if self._caption else 0
        return QRectF(0, 0, self.width(), max(1, self.height() - below))

    def _photo(self) -> QRectF:
        """Where the photo is drawn; larger than the place when zoomed."""
        place = self._place()
        if self._image is None or self._image.isNull():
            return place
        size = (
            self._image.size().toSizeF().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio) * self._zoom
        )
        corner = place.center() - QPointF(size.width() * self._centre.x(), size.height() * self._centre.y())
        return QRectF(corner, size)

    def _in_photo(self, point: QPointF) -> QPointF:
        photo = self._photo()
        return QPointF((point.x() - photo.x()) / photo.width(), (point.y() - photo.y()) / photo.height())

    def _move_to(self, centre: QPointF) -> None:
        """Centre another point of the photo, never showing more beyond its edge than needed."""
        place, photo = self._place(), self._photo()
        across, down = place.width() / photo.width() / 2, place.height() / photo.height() / 2
        x = 0.5 if across >= 0.5 else min(1 - across, max(across, centre.x()))
        y = 0.5 if down >= 0.5 else min(1 - down, max(down, centre.y()))
        self._centre = QPointF(x, y)
        self.update()

    # -- events
    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(_STEP if event.angleDelta().y() > 0 else 1 / _STEP, event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grabbed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None and self._zoom > 1:
            moved, photo = event.position() - self._grabbed, self._photo()
            self._grabbed = event.position()
            self._move_to(self._centre - QPointF(moved.x() / photo.width(), moved.y() / photo.height()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._grabbed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._zoom > 1:
            self.fit()
        else:
            self.zoom_by(_STEP**4, event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(_STEP)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom_by(1 / _STEP)
        elif event.key() == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._move_to(self._centre)

    # -- painting
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if self._image is None or self._problem:
            self._paint_nothing(painter)
        else:
            self._paint_photo(painter)
        self._paint_caption(painter)

    def _paint_photo(self, painter: QPainter) -> None:
        assert self._image is not None
        photo, clip = self._photo(), QPainterPath()
        clip.addRoundedRect(photo.intersected(self._place()), SIZES.radius_control, SIZES.radius_control)
        painter.save()
        painter.setClipPath(clip)
        painter.drawImage(photo, self._image)
        painter.restore()

    def _paint_nothing(self, painter: QPainter) -> None:
        theme, place = theme_of(), self._place()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("track"))
        painter.drawRoundedRect(place, SIZES.radius_control, SIZES.radius_control)
        mark = QRectF(0, 0, SIZES.page_margin, SIZES.page_margin)
        mark.moveCenter(place.center() - QPointF(0, SIZES.gap))
        paint_icon(painter, mark, "image", "faint")
        painter.setPen(theme.colour("dim"))
        words = place.adjusted(SIZES.gap, place.height() / 2 + SIZES.grid, -SIZES.gap, 0)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(words, flags, self._problem)

    def _paint_caption(self, painter: QPainter) -> None:
        if not self._caption:
            return
        painter.setPen(theme_of().colour("text"))
        painter.setFont(font(SIZES.text, 600))
        line = QRectF(0, self.height() - _CAPTION, self.width(), _CAPTION)
        shown = painter.fontMetrics().elidedText(self._caption, Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, shown)
