"""Cards of the start page: a proposal, a problem type, the sample project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.problems import problem_named
from studio.problems.base import Guess, Problem
from studio.ui.theme import SIZES
from studio.ui.widgets import (
    Card,
    DimLabel,
    HeadingLabel,
    IconLabel,
    PrimaryButton,
    SecondaryButton,
    SmallLabel,
    column,
)


class GuessCard(Card):
    """What the studio would make of the dropped data, with one button.

    Signals
    -------
    chosen(Guess)
    """

    chosen = Signal(object)

    def __init__(self, guess: Guess, path: Path, first: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._guess = guess
        problem = problem_named(guess.problem)
        self.button = PrimaryButton("Make this project") if first else SecondaryButton("Make this instead")
        self.button.clicked.connect(self._choose)
        place = SmallLabel(str(path))
        place.setToolTip(str(path))
        words = column(
            HeadingLabel(problem.title), DimLabel(guess.sentence, wrap=True), place, gap=SIZES.half
        )
        line = QHBoxLayout()
        line.setSpacing(SIZES.gap)
        line.addWidget(IconLabel(problem.icon, "accent", SIZES.icon_large))
        line.addLayout(words, 1)
        line.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(line)
        self.setAccessibleName(f"Proposal: {problem.title}")

    def _choose(self) -> None:
        self.chosen.emit(self._guess)


class StartCard(Card):
    """An icon, a title, a sentence, a button: a way to begin.

    Signals
    -------
    asked(str)        the key that it was made with
    """

    asked = Signal(str)

    def __init__(
        self, key: str, icon: str, title: str, sentence: str, action: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self._key = key
        self.button = SecondaryButton(action)
        self.button.clicked.connect(self._ask)
        words = QVBoxLayout()
        words.setSpacing(SIZES.half)
        words.addWidget(HeadingLabel(title))
        words.addWidget(DimLabel(sentence, wrap=True))
        words.addStretch(1)
        words.addSpacing(SIZES.grid)
        words.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        line = QHBoxLayout()
        line.setSpacing(SIZES.gap)
        line.addWidget(IconLabel(icon, "accent", SIZES.icon_large - SIZES.grid), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        self.body.addLayout(line)
        self.setAccessibleName(title)

    def _ask(self) -> None:
        self.asked.emit(self._key)


def problem_card(problem: Problem[Any]) -> StartCard:
    """A problem type with the way to choose data for it."""
    return StartCard(problem.name, problem.icon, problem.title, problem.sentence, "Choose data")


def sample_card() -> StartCard:
    """The sample that is bundled."""
    return StartCard(
        "digits",
        "star",
        "Try it: handwritten digits",
        "1,797 small pictures of digits that come with the studio. They train here in a few minutes, with no network.",
        "Make the sample project",
    )
