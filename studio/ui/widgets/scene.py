"""A small drawing in the theme's colours: an SVG of `resources/scenes` in which `$names` stand for tokens.

To add one: a file of 240 by 96 there, with `$tokens` of `ui/theme.py` for its colours. Must not import: anything heavy.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from string import Template

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.theme import SIZES, resources_dir, theme_of

_SIZE = QSize(240, 96)


class Scene(QWidget):
    """The drawing called `name`, in the middle of a strip as wide as there is room; an empty strip where there is none.

    It takes no clicks: they go to the card that it stands on.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setFixedHeight(_SIZE.height())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        return _SIZE

    def paintEvent(self, _event: QPaintEvent) -> None:
        source = _source(self._name)
        if not source:
            return
        renderer = QSvgRenderer(QByteArray(Template(source).substitute(asdict(theme_of())).encode()))
        strip, place = QRectF(self.rect()), QRectF(0, 0, _SIZE.width(), _SIZE.height())
        scale = min(1.0, strip.width() / place.width())
        place.setSize(place.size() * scale)
        place.moveCenter(strip.center())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRoundedRect(strip, SIZES.radius_control, SIZES.radius_control)
        painter.fillPath(path, theme_of().colour("background"))
        renderer.render(painter, place)


@lru_cache(maxsize=32)
def _source(name: str) -> str:
    path = resources_dir() / "scenes" / f"{name}.svg"
    return path.read_text(encoding="utf-8") if path.is_file() else ""
