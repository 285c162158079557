"""Results: the score and what it is worth, what was taken for what, and the items behind every number.

Rules: layout only; sentences are in `results_parts/score_words.py`.
Must not import: numpy, pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from studio.project import RunRecord
from studio.project.results import ItemResult, Pictures, Results
from studio.project.scores import is_share, run_score_words, score_of, score_words
from studio.ui.actions import Actions
from studio.ui.charts.confusion import ConfusionMatrix, reduce, words
from studio.ui.grid import item_words
from studio.ui.pages.base import Page
from studio.ui.pages.nothing_here import no_results, trained
from studio.ui.pages.results_parts.class_table import ClassTable
from studio.ui.pages.results_parts.figure_cards import FigureCards
from studio.ui.pages.results_parts.items_panel import ItemsPanel
from studio.ui.pages.results_parts.score_card import ScoreCard
from studio.ui.pages.results_parts.score_words import compare, counted
from studio.ui.samples import about, kind_of, reader
from studio.ui.store import Store
from studio.ui.targets import names_of
from studio.ui.theme import SIZES
from studio.ui.widgets import (
    Card,
    EmptyState,
    MenuButton,
    PrimaryButton,
    ProgressLine,
    SmallLabel,
    row,
    scrolled,
    set_note,
)
from studio.ui.widgets.words import plural

_CLASSES: Final = 248  # least heights of the confusion and of the items: below them the page scrolls
_ITEMS, _ITEMS_BELOW = 208, 420


class ResultsPage(Page):
    """See the module's docstring."""

    key = "results"
    title = "Results"
    listens = ("projectChanged", "resultsChanged", "runsChanged", "jobChanged")

    def __init__(self, store: Store, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(store, actions, parent)
        self.runs = MenuButton("Run")
        self.clean = PrimaryButton("Clean what it got wrong", "clean")
        self.score, self.matrix = ScoreCard(), ConfusionMatrix()
        self.classes, self.items = ClassTable(), ItemsPanel()
        self.figures = FigureCards()
        self.progress = ProgressLine()
        self.empty = EmptyState("results", "No results yet", "")
        self._nothing = no_results(store, "")
        self._cell_words = SmallLabel()
        self._other: int | None = None
        self._shown: Results | None = None
        self._build()
        self._connect()

    def _build(self) -> None:
        self.add_action(self.runs)
        self.add_action(self.clean)
        self.body.setSpacing(SIZES.grid + SIZES.half)
        self.body.addWidget(self.progress)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._build_content())
        self.body.addWidget(self._stack, 1)
        set_note(self.matrix, "confusion-matrix")
        set_note(self.score, "metric")

    def _build_content(self) -> QWidget:
        self._confusion = self._build_confusion()
        content = QWidget()
        self._content = QVBoxLayout(content)
        self._content.setContentsMargins(0, 0, 0, 0)
        self._content.setSpacing(SIZES.grid + SIZES.half)
        self._by_class = QWidget()
        line = row(self._confusion, self.classes, gap=SIZES.grid + SIZES.half)
        line.setStretch(0, 11)
        line.setStretch(1, 10)
        self._by_class.setLayout(line)
        self._content.addWidget(self.score)
        self._content.addWidget(self.figures)
        self._content.addWidget(self._by_class, 11)
        self._content.addWidget(self.items, 9)
        for part in (self._confusion, self.classes):
            part.setMinimumHeight(_CLASSES)
        self._area = scrolled(content)
        self._area.verticalScrollBar().rangeChanged.connect(self._make_room)
        return self._area

    def _build_confusion(self) -> Card:
        card = Card("Confusion", "validation set")
        card.head.addWidget(self._cell_words)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.matrix.setObjectName("scrolled")
        area.setWidget(self.matrix)
        area.viewport().setAutoFillBackground(False)
        self.matrix.setAutoFillBackground(False)
        self.matrix.cellReached.connect(area.ensureVisible)
        card.body.addWidget(area, 1)
        return card

    def _make_room(self, _low: int, high: int) -> None:
        """The scroll bar floats: the cards leave its place free where there is one."""
        self._content.setContentsMargins(0, 0, SIZES.gap if high else 0, 0)

    def _connect(self) -> None:
        self.runs.chosen.connect(self._choose_run)
        self.clean.clicked.connect(self._to_clean)
        self.matrix.cellChosen.connect(self.show_cell)
        self.matrix.hovered.connect(self._cell_words.setText)
        self.classes.classChosen.connect(self.show_class)
        self.items.backRequested.connect(self.show_worst)
        self.items.openRequested.connect(self.itemRequested)
        self.score.otherChosen.connect(self._compare_with)
        self.progress.cancelRequested.connect(self.do.cancel)
        self.empty.actionRequested.connect(self._empty_action)

    # -- what is shown
    def refresh(self) -> None:
        found = self.store.results
        self._show_progress()
        self._show_runs()
        self._stack.setCurrentIndex(1 if found is not None else 0)
        self.clean.setVisible(found is not None and bool(found.items))
        if found is None:
            self._shown = None
            self._show_empty()
            return
        spoken = about(kind_of(self.store.problem))
        counted_items = f" · {plural(len(found.items), spoken.one, spoken.many)}" if found.items else ""
        self.set_subtitle(f"run {self.store.results_run}{counted_items}")
        if found is not self._shown:
            self._shown, self._other = found, None
            self._show_results(found)
        self._show_score(found)

    def _show_results(self, found: Results) -> None:
        kind, project = kind_of(self.store.problem), self.store.project
        root = project.data_root if project is not None else None
        self.items.set_kind(kind, root, reader(kind, self.store.recipe, root, found), self.store.thumbnails)
        self.items.setMinimumHeight(_ITEMS_BELOW if found.figures else _ITEMS)
        self._confusion.setVisible(bool(found.confusion))
        self.classes.setVisible(bool(found.per_class))
        self._by_class.setVisible(bool(found.confusion or found.per_class))
        self.matrix.show_matrix(reduce(found.classes, found.confusion))
        self.classes.show_classes(found.per_class)
        self.items.setVisible(bool(found.items))  # a language model has none
        self.figures.show_figures(found.figures, self._folder(found))
        self._area.verticalScrollBar().setValue(0)
        self.show_worst()

    def _folder(self, found: Results) -> Path | None:
        """Where the run keeps its pictures."""
        run, project = self.store.results_run, self.store.project
        if run is None or project is None or not any(isinstance(f, Pictures) for f in found.figures):
            return None
        return project.run(run).path

    def _judged(self, metrics: Mapping[str, float | None]) -> tuple[str, bool]:
        problem = self.store.problem
        return problem.judged_by(metrics) if problem is not None else ("accuracy", True)

    def _show_score(self, found: Results) -> None:
        (name, up), problem = self._judged(found.metrics), self.store.problem
        value = found.metrics.get(name)
        shared_by = counted(found, value) if is_share(name, value) else 0
        items = sum(1 for item in found.items if item.valid)
        self.score.show_score(name, value, items, found.metrics, shared_by, found.unit, found.loss)
        others = [
            r
            for r in self.store.runs
            if r.score is not None and r.number != self.store.results_run and score_of(problem, r)[0] == name
        ]
        mine = next((r for r in self.store.runs if r.number == self.store.results_run), None)
        other = self._other_run(others)
        compared = None
        if other is not None and mine is not None:
            compared = compare(other, mine, shared_by, up, name, found.unit)
        choices = [(r.number, score_words(name, r.score, found.unit)) for r in others]
        self.score.show_comparison(compared, choices, other.number if other is not None else None)

    def _other_run(self, others: list[RunRecord]) -> RunRecord | None:
        """The run that was chosen to compare with, or the newest one before this."""
        chosen = next((r for r in others if r.number == self._other), None)
        before = [r for r in others if r.number < (self.store.results_run or 0)]
        return chosen or (before[-1] if before else None)

    def _show_runs(self) -> None:
        done = trained(self.store)
        self.runs.setVisible(bool(done))
        entries = [(str(r.number), self._run_words(r)) for r in reversed(done)]
        shown = self.store.results_run
        self.runs.set_entries(entries, str(shown) if shown is not None else None)
        self.runs.set_text(f"Run {shown}" if shown is not None else "Choose a run")

    def _run_words(self, run: RunRecord) -> str:
        score = run_score_words(self.store.problem, run)
        return f"Run {run.number} · {score}" if score else f"Run {run.number}"

    def _show_progress(self) -> None:
        job = self.store.job
        looking = job is not None and job.what == "Evaluate"
        self.progress.setVisible(looking)
        if job is not None and looking:
            part = job.done / job.total if job.total else None
            self.progress.set_progress(part, job.text or "Looking at every item", job.seconds_left)

    def _show_empty(self) -> None:
        self.set_subtitle("")
        said = self._nothing = no_results(self.store, "what it gets right and wrong")
        job = self.store.job
        icon = "train" if job is not None and job.what == "Train" else "results"
        self.empty.set(icon, said.title, said.sentence, said.button)

    # -- the items behind a number
    def show_worst(self) -> None:
        """The items with the highest loss that the model got wrong, validation and training."""
        if self._shown is None:
            return
        self.matrix.clear_choice()
        wrong = [item for item in self._shown.items if not item_words.agrees(item)]
        self.items.show_items("Most wrong", f"{self._wrong_words(wrong)}, worst first", wrong, back=False)

    def _wrong_words(self, wrong: Sequence[ItemResult]) -> str:
        """``12 photos seen as something else``; of numbers and masks only how many there are."""
        spoken = about(kind_of(self.store.problem))
        said = plural(len(wrong), spoken.one, spoken.many)
        named = all(names_of(item.target) or item.target in ((), []) for item in wrong)
        return f"{said} seen as something else" if named else said

    def show_cell(self, target: int, predicted: int) -> None:
        """The validation items of one cell of the matrix."""
        if self._shown is None:
            return
        names = self._shown.classes
        said = words(self.matrix.matrix(), target, predicted).split(" · ")
        found = [
            i
            for i in self._shown.items
            if i.valid and i.target == names[target] and i.predicted == names[predicted]
        ]
        self.items.show_items(said[0], said[1], found, back=True)
        self._area.ensureWidgetVisible(self.items)

    def show_class(self, number: int) -> None:
        """All validation items of one class, worst first."""
        if self._shown is None:
            return
        self.matrix.clear_choice()
        name = self._shown.per_class[number].name
        found: list[ItemResult] = [i for i in self._shown.items if i.valid and name in names_of(i.target)]
        self.items.show_items(name, f"{plural(len(found), 'validation item')}, worst first", found, back=True)
        self._area.ensureWidgetVisible(self.items)

    # -- what a person wants
    def _choose_run(self, key: str) -> None:
        self.do.show_run(int(key))

    def _compare_with(self, key: str) -> None:
        self._other = int(key)
        if self._shown is not None:
            self._show_score(self._shown)

    def _to_clean(self) -> None:
        self.pageRequested.emit("clean")

    def _empty_action(self) -> None:
        if self._nothing.run is not None:
            self.do.show_run(self._nothing.run)
        else:
            self.pageRequested.emit(self._nothing.page)


def fill_sample(store: Store) -> None:
    """The results of a good run."""
    from studio.ui.pages.results_parts.sample import fill

    fill(store)


if __name__ == "__main__":
    from studio.ui.preview import preview

    preview(ResultsPage, fill_sample)
