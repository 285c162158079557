"""A state in a few words on a tinted pill, with a dot of its colour."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.theme import SIZES, font, theme_of

# tone: (background, text, dot)
TONES: Final = {
    "idle": ("track", "text", "dim"),
    "ice": ("ice_bg", "ice_text", "ice"),
    "ember": ("ember_bg", "ember_text", "ember"),
    "good": ("good_bg", "good", "good"),
    "warning": ("warning_bg", "warning", "warning"),
    "error": ("error_bg", "error", "error"),
    "accent": ("accent_bg", "accent", "accent"),
}
_HEIGHT: Final = 28
_SIDE: Final = 12


class Pill(QWidget):
    """A state pill."""

    def __init__(
        self, text: str = "", tone: str = "idle", dot: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._text, self._tone, self._dot = text, tone, dot
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(0)
        self.set_state(text, tone)

    def set_state(self, text: str, tone: str = "idle") -> None:
        """Show other words; raises KeyError for an unknown tone."""
        TONES[tone]
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The words shown."""
        return self._text

    def tone(self) -> str:
        """The tone in force."""
        return self._tone

    def sizeHint(self) -> QSize:
        words = QFontMetrics(font(SIZES.text, 600)).horizontalAdvance(self._text)
        return QSize(words + 2 * _SIDE + (16 if self._dot else 0) + 2, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 72), _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_of()
        back, words, dot = (theme.colour(token) for token in TONES[self._tone])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(back)
        rect = QRectF(self.rect())
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        left = _SIDE
        if self._dot:
            painter.setBrush(dot)
            painter.drawEllipse(QPointF(_SIDE + 4, rect.height() / 2), 4, 4)
            left += 16
        painter.setPen(words)
        painter.setFont(font(SIZES.text, 600))
        space = rect.adjusted(left, 0, -_SIDE + 2, 0)
        shown = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, int(space.width()))
        painter.drawText(space, Qt.AlignmentFlag.AlignVCenter, shown)
