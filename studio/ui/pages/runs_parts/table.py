"""The table of runs: sorts by a click on a heading, filters by words, stars by a click.

Must not import torch, pandas, numpy or pyqtgraph.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from studio.project import RunRecord
from studio.ui.pages.runs_parts.model import KEYS, RunsModel
from studio.ui.pages.runs_parts.spark import SparkDelegate
from studio.ui.pages.runs_parts.tick import TickDelegate
from studio.ui.theme import SIZES

_WIDTHS = {
    "star": 36,
    "number": 68,
    "started": 156,
    "status": 92,
    "score": 68,
    "valid_loss": 112,
    "seconds": 56,
    "spark": 80,
    "stages": 148,
    "note": 176,
}

_NO_ARROW = "QHeaderView::up-arrow, QHeaderView::down-arrow { image: none; width: 0; height: 0; }"  # the title has one


class RunsTable(QTableView):
    """The view.

    Signals
    -------
    runChosen()            another row has the focus (`chosen`)
    runOpened(int)         a double click or Return on a run
    starRequested(int, bool)
    """

    runChosen = Signal()
    runOpened = Signal(int)
    starRequested = Signal(int, bool)

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = model
        self.setModel(model)
        self._dress()
        self.setItemDelegateForColumn(KEYS.index("number"), TickDelegate(self))
        self.setItemDelegateForColumn(KEYS.index("spark"), SparkDelegate(self))
        self.setSortingEnabled(True)
        self.sortByColumn(KEYS.index("number"), Qt.SortOrder.DescendingOrder)
        self.clicked.connect(self._clicked)
        self.doubleClicked.connect(self._opened)
        self.selectionModel().currentRowChanged.connect(self._moved)

    def _dress(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setCornerWidget(QWidget())
        self.setAccessibleName("Runs")
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(SIZES.control + SIZES.half)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStyleSheet(_NO_ARROW)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for key, width in _WIDTHS.items():
            self.setColumnWidth(KEYS.index(key), width)

    def filter_by(self, words: str) -> None:
        """Show the runs in which these words stand, in any column."""
        self._runs.filter_by(words)

    def chosen(self) -> RunRecord | None:
        """The run of the current row."""
        index = self.currentIndex()
        return self._at(index) if index.isValid() else None

    def choose(self, number: int) -> None:
        """Put the focus on a run."""
        row = self._runs.row_of(number)
        if row is not None:
            self.selectRow(row)

    def shown(self) -> tuple[int, ...]:
        """The numbers of the rows, from top to bottom."""
        return self._runs.shown()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        run = self.chosen()
        if run is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.runOpened.emit(run.number)
        elif run is not None and event.key() == Qt.Key.Key_Space:
            ticks = set(self._runs.ticks())
            self._runs.set_ticks(ticks ^ {run.number})
        else:
            super().keyPressEvent(event)

    def _at(self, index: QModelIndex) -> RunRecord | None:
        return self._runs.run_at(index.row())

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        run = self._at(index)
        if run is not None and KEYS[index.column()] == "star":
            self.starRequested.emit(run.number, not run.star)
        if run is not None and KEYS[index.column()] == "number":
            self._runs.set_ticks(set(self._runs.ticks()) ^ {run.number})

    @Slot(QModelIndex)
    def _opened(self, index: QModelIndex) -> None:
        run = self._at(index)
        if run is not None and KEYS[index.column()] not in ("note", "star", "number"):
            self.runOpened.emit(run.number)

    @Slot(QModelIndex, QModelIndex)
    def _moved(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self.runChosen.emit()
