"""Two dots with words: which colour is training, which is validation.

Must not import: the store, actions, torch.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.theme import SIZES, font, theme_of

_ENTRIES: Final = (("train_loss", "training"), ("valid_loss", "validation"))
_DOT: Final = 4.0


class Legend(QWidget):
    """The colours of the class bars in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Blue is training, orange is validation")

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()), SIZES.gap + 2)

    def _widths(self) -> list[int]:
        metrics = QFontMetrics(font(SIZES.small))
        return [metrics.horizontalAdvance(text) + SIZES.gap + SIZES.grid + SIZES.half for _, text in _ENTRIES]

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter, left = theme_of(), QPainter(self), 0.0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(SIZES.small))
        for (token, text), width in zip(_ENTRIES, self._widths(), strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(token))
            painter.drawEllipse(QPointF(left + SIZES.grid, self.height() / 2), _DOT, _DOT)
            painter.setPen(theme.colour("dim"))
            place = QRectF(left + SIZES.gap, 0, width - SIZES.gap, self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
            left += width
