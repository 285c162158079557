"""Runs: a table that sorts and filters, the ticked ones compared above it; the queue; and the learning curve.

The charts are imported when the page is built. Must not import torch, pandas or another page.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from studio.project.differences import Difference, differences, settings_of
from studio.project.scores import run_score_words, score_of, score_words
from studio.project.seeds import Spread, group_of, spreads, verdict
from studio.ui.actions import Actions
from studio.ui.pages.base import Page
from studio.ui.pages.runs_parts.curve_view import CurveView
from studio.ui.pages.runs_parts.differences_card import DifferencesCard
from studio.ui.pages.runs_parts.model import RunsModel
from studio.ui.pages.runs_parts.queue_view import QueueView
from studio.ui.pages.runs_parts.sample import fill_sample
from studio.ui.pages.runs_parts.seeds_strip import TIMES, SeedsStrip
from studio.ui.pages.runs_parts.table import RunsTable
from studio.ui.preview import preview
from studio.ui.store import Store
from studio.ui.theme import SIZES
from studio.ui.widgets import (
    Card,
    EmptyState,
    GhostButton,
    MenuButton,
    PrimaryButton,
    SecondaryButton,
    SegmentedControl,
    row,
    set_note,
)
from studio.ui.widgets.words import plural

MOST_OVERLAID = 8
_CHART_HEIGHT = 250
_SIDE, _DIFFERENCES = 280, 300
_LIVE = ("training", "paused")
_FORMATS = (("csv", "Curves as CSV…"), ("tensorboard", "Curves for TensorBoard…"))


class RunsPage(Page):
    """The page of runs."""

    key: ClassVar[str] = "runs"
    title: ClassVar[str] = "Runs"
    listens: ClassVar[tuple[str, ...]] = (
        "projectChanged", "runsChanged", "comparedChanged", "jobChanged", "queueChanged", "curveChanged",
        "recipeChanged",
    )  # fmt: skip

    def __init__(self, store: Store, actions: Actions, parent: QWidget | None = None) -> None:
        from studio.ui.charts.compare import CompareChart

        super().__init__(store, actions, parent)
        self._chart = CompareChart()
        self._model = RunsModel(self)
        self._table = RunsTable(self._model)
        self._strip, self._differences = SeedsStrip(), DifferencesCard()
        self.queue, self.curve = QueueView(), CurveView()
        self.views = SegmentedControl([("runs", "Runs"), ("queue", "Queue"), ("curve", "More data?")], "runs")
        self.views.setAccessibleName("What this page shows")
        self._settled = False
        self._make_buttons()
        self._arrange()
        self._connect()

    def _make_buttons(self) -> None:
        self._resume = SecondaryButton("Resume", "play")
        self._open = PrimaryButton("Open results")
        self._export = MenuButton("Export", "download")
        self._export.set_entries(list(_FORMATS))
        self._everything = GhostButton("Train on everything")
        self._everything.setToolTip(
            "Trains this run's recipe once more, on the validation items too. Nothing is left to judge it by: "
            "only do this last, before shipping."
        )
        self._trash = GhostButton("Move to trash", "trash")
        self._trash.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        self._filter = QLineEdit()
        self._filter.setPlaceholderText("Filter: a status, a note, a device")
        self._filter.setClearButtonEnabled(True)
        self._filter.setAccessibleName("Filter the runs")
        self._filter.setFixedWidth(_SIDE - SIZES.page_margin)
        for button in (self.views, self._resume, self._open):
            self.add_action(button)

    def _arrange(self) -> None:
        self._stack = QStackedLayout()
        sentence = "Train once, and every run stands here with its score, its curves and its settings."
        self._empty = EmptyState("runs", "No runs yet", sentence, "Go to Train")
        for part in (self._empty, self._full(), self.queue, self.curve):
            self._stack.addWidget(part)
        self.body.addLayout(self._stack)
        set_note(self, "runs-compare")

    def _full(self) -> QWidget:
        """The table of runs with what is compared above it."""
        curves = Card("Curves", "the ticked runs, by epoch")
        curves.body.addWidget(self._chart)
        self._differences.setFixedWidth(_DIFFERENCES)
        above = QWidget()
        above.setLayout(row(curves, self._differences, gap=SIZES.gap))
        above.setFixedHeight(_CHART_HEIGHT)
        table = Card(padding=False)
        tools = row(self._filter, None, self._everything, self._export, self._trash)
        tools.setContentsMargins(SIZES.gap, SIZES.grid, SIZES.grid, 0)
        table.body.addLayout(tools)
        table.body.addWidget(self._table, 1)
        full = QWidget()
        layout = QVBoxLayout(full)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.grid + SIZES.half)
        layout.addWidget(above)
        layout.addWidget(self._strip)
        layout.addWidget(table, 1)
        return full

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
        self._everything.clicked.connect(self._train_on_everything)
        self._export.chosen.connect(self._ask_where)
        self._strip.repeatRequested.connect(self._repeat)
        self.views.keyChosen.connect(self._show_view)
        self.queue.addRequested.connect(self.do.queue_run)
        self.queue.moveRequested.connect(self.do.move_queued)
        self.queue.removeRequested.connect(self.do.unqueue)
        self.queue.againRequested.connect(self.do.queue_again)
        self.queue.startRequested.connect(self.do.start_queue)
        self.queue.pauseRequested.connect(self.do.pause_queue)
        self.curve.findRequested.connect(self.do.find_curve)
        self.curve.cancelRequested.connect(self.do.cancel)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._filter.setFocus)

    def refresh(self) -> None:
        """Show the runs as they are now."""
        runs = self.store.runs
        if "projectChanged" in self.changed:
            self._settled = False
        if self.changed & {"projectChanged", "runsChanged"}:
            self._model.editable = not self.store.read_only
            self._model.set_runs(runs, self.store.plans, self.store.problem, self.store.sparks)
            self.set_subtitle(plural(len(runs), "run") if runs else "")
        self._show_view(self.views.key())
        self._show_queue()
        self.curve.show_curve(self.store.curve, not self.store.busy and not self.store.read_only)
        if runs and not self._settled:
            self._settle()
        if "comparedChanged" in self.changed:
            self._show_compared()
        self._show_choice()

    @Slot(str)
    def _show_view(self, key: str) -> None:
        self.views.choose(key)
        some = bool(self.store.runs)
        self._stack.setCurrentIndex({"queue": 2, "curve": 3}.get(key, 1 if some else 0))
        for button in (self._open, self._resume):
            button.setVisible(some and key == "runs")

    def _show_queue(self) -> None:
        store = self.store
        self.queue.set_recipe(store.problem, store.recipe)
        self.queue.show_entries(store.queue, store.queue_going, not store.read_only)

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
        records = {run.number: run for run in self.store.runs}
        known = spreads(self.store.runs)
        repeated = {
            n: known[group_of(records[n])] for n in stories if n in records and group_of(records[n]) in known
        }
        luck = {n: (one.mean - one.deviation, one.mean + one.deviation) for n, one in repeated.items()}
        self._chart.show_runs({n: story.run for n, story in stories.items()}, score, luck)
        words = tuple(
            run_score_words(self.store.problem, records[n]) if n in records else "" for n in stories
        )
        tables = [settings_of(s.recipe, s.marks) if s.recipe is not None else {} for s in stories.values()]
        scores = [Difference("Score", words)]
        if repeated:
            over = (spread_words(repeated[n], score) if n in repeated else "-" for n in stories)
            scores.append(Difference("Over seeds", tuple(over)))
        self._differences.show_differences(tuple(stories), scores, differences(tables))
        pair = [records[n] for n in list(stories)[-2:] if n in records]
        said = verdict(pair[0], pair[1], known, partial(score_words, score)) if len(pair) > 1 else ""
        self._strip.show_words(said, pair[-1].number if pair else 0, not self.store.read_only)

    # -- the chosen run

    @Slot()
    def _show_choice(self) -> None:
        run, free = self._table.chosen(), not self.store.read_only
        training = self.store.job is not None and self.store.job.what == "Train"
        ended = run is not None and run.status not in _LIVE
        self._open.setEnabled(run is not None and not run.broken and ended)
        self._resume.setEnabled(run is not None and run.resumable and free and not training)
        self._trash.setEnabled(free and ended)
        self._export.setEnabled(run is not None and not run.broken)
        scored = run is not None and run.score is not None and ended
        self._everything.setEnabled(scored and free and not training)

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
        if run is not None and self._trash.isEnabled():
            self.do.trash_run(run.number)

    @Slot()
    def _train_on_everything(self) -> None:
        run = self._table.chosen()
        if run is not None:
            self.do.train_everything(run.number)

    @Slot(str)
    def _ask_where(self, format: str) -> None:
        """The ticked runs, or the chosen one where none is ticked."""
        chosen = self._table.chosen()
        runs = self._model.ticks() or ((chosen.number,) if chosen is not None else ())
        folder = QFileDialog.getExistingDirectory(
            self, f"Where to write the curves of {plural(len(runs), 'run')}"
        )
        if folder and runs:
            self.do.export_curves(runs, format, Path(folder))

    @Slot(int)
    def _repeat(self, run: int) -> None:
        self.do.repeat_run(run, TIMES)
        self._show_view("queue")

    @Slot()
    def _go_to_train(self) -> None:
        self.pageRequested.emit("train")

    def sizeHint(self) -> QSize:
        return QSize(1000, 700)


def spread_words(spread: Spread, metric: str) -> str:
    """``94.2 ± 0.4 %``: mean and standard deviation."""
    middle, apart = score_words(metric, spread.mean), score_words(metric, spread.deviation)
    return f"{middle.removesuffix(' %') if apart.endswith(' %') else middle} ± {apart}"


__all__ = ["RunsPage", "fill_sample"]

if __name__ == "__main__":
    raise SystemExit(preview(RunsPage, fill_sample))
