"""Runs: a table that sorts and filters, the curves of the ticked ones above it, and where their settings differ.

The charts are imported when the page is built. Must not import torch, pandas or another page.
"""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from studio.ui.actions import Actions
from studio.ui.pages.base import Page, cleared
from studio.ui.pages.runs_parts.differences import Difference, differences
from studio.ui.pages.runs_parts.model import RunsModel
from studio.ui.pages.runs_parts.sample import fill_sample
from studio.ui.pages.runs_parts.table import RunsTable
from studio.ui.preview import preview
from studio.ui.scores import score_of
from studio.ui.store import Store
from studio.ui.theme import SIZES
from studio.ui.widgets import (
    Card,
    DimLabel,
    EmptyState,
    GhostButton,
    HeadingLabel,
    PrimaryButton,
    SecondaryButton,
    row,
    scrolled,
    set_note,
)
from studio.ui.widgets.words import plural

MOST_OVERLAID = 8
_CHART_HEIGHT = 250
_SIDE = 280


class RunsPage(Page):
    """The page of runs."""

    key: ClassVar[str] = "runs"
    title: ClassVar[str] = "Runs"
    listens: ClassVar[tuple[str, ...]] = ("projectChanged", "runsChanged", "comparedChanged", "jobChanged")

    def __init__(self, store: Store, actions: Actions, parent: QWidget | None = None) -> None:
        from studio.ui.charts.compare import CompareChart

        super().__init__(store, actions, parent)
        self._chart = CompareChart()
        self._model = RunsModel(self)
        self._table = RunsTable(self._model)
        self._settled = False
        self._make_buttons()
        self._arrange()
        self._connect()

    def _make_buttons(self) -> None:
        self._resume = SecondaryButton("Resume", "play")
        self._open = PrimaryButton("Open results")
        self._trash = GhostButton("Move to trash", "trash")
        self._filter = QLineEdit()
        self._filter.setPlaceholderText("Filter: a status, a note, a device")
        self._filter.setClearButtonEnabled(True)
        self._filter.setAccessibleName("Filter the runs")
        self._filter.setFixedWidth(_SIDE)
        self.add_action(self._resume)
        self.add_action(self._open)

    def _arrange(self) -> None:
        self._curves = Card("Curves", "the ticked runs, by epoch")
        self._curves.body.addWidget(self._chart)
        self._curves.setFixedHeight(_CHART_HEIGHT)
        self._differences = Card("What differs", "")
        self._grid_holder = QWidget()
        self._grid = QGridLayout(self._grid_holder)
        self._differences.body.addWidget(scrolled(self._grid_holder), 1)
        self._differences.setFixedWidth(_SIDE)
        above = QWidget()
        above.setLayout(row(self._curves, self._differences, gap=SIZES.gap))
        above.setFixedHeight(_CHART_HEIGHT)
        table = Card(padding=False)
        tools = row(self._filter, None, self._trash)
        tools.setContentsMargins(SIZES.gap, SIZES.grid, SIZES.grid, 0)
        table.body.addLayout(tools)
        table.body.addWidget(self._table, 1)
        full = QWidget()
        layout = QVBoxLayout(full)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.gap)
        layout.addWidget(above)
        layout.addWidget(table, 1)
        sentence = "Train once, and every run stands here with its score, its curves and its settings."
        self._empty = EmptyState("runs", "No runs yet", sentence, "Go to Train")
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(full)
        self.body.addLayout(self._stack)
        set_note(self, "runs-compare")

    def _connect(self) -> None:
        self._model.ticked.connect(self._compare)
        self._model.noted.connect(self.do.note_run)
        self._table.starRequested.connect(self.do.star_run)
        self._table.runOpened.connect(self._open_run)
        self._table.runChosen.connect(self._show_choice)
        self._filter.textChanged.connect(self._table.filter_by)
        self._empty.actionRequested.connect(self._go_to_train)
        self._open.clicked.connect(self._open_chosen)
        self._resume.clicked.connect(self._resume_chosen)
        self._trash.clicked.connect(self._trash_chosen)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._filter.setFocus)

    def refresh(self) -> None:
        """Show the runs as they are now."""
        runs = self.store.runs
        if "projectChanged" in self.changed:
            self._settled = False
        self._stack.setCurrentIndex(1 if runs else 0)
        self._model.editable = not self.store.read_only
        self._model.set_runs(runs, self.store.plans, self.store.problem)
        self.set_subtitle(plural(len(runs), "run") if runs else "")
        for button in (self._open, self._resume):
            button.setVisible(bool(runs))
        if runs and not self._settled:
            self._settle()
        if "comparedChanged" in self.changed:
            self._show_compared()
        self._show_choice()

    def _settle(self) -> None:
        """Before anybody chose: the newest run has the focus, the last two with curves are ticked."""
        self._settled = True
        done = [r.number for r in self.store.runs if r.score is not None]
        ticks = set(self.store.compared) or set(done[-2:])
        self._model.set_ticks(ticks)
        self._table.choose(self.store.runs[-1].number)

    @Slot()
    def _compare(self) -> None:
        ticks = self._model.ticks()[-MOST_OVERLAID:]
        if tuple(self.store.compared) != ticks:
            self.do.compare_runs(ticks)

    def _show_compared(self) -> None:
        stories = self.store.compared
        scored = [run for run in self.store.runs if run.score is not None]
        score = score_of(self.store.problem, scored[-1])[0] if scored else "accuracy"
        self._chart.show_runs({n: story.run for n, story in stories.items()}, score)
        self._show_differences(tuple(stories), differences(stories))

    def _show_differences(self, runs: tuple[int, ...], found: tuple[Difference, ...]) -> None:
        cleared(self._grid)
        self._grid.setContentsMargins(0, 0, SIZES.grid, 0)
        self._grid.setHorizontalSpacing(SIZES.gap)
        self._grid.setVerticalSpacing(6)
        self._differences.set_title("What differs", plural(len(found), "setting") if len(runs) > 1 else "")
        if len(runs) < 2 or not found:
            words = (
                "Tick two runs to see where their settings differ."
                if len(runs) < 2
                else "All settings are the same."
            )
            self._grid.addWidget(DimLabel(words, wrap=True), 0, 0)
        else:
            self._fill(runs, found)
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    def _fill(self, runs: tuple[int, ...], found: tuple[Difference, ...]) -> None:
        for column, run in enumerate(runs, 1):
            self._grid.addWidget(HeadingLabel(f"Run {run}"), 0, column)
        for line, difference in enumerate(found, 1):
            self._grid.addWidget(DimLabel(difference.title), line, 0)
            for column, value in enumerate(difference.values, 1):
                label = (
                    HeadingLabel(value or "none")
                    if column > 1 and value != difference.values[0]
                    else DimLabel(value)
                )
                label.setToolTip(value)
                self._grid.addWidget(label, line, column)

    # -- the chosen run

    @Slot()
    def _show_choice(self) -> None:
        run, free = self._table.chosen(), not self.store.read_only
        training = self.store.job is not None and self.store.job.what == "Train"
        self._open.setEnabled(run is not None and not run.broken and run.status not in ("training", "paused"))
        self._resume.setEnabled(run is not None and run.resumable and free and not training)
        self._trash.setEnabled(run is not None and free and run.status not in ("training", "paused"))

    @Slot(int)
    def _open_run(self, number: int) -> None:
        self.do.show_run(number)
        self.pageRequested.emit("results")

    @Slot()
    def _open_chosen(self) -> None:
        run = self._table.chosen()
        if run is not None:
            self._open_run(run.number)

    @Slot()
    def _resume_chosen(self) -> None:
        run = self._table.chosen()
        if run is not None:
            self.do.resume(run.number)

    @Slot()
    def _trash_chosen(self) -> None:
        run = self._table.chosen()
        if run is not None:
            self.do.trash_run(run.number)

    @Slot()
    def _go_to_train(self) -> None:
        self.pageRequested.emit("train")

    def sizeHint(self) -> QSize:
        return QSize(1000, 700)


__all__ = ["RunsPage", "fill_sample"]

if __name__ == "__main__":
    raise SystemExit(preview(RunsPage, fill_sample))
