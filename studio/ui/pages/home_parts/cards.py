"""Cards of the start page: a proposal, a problem type, the sample project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

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
from studio.ui.widgets.scene import Scene


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
    """A picture, a title, a sentence: a way to begin. The whole card is the button.

    Signals
    -------
    asked(str)        the key that it was made with
    """

    asked = Signal(str)

    def __init__(
        self, key: str, title: str, sentence: str, action: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self._key = key
        words = column(HeadingLabel(title), DimLabel(sentence, wrap=True), None, gap=SIZES.half)
        self.body.addWidget(Scene(key))
        self.body.addLayout(words, 1)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{title}: {action}")
        self.setAccessibleDescription(sentence)
        self.setToolTip(action)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.asked.emit(self._key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.asked.emit(self._key)
        else:
            super().keyPressEvent(event)


def problem_card(problem: Problem[Any]) -> StartCard:
    """A problem type with the way to choose data for it."""
    return StartCard(problem.name, problem.title, problem.sentence, "choose data")


def sample_card() -> StartCard:
    """The sample that is bundled."""
    return StartCard(
        "digits",
        "Try it: handwritten digits",
        "1,797 small pictures that come with the studio. They train here in a few minutes, with no network.",
        "make the sample project",
    )
