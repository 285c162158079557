"""The queue: runs in order at the left, a panel that adds one at the right. It says what is wanted, and does nothing.

Must not import: the store, torch, numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from studio.problems.base import Problem
from studio.project.queue import Entry
from studio.recipe.schema import Recipe
from studio.ui.pages.runs_parts.queue_row import QueueRow
from studio.ui.pages.runs_parts.queue_words import example, fields
from studio.ui.theme import SIZES
from studio.ui.widgets import (
    Card,
    Combo,
    DimLabel,
    EmptyState,
    PrimaryButton,
    SecondaryButton,
    column,
    row,
    scrolled,
)

_SIDE = 320
_CHANGES = 3


class QueueView(QWidget):
    """See the module's docstring.

    Signals
    -------
    addRequested(dict)                 a run with these fields changed, in the words of `--set`
    moveRequested(int, int), removeRequested(int), againRequested(int)
    startRequested(), pauseRequested()
    """

    addRequested = Signal(dict)
    moveRequested = Signal(int, int)
    removeRequested = Signal(int)
    againRequested = Signal(int)
    startRequested = Signal()
    pauseRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem: Problem[Any] | None = None
        self._recipe: Recipe | None = None
        self._rows: list[QueueRow] = []
        self._shown: tuple[tuple[Entry, ...], bool, bool] | None = None
        self.go, self.add = PrimaryButton("Start the queue", "play"), SecondaryButton("Add to queue", "plus")
        self._changes = [(Combo(), QLineEdit()) for _ in range(_CHANGES)]
        self._build()

    def _build(self) -> None:
        self._list = Card("Runs in line", "")
        self._holder = QWidget()
        self._lines = QVBoxLayout(self._holder)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(SIZES.grid)
        self._lines.addStretch(1)
        sentence = "Line up variations of this recipe. They train one after the other, also over night."
        self._empty = EmptyState("runs", "The queue is empty", sentence)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(scrolled(self._holder))
        self._list.body.addLayout(self._stack, 1)
        self._list.head.addWidget(self.go)
        self.go.clicked.connect(self._go)
        panel = Card("Another run", "this recipe, and what is changed")
        for number, (combo, line) in enumerate(self._changes, 1):
            combo.setAccessibleName(f"Field to change, {number}")
            line.setAccessibleName(f"Its value, {number}")
            combo.keyChosen.connect(self._show_example)
            line.returnPressed.connect(self._add)
            panel.body.addLayout(column(combo, line, gap=SIZES.half))
        self.add.clicked.connect(self._add)
        self.add.setToolTip("Return")
        panel.body.addWidget(self.add)
        words = (
            "Each run keeps the recipe that it was added with. A run that fails does not stop the next one."
        )
        panel.body.addWidget(DimLabel(words, wrap=True))
        panel.body.addStretch(1)
        panel.setFixedWidth(_SIDE)
        both = row(self._list, panel, gap=SIZES.gap)
        both.setStretch(0, 1)
        both.setContentsMargins(0, 0, 0, 0)
        self.setLayout(both)

    def set_recipe(self, problem: Problem[Any] | None, recipe: Recipe | None) -> None:
        """The recipe whose variations can be added."""
        if problem is not self._problem and problem is not None:
            options = [("", "Nothing changed", ""), *fields(problem)]
            for combo, _ in self._changes:
                combo.set_options(options)
        self._problem, self._recipe = problem, recipe
        self._show_example("")

    def show_entries(self, entries: Sequence[Entry], going: bool, editable: bool) -> None:
        """Show the queue, and whether it goes."""
        shown = (tuple(entries), going, editable)
        if shown == self._shown:
            return
        self._shown = shown
        for old in self._rows:
            self._lines.removeWidget(old)
            old.deleteLater()
        self._rows = [
            QueueRow(entry, place, len(entries), going, editable) for place, entry in enumerate(entries)
        ]
        for place, made in enumerate(self._rows):
            self._lines.insertWidget(place, made)
            made.moveRequested.connect(self.moveRequested)
            made.removeRequested.connect(self.removeRequested)
            made.againRequested.connect(self.againRequested)
        self._stack.setCurrentIndex(1 if entries else 0)
        waiting = sum(entry.status != "failed" for entry in entries)
        self._list.set_title("Runs in line", f"{waiting} to train" if entries else "")
        self.go.setText("Stop after this run" if going else "Start the queue")
        self.go.set_icon("pause" if going else "play")
        self.go.setEnabled(editable and (going or waiting > 0))
        self.add.setEnabled(editable)

    def rows(self) -> list[QueueRow]:
        """The rows, in order."""
        return self._rows

    def _show_example(self, _key: str) -> None:
        for combo, line in self._changes:
            key = combo.key()
            line.setVisible(bool(key))
            if self._problem is not None and self._recipe is not None and key:
                line.setPlaceholderText(example(self._problem, self._recipe, key))

    def _go(self) -> None:
        going = self._shown is not None and self._shown[1]
        (self.pauseRequested if going else self.startRequested).emit()

    def _add(self) -> None:
        values = {
            combo.key(): line.text().strip()
            for combo, line in self._changes
            if combo.key() and line.text().strip()
        }
        self.addRequested.emit(values)
        for _, line in self._changes:
            line.clear()
        self._changes[0][1].setFocus(Qt.FocusReason.OtherFocusReason)
