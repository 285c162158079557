"""The rows of a `DataTable` as a Qt model: words, sides, order, and the mark of the row to point at.

Must not import: numpy, pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon, QPixmap

from studio.ui.theme import SIZES, font, theme_of
from studio.ui.widgets.icons import icon
from studio.ui.widgets.numbers_words import column_words

Value = str | int | float | None
Index = QModelIndex | QPersistentModelIndex


class DataRows(QAbstractTableModel):
    """The values; `_order` says which row of them stands where."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.columns: tuple[str, ...] = ()
        self.rows: tuple[tuple[Value, ...], ...] = ()
        self.best: int | None = None
        self.numeric: tuple[bool, ...] = ()
        self._words: list[list[str]] = []
        self._order: list[int] = []
        self._sorted, self._arrow = -1, ""
        self._blank = QPixmap()

    def take(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[Value]],
        best: int | None,
        shares: frozenset[int],
    ) -> None:
        """Other rows, in the order given."""
        self.beginResetModel()
        self.columns, self.rows, self.best = tuple(columns), tuple(tuple(row) for row in rows), best
        values = [[row[at] for row in self.rows] for at in range(len(self.columns))]
        self.numeric = tuple(_is_numeric(column) for column in values)
        self._words = [column_words(column, at in shares) for at, column in enumerate(values)]
        self._order, self._sorted, self._arrow = list(range(len(self.rows))), -1, ""
        self._blank = QPixmap(SIZES.icon, SIZES.icon)
        self._blank.fill(Qt.GlobalColor.transparent)
        self.endResetModel()

    def row_at(self, place: int) -> int:
        """Which of the rows given stands at this place."""
        return self._order[place]

    def place_of(self, row: int) -> int:
        """Where one of the rows given stands now."""
        return self._order.index(row)

    # -- Qt's side
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; rows without a value stay last."""
        if not 0 <= column < len(self.columns):
            return
        down = order == Qt.SortOrder.DescendingOrder
        self.layoutAboutToBeChanged.emit()
        before, kept = self.persistentIndexList(), list(self._order)
        known = [at for at in range(len(self.rows)) if self.rows[at][column] is not None]
        known.sort(key=lambda at: _key(self.rows[at][column]), reverse=down)
        lacking = [at for at in range(len(self.rows)) if self.rows[at][column] is None]
        self._order, self._sorted, self._arrow = [*known, *lacking], column, "↓" if down else "↑"
        places = {row: place for place, row in enumerate(self._order)}
        for index in before:
            moved = self.index(places[kept[index.row()]], index.column())
            self.changePersistentIndex(index, moved)
        self.layoutChanged.emit()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            arrow = f" {self._arrow}" if section == self._sorted else ""
            return f"{self.columns[section]}{arrow}"
        return int(self._side(section)) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self._order[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words[column][row]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(self._side(column))
        if role == Qt.ItemDataRole.ToolTipRole and not self.numeric[column]:
            return self._words[column][row]
        return self._look(row, column, role) if self.best is not None else None

    def _look(self, row: int, column: int, role: int) -> Any:
        """The row to point at has a star, strong words and a tint."""
        best = row == self.best
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return icon("star", "good") if best else QIcon(self._blank)
        if role == Qt.ItemDataRole.FontRole and best:
            return font(SIZES.text, 600)
        if role == Qt.ItemDataRole.BackgroundRole and best:
            return theme_of().colour("good_bg")
        if role == Qt.ItemDataRole.AccessibleDescriptionRole and best:
            return "the best"
        return None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        across = Qt.AlignmentFlag.AlignRight if self.numeric[column] else Qt.AlignmentFlag.AlignLeft
        return across | Qt.AlignmentFlag.AlignVCenter


def _is_numeric(values: Sequence[Value]) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in known)


def _key(value: Value) -> tuple[int, Any]:
    """Numbers before words, words regardless of case."""
    return (1, value.casefold()) if isinstance(value, str) else (0, value)
