"""The classes with their items, precision, recall and F1; a click on a column sorts, a row leads to items.

Must not import: the store, numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidgetItem, QWidget

from studio.project.results import ClassScore
from studio.project.scores import percent
from studio.ui.pages.card_margins import set_margins
from studio.ui.theme import SIZES, font
from studio.ui.widgets import Card, TintedTable, tint

COLUMNS: Final = ("Class", "Items", "Precision", "Recall", "F1")
_VALUE: Final = Qt.ItemDataRole.UserRole
_NUMBER: Final = Qt.ItemDataRole.UserRole + 1
_POOR: Final = 0.8


class _Cell(QTableWidgetItem):
    """Sorts by its value, not by its words."""

    def __lt__(self, other: QTableWidgetItem) -> bool:
        return bool(self.data(_VALUE) < other.data(_VALUE))


class ClassTable(Card):
    """One row a class.

    Signals
    -------
    classChosen(int)
        A class by its number.
    """

    classChosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Classes", "precision: how often the model is right when it says so", parent=parent)
        self.table = TintedTable(0, len(COLUMNS))
        self.table.setHorizontalHeaderLabels(list(COLUMNS))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(30)
        self._dress_header(self.table.horizontalHeader())
        self.table.setAccessibleName("Classes with precision and recall")
        self.table.cellClicked.connect(self._clicked)
        self.table.cellActivated.connect(self._clicked)
        self.table.setSortingEnabled(True)
        self.body.addWidget(self.table, 1)
        set_margins(self, SIZES.grid, SIZES.grid + SIZES.half, SIZES.grid, SIZES.grid)
        self.head.setContentsMargins(SIZES.grid, 0, SIZES.grid, 0)

    def _dress_header(self, header: QHeaderView) -> None:
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 66), (2, 92), (3, 82), (4, 82)):
            header.resizeSection(column, width)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSortIndicatorClearable(False)

    def show_classes(self, classes: Sequence[ClassScore]) -> None:
        """Fill in the classes, weakest F1 first."""
        self.table.setSortingEnabled(False)
        self.table.setRowCount(len(classes))
        for number, score in enumerate(classes):
            values = (score.name, score.items, score.precision, score.recall, score.f1)
            for column, value in enumerate(values):
                self.table.setItem(number, column, _cell(value, number, column))
        self.table.setSortingEnabled(True)
        self.table.sortItems(COLUMNS.index("F1"), Qt.SortOrder.AscendingOrder)

    def rows(self) -> list[str]:
        """The names in the order shown."""
        found = (self.table.item(row, 0) for row in range(self.table.rowCount()))
        return [item.text() for item in found if item is not None]

    def _clicked(self, row: int, _column: int) -> None:
        item = self.table.item(row, 0)
        if item is not None:
            self.classChosen.emit(int(item.data(_NUMBER)))


def _cell(value: str | int | float | None, number: int, column: int) -> _Cell:
    share = column >= 2
    item = _Cell(_words(value, share))
    item.setData(_VALUE, value if value is not None else -1.0)
    item.setData(_NUMBER, number)
    item.setFont(font(SIZES.text, 600 if column == 0 else 400))
    poor = share and isinstance(value, float) and value < _POOR
    tint(item, "ember_text" if poor else "dim" if value is None else "text")
    return item


def _words(value: str | int | float | None, share: bool) -> str:
    if value is None:
        return "none"
    return percent(float(value)) if share else f"{value:,}" if isinstance(value, int) else str(value)
