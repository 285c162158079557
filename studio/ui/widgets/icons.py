"""Line icons: SVG files of `resources/icons`, drawn in a token's colour, sharp at every scale.

Rules: a colour is a token's name (or a value); pictures are kept by the value behind it, which changes
with the theme. `IconLabel` and `paint_icon` look the colour up when they paint; who keeps a QIcon renews it
on `QEvent.StyleChange`.

Must not import: anything heavy, anything that decides.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from studio.ui.theme import SIZES, resources_dir, theme_of

ICON_NAMES: Final = (
    "data", "rate", "train", "results", "clean", "ship", "runs", "notes", "settings", "home",
    "back", "forward", "up", "down", "pause", "play", "stop", "snowflake", "flame", "check",
    "warning", "error", "info", "question", "folder", "file", "search", "undo", "trash", "keep",
    "relabel", "plus", "minus", "close", "more", "copy", "download", "image", "table", "text",
    "mask", "chart", "gauge", "star", "external", "bell", "filter", "lock", "sun", "dot", "refresh", "sort",
)  # fmt: skip

_SCALES: Final = (1.0, 1.5, 2.0)


def icon(name: str, colour: str = "text", size: int = SIZES.icon, room: int = 0) -> QIcon:
    """A QIcon in a token's colour, with a faint picture for the disabled state.

    `room` adds empty pixels at the right, between the icon and the words of a button.

    Raises
    ------
    KeyError
        For a name that is not in `ICON_NAMES`.
    """
    theme = theme_of()
    made = QIcon()
    for mode, token in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, "faint")):
        for scale in _SCALES:
            made.addPixmap(_pixmap(name, theme.colour(token).name(), size, scale, room), mode)
    return made


def pixmap(name: str, colour: str = "text", size: int = SIZES.icon, scale: float = 2.0) -> QPixmap:
    """One picture of `size` device-independent pixels at a device pixel ratio of `scale`."""
    return _pixmap(name, theme_of().colour(colour).name(), size, scale)


def paint_icon(painter: QPainter, rect: QRectF, name: str, colour: str) -> None:
    """Draw an icon as lines into a rectangle, at whatever scale the painter has."""
    _renderer(name, theme_of().colour(colour).name()).render(painter, rect)


def _pixmap(name: str, value: str, size: int, scale: float, room: int = 0) -> QPixmap:
    # Qt's own cache: it ends with the application, a Python one would not.
    key = f"thaw/{name}/{value}/{size}/{scale}/{room}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    renderer = _renderer(name, value)  # before the painter: an error while it paints would end the process
    pixels = round(size * scale)
    made = QPixmap(pixels + round(room * scale), pixels)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    made.setDevicePixelRatio(scale)
    QPixmapCache.insert(key, made)
    return made


def _renderer(name: str, value: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", value).encode()))


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    if name not in ICON_NAMES:
        raise KeyError(f"no icon is called {name!r}")
    return (resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


class IconLabel(QWidget):
    """An icon that stands alone; it follows the theme by itself."""

    def __init__(
        self, name: str, colour: str = "dim", size: int = SIZES.icon, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._colour = name, colour
        self.setFixedSize(QSize(size, size))

    def set(self, name: str, colour: str) -> None:
        """Show another icon or colour."""
        if (name, colour) != (self._name, self._colour):
            self._name, self._colour = name, colour
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_icon(painter, QRectF(self.rect()), self._name, self._colour)
