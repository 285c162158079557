"""The tick of a run in the table: a small box in the colour of its curve, drawn the same in both themes."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from studio.ui.theme import SIZES, theme_of
from studio.ui.widgets import paint_icon

_BOX = 16
_ROUND = 4


class TickDelegate(QStyledItemDelegate):
    """Draws the box before the words of the cell."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.features &= ~QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
        option.text = " " * 6 + option.text

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        colour = index.data(Qt.ItemDataRole.ForegroundRole)
        rect = option.rect
        box = QRectF(rect.left() + SIZES.grid, rect.center().y() - _BOX / 2 + 0.5, _BOX, _BOX)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = colour if on and isinstance(colour, QColor) else theme_of().colour("panel")
        painter.setPen(Qt.PenStyle.NoPen if on else QPen(theme_of().colour("faint"), SIZES.line))
        painter.setBrush(fill)
        painter.drawRoundedRect(box, _ROUND, _ROUND)
        if on:
            paint_icon(painter, box.adjusted(2, 2, -2, -2), "check", "panel")
        painter.restore()
