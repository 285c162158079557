"""Ship: try the model on new items, and take it away in a form that proves itself.

Rules: layout only; words are in `ship_parts/ship_words.py`. The exports are known by their descriptions
only: what writes them runs in the engine. Must not import: numpy, pyqtgraph, torch.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.engine import messages as m
from studio.exports import EXPORTS
from studio.recipe.fields import describe
from studio.ui.actions import Actions
from studio.ui.pages.base import Page
from studio.ui.pages.ship_parts.answers import Answers
from studio.ui.pages.ship_parts.drop_area import DropArea, local_paths
from studio.ui.pages.ship_parts.export_card import ExportCard
from studio.ui.pages.ship_parts.ship_words import (
    answers_words,
    default_folder,
    export_command,
    predict_command,
    usable_run,
)  # fmt: skip
from studio.ui.samples import about, kind_of
from studio.ui.store import Store
from studio.ui.theme import SIZES
from studio.ui.widgets import Card, EmptyState, FindingCard, GhostButton, ProgressLine, scrolled, set_note

_TRY_HEIGHT = 248


class ShipPage(Page):
    """See the module's docstring."""

    key = "ship"
    title = "Ship"
    listens = (
        "projectChanged",
        "recipeChanged",
        "shipChanged",
        "runsChanged",
        "resultsChanged",
        "jobChanged",
    )

    def __init__(self, store: Store, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(store, actions, parent)
        self.drop, self.answers = DropArea(), Answers()
        self.cards = tuple(ExportCard(format, primary=place == 0) for place, format in enumerate(EXPORTS))
        self.progress = ProgressLine()
        self.empty = EmptyState(
            "ship",
            "Nothing to ship yet",
            "Train a model first; then it answers here, and leaves as a file.",
            "Go to Train",
        )
        self._trial = Card("Try it")
        self._asked = ""  # "predict", or the format that was asked for last
        self._error: tuple[m.Failed, FindingCard] | None = None
        self._shown: m.Predicted | None = None
        self.asker: Any = None
        """What asks for a new item, where the kind of sample has such a thing (`Asker`)."""
        self._build()
        self._connect()

    def _build(self) -> None:
        self.copy_predict = GhostButton("Copy command", "copy")
        self._trial.head.addWidget(self.copy_predict)
        self._trial.body.addWidget(self.progress)
        self._trial.body.addWidget(self.answers, 1)
        self._trial.body.addWidget(self.drop, 1)
        content = QWidget()
        self._content = QVBoxLayout(content)
        self._content.setContentsMargins(0, 0, 0, 0)
        self._content.setSpacing(SIZES.grid + SIZES.half)
        self._trial.setMinimumHeight(_TRY_HEIGHT)
        self._content.addWidget(self._trial, 1)
        cards = QHBoxLayout()
        cards.setSpacing(SIZES.grid + SIZES.half)
        for card in self.cards:
            card.setMinimumWidth(200)
            cards.addWidget(card, 1)
        self._content.addLayout(cards)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        area = scrolled(content)
        area.verticalScrollBar().rangeChanged.connect(self._make_room)
        self._stack.addWidget(area)
        self.body.addWidget(self._stack, 1)
        self.setAcceptDrops(True)
        for card in self.cards:
            set_note(card, "export-onnx")
        set_note(self._trial, "ship-cpu")

    def _make_room(self, _low: int, high: int) -> None:
        """The scroll bar floats: the cards leave its place free where there is one."""
        self._content.setContentsMargins(0, 0, SIZES.gap if high else 0, 0)

    def _connect(self) -> None:
        self.drop.dropped.connect(self._predict)
        self.drop.typed.connect(self._predict_typed)
        self.progress.cancelRequested.connect(self.do.cancel)
        self.empty.actionRequested.connect(self._to_train)
        self.copy_predict.clicked.connect(self._copy_predict)
        for card in self.cards:
            card.exportRequested.connect(self._export)
            card.cancelRequested.connect(self.do.cancel)
            card.told.connect(self.set_subtitle)
            card.optionEdited.connect(self.do.set_value)

    # -- what is shown
    def refresh(self) -> None:
        run = self._run()
        self._stack.setCurrentIndex(0 if run is None else 1)
        self.set_subtitle(f"run {run}" if run is not None else "")
        if run is None:
            return
        self._show_answers()
        self._show_error()
        self._show_options()
        for card in self.cards:
            self._show_card(card, run)

    def _run(self) -> int | None:
        return usable_run(self.store.runs, self.store.results_run)

    def _project(self) -> Path:
        return self.store.project.folder if self.store.project is not None else Path()

    def _show_answers(self) -> None:
        found, job = self.store.predictions, self.store.job
        spoken = about(kind_of(self.store.problem))
        self.drop.set_about(spoken)
        self._show_asker()
        answering = job is not None and job.what == "Predict"
        self.progress.setVisible(answering)
        if job is not None and answering:
            self.progress.set_progress(
                job.done / job.total if job.total else None, job.text or "Answering", job.seconds_left
            )
        self.answers.setVisible(found is not None)
        self.copy_predict.setVisible(found is not None)
        self.drop.set_small(found is not None)
        self.drop.setEnabled(not self.store.busy)
        self._trial.set_title("Try it", answers_words(found) if found is not None else spoken.unseen)
        if found is not None and found is not self._shown:
            self._shown = found
            self.answers.show_answers(found, spoken.picture)

    def _show_options(self) -> None:
        """What leaves with a bundle, where the problem leaves a choice."""
        problem, recipe = self.store.problem, self.store.recipe
        names = problem.shipping if problem is not None and recipe is not None else ()
        fields = [f for f in describe(problem.options) if f.name in names] if problem is not None else []
        chosen = recipe.options if recipe is not None else {}
        self.cards[0].show_options(fields, {f.name: chosen.get(f.name, f.default) for f in fields})
        self._level()

    def _level(self) -> None:
        """The introductions of all cards are as high as the highest."""
        height = max(card.words_height() for card in self.cards)
        for card in self.cards:
            card.set_words_height(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._level()

    def _show_asker(self) -> None:
        """Somebody new is asked, where this kind of item can be asked for."""
        made = getattr(kind_of(self.store.problem), "Asker", None)
        if self.asker is not None and (made is None or not isinstance(self.asker, made)):
            self._trial.body.removeWidget(self.asker)
            self.asker.deleteLater()
            self.asker = None
        if self.asker is None and made is not None:
            self.asker = made()
            self.asker.typed.connect(self._predict_typed)
            self._trial.body.addWidget(self.asker)
        if self.asker is not None:
            self.asker.setEnabled(not self.store.busy)
            self.asker.show_results(self.store.results)

    def _show_card(self, card: ExportCard, run: int) -> None:
        job, name = self.store.job, card.format.name
        running = job is not None and job.what == "Export" and self._asked == name
        part = job.done / job.total if job is not None and job.total else None
        text = (job.text or "Exporting") if job is not None else ""
        card.set_folder(default_folder(self._project(), run, name))
        folder = card.folder.path() or default_folder(self._project(), run, name)
        newest = usable_run(self.store.runs, None)
        card.set_command(export_command(self._project(), name, folder, run if run != newest else None))
        card.show_state(
            not self.store.busy, running, part, text, job.seconds_left if job is not None else None
        )
        done = [e for e in self.store.exports if e.format == name and e.run == run]
        card.show_export(done[-1] if done else None)

    def _show_error(self) -> None:
        """What went wrong with the last wish; an export that disagrees with its model ends here."""
        failed = self.store.ship_error
        if self._error is not None and self._error[0] is not failed:
            self._content.removeWidget(self._error[1])
            self._error[1].deleteLater()
            self._error = None
        if failed is not None and self._error is None:
            title = "No answers" if self._asked == "predict" else "Not exported"
            card = FindingCard("error", title, f"{failed.message} {failed.hint}".strip(), show="")
            self._content.insertWidget(0, card)
            self._error = (failed, card)

    # -- what a person wants
    def _predict(self, paths: list[Path]) -> None:
        self._asked = "predict"
        self.do.predict(paths)

    def _predict_typed(self, text: str) -> None:
        self._asked = "predict"
        self.do.predict([text])

    def _export(self, name: str, folder: Path) -> None:
        self._asked = name
        self.do.export(name, folder)

    def _to_train(self) -> None:
        self.pageRequested.emit("train")

    def _copy_predict(self) -> None:
        """The command that answers without the window, on the bundle or else on the project."""
        bundles = [Path(e.path) for e in self.store.exports if e.format == "onnx"]
        target = bundles[-1] if bundles else self._project()
        command = predict_command(target if target.suffix != ".onnx" else target.parent)
        QGuiApplication.clipboard().setText(command)
        self.set_subtitle(f"Copied: {command}")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Items may be dropped anywhere on the page."""
        if self._run() is not None and not self.store.busy and local_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = local_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self._predict(paths)


def fill_sample(store: Store) -> None:
    """A finished run, answers for a few photos and one proven export."""
    from studio.ui.pages.ship_parts.sample import fill

    fill(store)


if __name__ == "__main__":
    from studio.ui.preview import preview

    preview(ShipPage, fill_sample)
