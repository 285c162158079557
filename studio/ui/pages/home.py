"""Home: no project is open. Drop data anywhere, take a proposal, try the sample, or go on where you were.

Must not import torch, pandas, numpy, pyqtgraph or another page: it is the first thing that is painted.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QVBoxLayout, QWidget

from studio.problems import PROBLEMS
from studio.problems.base import Guess
from studio.ui.actions import Actions, GuessView
from studio.ui.background import in_background
from studio.ui.pages.base import Page
from studio.ui.pages.home_parts.cards import GuessCard, StartCard, problem_card, sample_card
from studio.ui.pages.home_parts.drop_zone import DropZone
from studio.ui.pages.home_parts.recents import Recents
from studio.ui.preview import preview
from studio.ui.settings import Recent
from studio.ui.store import Store
from studio.ui.theme import SIZES
from studio.ui.widgets import Card, SecondaryButton, scrolled
from studio.ui.widgets.layout import cleared

log = logging.getLogger(__name__)

WIDEST = 1360
IN_A_ROW = 4
_TABLES = "Tables (*.csv *.tsv *.txt *.parquet *.xlsx);;All files (*)"


class HomePage(Page):
    """The start page."""

    key: ClassVar[str] = "home"
    title: ClassVar[str] = "Start"
    listens: ClassVar[tuple[str, ...]] = ("projectChanged", "runsChanged")

    def __init__(self, store: Store, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(store, actions, parent)
        self.set_subtitle("Train a model on your own files, on this machine")
        open_ = SecondaryButton("Open a project", "folder")
        open_.clicked.connect(self._choose_project)
        self.add_action(open_)
        self._path = Path()
        self._build()
        self.setAcceptDrops(True)
        actions.guessed.connect(self.show_guess)

    def _build(self) -> None:
        content = QWidget()
        content.setMaximumWidth(WIDEST)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.gap)
        self._zone = DropZone()
        self._zone.folderWanted.connect(self._choose_folder)
        self._zone.fileWanted.connect(self._choose_table)
        self._guesses = QVBoxLayout()
        self._guesses.setSpacing(SIZES.grid)
        self._recents = Recents()
        self._recents.opened.connect(self.do.open_project)
        self._recents.forgotten.connect(self._forget)
        recent = Card("Recent projects")
        recent.body.addWidget(self._recents)
        layout.addWidget(self._zone)
        layout.addLayout(self._guesses)
        layout.addLayout(self._cards())
        layout.addWidget(recent)
        layout.addStretch(1)
        centred = QWidget()
        outer = QGridLayout(centred)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(content, 0, 1)
        outer.setColumnStretch(0, 1)
        outer.setColumnStretch(1, 1000)
        outer.setColumnStretch(2, 1)
        self.body.addWidget(scrolled(centred), 1)

    def _cards(self) -> QGridLayout:
        """The problem types and the sample, a few in a row."""
        grid = QGridLayout()
        grid.setSpacing(SIZES.gap)
        cards: list[StartCard] = [problem_card(problem) for problem in PROBLEMS]
        for card in cards:
            card.asked.connect(self._choose_folder)
        sample = sample_card()
        sample.asked.connect(self.do.new_sample_project)
        for position, card in enumerate([*cards, sample]):
            grid.addWidget(card, position // IN_A_ROW, position % IN_A_ROW)
        for place in range(IN_A_ROW):
            grid.setColumnStretch(place, 1)
        return grid

    def refresh(self) -> None:
        """Show the recent projects as they are now; whether they are still there is looked up elsewhere."""
        context = getattr(self.do, "context", None)
        if context is None:
            self._recents.set_recents(SAMPLE_RECENTS)
            return
        recents = context.settings.values.recents
        self._recents.set_recents(recents)
        in_background(
            self, lambda: tuple(Path(r.folder).is_dir() for r in recents), self._recents.set_there, log.error
        )

    # -- proposals

    @Slot(object)
    def show_guess(self, view: GuessView) -> None:
        """Show what a dropped path looks like."""
        self._path = view.path
        cleared(self._guesses)
        for position, guess in enumerate(view.guesses):
            card = GuessCard(guess, view.path, first=position == 0)
            card.chosen.connect(self._make)
            self._guesses.addWidget(card)
            if position == 0:
                card.button.setFocus(Qt.FocusReason.OtherFocusReason)
        if view.busy:
            self._zone.wait(view.path.name)
        elif view.error:
            self._zone.complain(view.error)
        else:
            self._zone.invite()

    @Slot(object)
    def _make(self, guess: Guess) -> None:
        self.do.new_project(guess.problem, self._path, None, dict(guess.options))
        self.show_guess(GuessView(self._path, busy=True))

    # -- choosing and dropping

    @Slot()
    def _choose_folder(self) -> None:
        self._choose(QFileDialog.FileMode.Directory, "Choose a folder of data", self.do.guess)

    @Slot()
    def _choose_table(self) -> None:
        self._choose(QFileDialog.FileMode.ExistingFile, "Choose a table", self.do.guess)

    @Slot()
    def _choose_project(self) -> None:
        self._choose(
            QFileDialog.FileMode.Directory, "Choose a project folder (it ends in .thaw)", self.do.open_project
        )

    def _choose(self, mode: QFileDialog.FileMode, caption: str, then: object) -> None:
        """Ask for a path without stopping the window."""
        dialog = QFileDialog(self, caption, str(Path.home()))
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if mode == QFileDialog.FileMode.ExistingFile:
            dialog.setNameFilter(_TABLES)
        self._then = then
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    @Slot(str)
    def _chosen(self, path: str) -> None:
        if callable(self._then):
            self._then(Path(path))

    @Slot(str)
    def _forget(self, folder: str) -> None:
        self.do.forget_recent(folder)
        self.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self._zone.set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._zone.set_hot(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._zone.set_hot(False)
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.do.guess(paths[0] if len(paths) == 1 else paths[0].parent)


SAMPLE_RECENTS = (
    Recent(
        "/home/ida/data/hymenoptera.thaw",
        "ants and bees",
        "Image classification",
        "accuracy 94.6 %",
        "2026-03-14T12:03:00",
    ),
    Recent(
        "/home/ida/Thaw Studio/digits.thaw",
        "digits",
        "Image classification",
        "accuracy 98.1 %",
        "2026-03-12T09:40:00",
    ),
)


def fill_sample(store: Store) -> None:
    """Home shows no project: the store stays empty."""


if __name__ == "__main__":
    raise SystemExit(preview(HomePage, fill_sample))
