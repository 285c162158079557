"""The table of runs as a Qt model: a row each, newest first unless sorted otherwise; ticks choose what is compared.

Must not import torch, pandas, numpy or pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from studio.problems.base import Problem
from studio.project import RunRecord
from studio.project.scores import figure, run_score_words
from studio.ui.compared import curve_colour
from studio.ui.theme import theme_of
from studio.ui.widgets import icon
from studio.ui.widgets.words import duration
from studio.ui.words import started_words

Index = QModelIndex | QPersistentModelIndex
SPARK = Qt.ItemDataRole.UserRole
_STATUS_TONES = {
    "finished": "good",
    "failed": "error",
    "interrupted": "warning",
    "training": "accent",
    "paused": "warning",
}


@dataclass(frozen=True)
class Column:
    """A column: its heading, the words of a cell, and what it is sorted by."""

    key: str
    title: str
    words: Callable[[RunRecord], str]
    order: Callable[[RunRecord], Any]
    right: bool = False


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}" if 0.01 <= abs(value) < 100 else figure(value)


def _no_words(run: RunRecord) -> str:
    return ""


def _loss(run: RunRecord) -> float | None:
    return run.metrics.get("valid_loss")


def _never_none(value: float | None) -> float:
    return float("-inf") if value is None else value


def _status(run: RunRecord) -> str:
    return "damaged" if run.broken else run.status


COLUMNS = (
    Column("star", "", lambda run: "", lambda run: run.star),
    Column("number", "Run", lambda run: str(run.number), lambda run: run.number),
    Column("started", "Started", lambda run: started_words(run.started), lambda run: run.started),
    Column("status", "Status", _status, _status),
    Column("score", "Score", _no_words, lambda run: _never_none(run.score), right=True),
    Column(
        "valid_loss",
        "Validation loss",
        lambda run: _figure(_loss(run)),
        lambda run: _never_none(_loss(run)),
        right=True,
    ),
    Column(
        "seconds",
        "Time",
        lambda run: duration(run.seconds) if run.seconds else "",
        lambda run: run.seconds,
        right=True,
    ),
    Column("spark", "Curve", lambda run: "", lambda run: run.number),
    Column("stages", "Stages", lambda run: "", lambda run: run.number),
    Column("note", "Note", lambda run: run.note, lambda run: run.note),
    Column("device", "Device", lambda run: run.device, lambda run: run.device),
)
KEYS = tuple(column.key for column in COLUMNS)


class RunsModel(QAbstractTableModel):
    """The runs of a project.

    Signals
    -------
    ticked()
        Another set of runs is to be compared (`ticks`).
    noted(int, str)
        A note was typed.
    """

    ticked = Signal()
    noted = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[RunRecord] = []
        self._runs: list[RunRecord] = []
        self._sparks: dict[int, tuple[float, ...]] = {}
        self._words_wanted = ""
        self._texts: dict[int, tuple[RunRecord, str]] = {}
        self._order = (KEYS.index("number"), Qt.SortOrder.DescendingOrder)
        self._ticks: set[int] = set()
        self._plans: dict[int, str] = {}
        self._sorted, self._arrow = -1, ""
        self._problem: Problem[Any] | None = None
        self.editable = True

    def show_order(self, column: int, order: Qt.SortOrder) -> None:
        """Let a heading say that the table is sorted by it."""
        self._sorted, self._arrow = column, "↑" if order == Qt.SortOrder.AscendingOrder else "↓"
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def set_runs(
        self,
        runs: list[RunRecord],
        plans: dict[int, str],
        problem: Problem[Any] | None = None,
        sparks: dict[int, tuple[float, ...]] | None = None,
    ) -> None:
        """Show these runs, `plans` says their stages and `problem` what they are judged by.

        Rows stay where they are when only their content changed.
        """
        self._plans, self._problem, self._sparks = plans, problem, sparks or {}
        self._ticks &= {run.number for run in runs}
        self._all = list(runs)
        self._arrange()

    def filter_by(self, words: str) -> None:
        """Show the runs in which these words stand, in any column."""
        self._words_wanted = words.strip().casefold()
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column's figures; the numbers decide between equals."""
        self._order = (column, order)
        self.show_order(column, order)
        self._arrange()

    def _arrange(self) -> None:
        """Sort and filter here: a proxy model would ask for every cell, which takes a second for 10,000 runs."""
        column, order = self._order
        key = COLUMNS[column].order
        down = order == Qt.SortOrder.DescendingOrder
        shown = [run for run in self._all if self._is_wanted(run)]
        shown.sort(key=lambda run: (key(run), run.number), reverse=down)
        if [r.number for r in shown] == [r.number for r in self._runs]:
            self._runs = shown
            if shown:
                self.dataChanged.emit(self.index(0, 0), self.index(len(shown) - 1, len(COLUMNS) - 1))
            return
        self.layoutAboutToBeChanged.emit()
        before = {index: self._runs[index.row()].number for index in self.persistentIndexList()}
        self._runs = shown
        places = {run.number: row for row, run in enumerate(shown)}
        for index, number in before.items():
            row = places.get(number)
            self.changePersistentIndex(
                index, QModelIndex() if row is None else self.index(row, index.column())
            )
        self.layoutChanged.emit()

    def _is_wanted(self, run: RunRecord) -> bool:
        if not self._words_wanted:
            return True
        known = self._texts.get(run.number)
        if known is None or known[0] is not run:
            said = "\n".join(self._words(run, column) for column in COLUMNS).casefold()
            known = self._texts[run.number] = (run, said)
        return self._words_wanted in known[1]

    def row_of(self, number: int) -> int | None:
        """The row of a run, where it is shown."""
        return next((row for row, run in enumerate(self._runs) if run.number == number), None)

    def shown(self) -> tuple[int, ...]:
        """The numbers of the rows, from top to bottom."""
        return tuple(run.number for run in self._runs)

    def run_at(self, row: int) -> RunRecord | None:
        """The run of a row."""
        return self._runs[row] if 0 <= row < len(self._runs) else None

    def ticks(self) -> tuple[int, ...]:
        """The ticked runs, oldest first."""
        return tuple(sorted(self._ticks))

    def set_ticks(self, numbers: set[int]) -> None:
        """Tick these and no others."""
        self._ticks = set(numbers)
        self.ticked.emit()
        if self._runs:
            self.dataChanged.emit(self.index(0, 1), self.index(len(self._runs) - 1, 1))

    # -- Qt's side

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            title = COLUMNS[section].title
            return f"{title} {self._arrow}" if title and section == self._sorted else title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_side(COLUMNS[section]) | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run, column = self._runs[index.row()], COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._words(run, column)
        if role == SPARK and column.key == "spark":
            return self._sparks.get(run.number, ())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_side(column) | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.CheckStateRole and column.key == "number":
            return Qt.CheckState.Checked if run.number in self._ticks else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DecorationRole and column.key == "star":
            return icon("star", "warning" if run.star else "line_strong")
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._tick_colour(run) if column.key == "number" else _colour(run, column.key)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tooltip(run, column.key)
        if role == Qt.ItemDataRole.AccessibleTextRole and column.key == "star":
            return "starred" if run.star else "not starred"
        return None

    def _words(self, run: RunRecord, column: Column) -> str:
        if column.key == "stages":
            return self._plans.get(run.number, "")
        return run_score_words(self._problem, run) if column.key == "score" else column.words(run)

    def _tick_colour(self, run: RunRecord) -> QColor | None:
        """A ticked run's number has the colour of its curve."""
        if run.number not in self._ticks:
            return None
        return theme_of().colour(curve_colour(self.ticks().index(run.number)))

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        run, key = self._runs[index.row()], COLUMNS[index.column()].key
        if role == Qt.ItemDataRole.EditRole and key == "note" and value != run.note:
            self.noted.emit(run.number, str(value))
            return True
        return False

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        key = COLUMNS[index.column()].key
        if key == "note" and self.editable:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags


def _side(column: Column) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft


def _colour(run: RunRecord, key: str) -> QColor | None:
    if key == "status":
        return theme_of().colour("error" if run.broken else _STATUS_TONES.get(run.status, "dim"))
    return theme_of().colour("dim") if key in ("started", "stages", "device", "note", "seconds") else None


def _tooltip(run: RunRecord, key: str) -> str | None:
    if key == "status":
        return run.broken or run.error or None
    return {"note": "Double-click to write a note", "star": "Click to star"}.get(key)
