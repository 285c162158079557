"""Gain or luck, in one line below the curves, and the button that repeats a run over seeds."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.ui.pages.card_margins import set_margins
from studio.ui.theme import SIZES
from studio.ui.widgets import Card, DimLabel, IconLabel, SecondaryButton, row, set_note

TIMES = 3


class SeedsStrip(Card):
    """The strip.

    Signals
    -------
    repeatRequested(int)
        Train this run again from other seeds.
    """

    repeatRequested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._run = 0
        self._words = DimLabel(wrap=True)
        self.repeat = SecondaryButton("Repeat", "refresh", compact=True)
        self.repeat.clicked.connect(self._ask)
        line = row(IconLabel("info", "dim"), self._words, self.repeat, gap=SIZES.grid)
        line.setStretch(1, 1)
        self.body.addLayout(line)
        set_margins(self, SIZES.gap, SIZES.half, SIZES.grid, SIZES.half)
        set_note(self, "runs-compare")

    def show_words(self, words: str, run: int, editable: bool) -> None:
        """Show a verdict and the run that can be repeated; no words hide the strip."""
        self._run = run
        self._words.setText(words)
        self.setVisible(bool(words))
        self.repeat.setText(f"Repeat run {run} with {TIMES} seeds")
        self.repeat.setToolTip("Lines up three runs that differ from it by their seed alone")
        self.repeat.setVisible(run > 0)
        self.repeat.setEnabled(editable)

    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def _ask(self) -> None:
        self.repeatRequested.emit(self._run)
