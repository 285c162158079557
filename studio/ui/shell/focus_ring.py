"""The ring around what has the focus by the keyboard and draws none itself: grids, tables, plots, large pictures.

It lies on the widget, lets everything through, and goes with the focus. Must not import: pages, the store.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QPlainTextEdit, QTextEdit, QWidget

from studio.ui.theme import SIZES, theme_of


def wants_ring(widget: QWidget) -> bool:
    """Whether a widget shows its focus only by a ring on it."""
    is_area = isinstance(widget, QAbstractScrollArea) and not isinstance(widget, QTextEdit | QPlainTextEdit)
    return is_area or bool(widget.property("ring"))


class FocusRing(QWidget):
    """See the module's docstring; made for one widget, deleted when the focus leaves it."""

    def __init__(self, around: QWidget) -> None:
        super().__init__(around)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setGeometry(around.rect())
        around.installEventFilter(self)
        self.raise_()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        elif event.type() == QEvent.Type.FocusOut:
            self.hide()
            self.deleteLater()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme_of().colour("accent"), SIZES.ring))
        inset = SIZES.ring / 2
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), SIZES.half, SIZES.half
        )
