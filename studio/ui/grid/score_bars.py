"""Classes with the model's scores as thin bars; the item's own class is written strong.

Must not import: the store, numpy.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.project.scores import percent
from studio.ui.theme import SIZES, font, theme_of

_ROW = 24


class ScoreBars(QWidget):
    """Rows of name, figure and bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[tuple[str, float], ...] = ()
        self._strong: tuple[str, ...] = ()
        self._tone = "accent"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_scores(
        self, rows: Sequence[tuple[str, float]], strong: Sequence[str] = (), tone: str = "accent"
    ) -> None:
        """`rows` of class and score between 0 and 1; `strong` names the classes that are written strong."""
        self._rows, self._strong, self._tone = tuple(rows), tuple(strong), tone
        self.setAccessibleName(", ".join(f"{name} {percent(score)}" for name, score in rows))
        self.setFixedHeight(max(1, len(self._rows) * _ROW))
        self.updateGeometry()
        self.update()

    def rows(self) -> tuple[tuple[str, float], ...]:
        return self._rows

    def sizeHint(self) -> QSize:
        return QSize(160, len(self._rows) * _ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = theme_of()
        for place, (name, score) in enumerate(self._rows):
            line = QRectF(0, place * _ROW, self.width(), _ROW - 6)
            strong = name in self._strong
            painter.setFont(font(SIZES.small, 600 if strong else 400))
            painter.setPen(theme.colour("text" if strong else "dim"))
            figure = percent(score)
            room = line.width() - painter.fontMetrics().horizontalAdvance(figure) - SIZES.grid
            shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room))
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, figure)
            bar = QRectF(0, line.bottom(), self.width(), 3)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("track"))
            painter.drawRoundedRect(bar, 1.5, 1.5)
            painter.setBrush(theme.colour(self._tone if place == 0 else "faint"))
            painter.drawRoundedRect(
                QRectF(0, bar.top(), max(2.0, bar.width() * min(1.0, score)), 3), 1.5, 1.5
            )
