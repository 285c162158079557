"""A table of plain values to look at: sorts by a click on a heading, copies as tab-separated values.

Rules: numbers stand at the right with as many figures as their column needs; rows without a value come last
whichever way it is sorted; the row to point at keeps its mark through every order. It changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from studio.ui.theme import SIZES
from studio.ui.widgets.data_rows import DataRows, Value

ROW: Final = 30
HEADER: Final = 32
_SIDE = SIZES.grid + SIZES.half - SIZES.line  # a heading begins where its cells do
_HEAD = (
    "QHeaderView::up-arrow, QHeaderView::down-arrow { image: none; width: 0; height: 0; }"
    f"QHeaderView::section {{ padding-left: {_SIDE}px; padding-right: {_SIDE}px; }}"
)  # the arrow is in the heading's words
_LEAST: Final = SIZES.grid * 16  # of the wide column, before the table scrolls
_WIDEST: Final = SIZES.grid * 48


class DataTable(QTableView):
    """The table.

    Signals
    -------
    rowChosen(int)
        Another row has the focus: its number in the order in which the rows were given.
    rowOpened(int)
        A double click or Return on a row.
    """

    rowChosen = Signal(int)
    rowOpened = Signal(int)

    def __init__(self, name: str = "Table", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._wide = DataRows(self), 0
        self.setModel(self._rows)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setFixedHeight(HEADER)
        header.setStyleSheet(_HEAD)
        header.setMaximumSectionSize(_WIDEST)
        header.setSortIndicatorShown(True)
        header.setSectionsClickable(True)
        header.sortIndicatorChanged.connect(self._rows.sort)
        self.doubleClicked.connect(self._opened)
        self.selectionModel().currentRowChanged.connect(self._moved)

    def show_rows(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[Value]],
        best: int | None = None,
        shares: Sequence[int] = (),
        wide: int = 0,
    ) -> None:
        """Show rows in the order given.

        Parameters
        ----------
        best : int, optional
            The row to point at.
        shares : sequence of int
            Columns whose numbers are written as per cent.
        wide : int
            The column that takes the width that is left.
        """
        header = self.horizontalHeader()
        header.blockSignals(True)  # a new table stands as it was given
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.blockSignals(False)
        self._rows.take(columns, rows, best, frozenset(shares))
        self._wide = wide
        for column in range(len(columns)):
            mode = (
                QHeaderView.ResizeMode.Stretch if column == wide else QHeaderView.ResizeMode.ResizeToContents
            )
            header.setSectionResizeMode(column, mode)
        self._fit()
        self.updateGeometry()

    def columns(self) -> tuple[str, ...]:
        """The headings."""
        return self._rows.columns

    def shown(self) -> tuple[tuple[Value, ...], ...]:
        """The rows from top to bottom, as values."""
        return tuple(self._rows.rows[self._rows.row_at(p)] for p in range(self._rows.rowCount()))

    def words_at(self, place: int, column: int) -> str:
        """What stands in a cell, counted from the top."""
        return str(self._rows.index(place, column).data())

    def choose(self, row: int) -> None:
        """Put the focus on a row, by its number in the order given."""
        if 0 <= row < len(self._rows.rows):
            self.selectRow(self._rows.place_of(row))

    def chosen(self) -> list[int]:
        """The selected rows by their numbers in the order given, from top to bottom."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._rows.row_at(place) for place in places]

    def set_one_at_a_time(self) -> None:
        """Only one row can be selected."""
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)

    def tsv(self) -> str:
        """The selected rows (all where fewer than two are) with their headings, tab-separated, unrounded."""
        chosen = self.chosen()
        order = chosen if len(chosen) > 1 else [self._rows.row_at(p) for p in range(self._rows.rowCount())]
        lines = [self._rows.columns, *(self._rows.rows[at] for at in order)]
        return "\n".join("\t".join(_plain(value) for value in line) for line in lines) + "\n"

    def copy(self) -> None:
        """Put `tsv` on the clipboard."""
        QGuiApplication.clipboard().setText(self.tsv())

    def needed_width(self) -> int:
        """Room for every column without a cut word; the wide one may cut its longest."""
        return self._others() + min(_LEAST, self.sizeHintForColumn(self._wide))

    def _others(self) -> int:
        """Width of all columns but the wide one."""
        header = self.horizontalHeader()
        hints = {
            at: max(self.sizeHintForColumn(at), header.sectionSizeHint(at)) for at in range(header.count())
        }
        return sum(min(_WIDEST, hint) for at, hint in hints.items() if at != self._wide)

    def needed_height(self, most: int = 10) -> int:
        """Room for the headings and up to `most` rows."""
        return HEADER + max(1, min(most, len(self._rows.rows))) * ROW + SIZES.half

    def sizeHint(self) -> QSize:
        return QSize(SIZES.grid * 40, self.needed_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The wide column takes what is left; where nothing is, it keeps its words and the table scrolls."""
        header = self.horizontalHeader()
        if not 0 <= self._wide < header.count():
            return
        room = self.viewport().width() >= self.needed_width()
        mode = QHeaderView.ResizeMode.Stretch if room else QHeaderView.ResizeMode.ResizeToContents
        if header.sectionResizeMode(self._wide) != mode:
            header.setSectionResizeMode(self._wide, mode)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._opened(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _opened(self, index: QModelIndex) -> None:
        self.rowOpened.emit(self._rows.row_at(index.row()))

    def _moved(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            self.rowChosen.emit(self._rows.row_at(now.row()))


def _plain(value: Value) -> str:
    return "" if value is None else str(value).replace("\t", " ").replace("\n", " ")
