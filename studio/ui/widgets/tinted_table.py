"""A table of items whose colours follow the theme."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem

from studio.ui.theme import theme_of

_TOKEN: Final = Qt.ItemDataRole.UserRole + 20


class TintedTable(QTableWidget):
    """Like its base; items that were given a token by `tint` keep to it in either theme."""

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._retint()

    def _retint(self) -> None:
        for row in range(self.rowCount()):
            for column in range(self.columnCount()):
                item = self.item(row, column)
                if item is not None and item.data(_TOKEN):
                    tint(item, item.data(_TOKEN))


def tint(item: QTableWidgetItem, token: str) -> None:
    """Give an item the colour of a token."""
    item.setData(_TOKEN, token)
    item.setForeground(theme_of().colour(token))
