"""The bar below the grid: how many marks, undo, and carrying them out: explained in place, then confirmed.

Rules: nothing is moved by one click; the second one says how many files it moves. Must not import: the
store, numpy.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.ui.pages.card_margins import set_margins
from studio.ui.theme import SIZES
from studio.ui.widgets import Card, DimLabel, GhostButton, HeadingLabel, SecondaryButton, row
from studio.ui.widgets.words import plural

_UNTOUCHED = "Your files stay untouched until you apply."
_IN_TRAINING = "Your data stays untouched: the next run is trained with these marks."


class MarksBar(Card):
    """Counts and what can be done with the marks.

    Signals
    -------
    undoRequested(), redoRequested()
    applyRequested()
        Confirmed: carry the marks out.
    """

    undoRequested = Signal()
    redoRequested = Signal()
    applyRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._files, self._plan = 0, ""
        self._table, self._can_apply = False, True
        self.counts, self.words = HeadingLabel(), DimLabel(wrap=True)
        self.undo = SecondaryButton("Undo", "undo")
        self.apply = SecondaryButton("Apply to folder…", "folder")
        self.cancel = GhostButton("Not now")
        self.confirm = SecondaryButton("Move", danger=True)
        line = row(
            self.counts,
            self.words,
            self.undo,
            self.apply,
            self.cancel,
            self.confirm,
            gap=SIZES.grid + SIZES.half,
        )
        line.setStretch(1, 1)
        self.body.addLayout(line)
        set_margins(self, SIZES.gap, SIZES.grid, SIZES.grid + SIZES.half, SIZES.grid)
        self.setMinimumHeight(56)
        self.undo.clicked.connect(self.undoRequested)
        self.apply.clicked.connect(self._explain)
        self.cancel.clicked.connect(self.settle)
        self.confirm.clicked.connect(self._confirmed)
        self.settle()

    def set_table(self, table: bool) -> None:
        """Whether marks make a corrected copy of a table; otherwise they move files."""
        self._table = table
        self.apply.setText("Write a corrected table…" if table else "Apply to folder…")

    def show_marks(self, counts: str, files: int, plan: str, can_change: bool) -> None:
        """`counts` in words, `files` that would move, `plan` the sentence that explains it.

        Without a plan the marks cannot be carried out in the data, and are only used in training.
        """
        if (files, plan) != (self._files, self._plan):
            self._files, self._plan = files, plan
            self.settle()
        self._can_apply = bool(plan)
        if not self.asking():
            self.settle()
        self.counts.setText(counts)
        self.undo.setEnabled(can_change)
        self.apply.setEnabled(can_change and files > 0)

    def asking(self) -> bool:
        """True while the bar explains and waits for the second click."""
        return not self.confirm.isHidden()

    def settle(self) -> None:
        """Back to the counts."""
        self._show_asking(False)
        self.apply.setVisible(self._can_apply)
        self.words.setText(_UNTOUCHED if self._can_apply else _IN_TRAINING)

    def _explain(self) -> None:
        self._show_asking(True)
        self.words.setText(self._plan)
        self.confirm.setText("Write the copy" if self._table else f"Move {plural(self._files, 'file')}")
        self.cancel.setFocus()

    def _show_asking(self, asking: bool) -> None:
        for part in (self.undo, self.apply, self.counts):
            part.setVisible(not asking)
        for shown in (self.cancel, self.confirm):
            shown.setVisible(asking)

    def _confirmed(self) -> None:
        self.settle()
        self.applyRequested.emit()
