"""The small curve of a run in the table: its losses at the ends of epochs, the last one dotted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from studio.ui.pages.runs_parts.model import SPARK
from studio.ui.theme import SIZES, theme_of

_DOT = 2.5


class SparkDelegate(QStyledItemDelegate):
    """Draws the curve over the empty cell."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        values = index.data(SPARK) or ()
        if len(values) < 2:
            return
        box = QRectF(option.rect).adjusted(SIZES.grid, SIZES.grid, -SIZES.grid, -SIZES.grid)
        line = QPolygonF([QPointF(x, y) for x, y in points(values, box)])
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme_of().colour("valid_loss"), 1.5))
        painter.drawPolyline(line)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme_of().colour("valid_loss"))
        painter.drawEllipse(line.last(), _DOT, _DOT)
        painter.restore()


def points(values: tuple[float, ...], box: QRectF) -> list[tuple[float, float]]:
    """Where the values lie in a box, the largest at its top."""
    low, high = min(values), max(values)
    room = (high - low) or 1.0
    step = box.width() / (len(values) - 1)
    return [
        (box.left() + place * step, box.bottom() - (value - low) / room * box.height())
        for place, value in enumerate(values)
    ]
