"""One entry of the queue: its place, what is special about it, its state, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from studio.project.queue import Entry
from studio.ui.pages.runs_parts.queue_words import state
from studio.ui.theme import SIZES
from studio.ui.widgets import DimLabel, GhostButton, HeadingLabel, IconButton, Pill, column, row


class QueueRow(QFrame):
    """See the module's docstring; signals carry the entry's id."""

    moveRequested = Signal(int, int)
    removeRequested = Signal(int)
    againRequested = Signal(int)

    def __init__(
        self, entry: Entry, place: int, count: int, going: bool, editable: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.entry, self._place = entry, place
        self.setProperty("role", "row")
        title = HeadingLabel(entry.title)
        title.setWordWrap(True)
        title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        words = column(title, gap=2)
        if entry.error:
            words.addWidget(DimLabel(entry.error, wrap=True))
        number = DimLabel(f"{place + 1}")
        number.setFixedWidth(SIZES.page_margin)
        pill = Pill(*state(entry, going))
        self.up, self.down = IconButton("up", "Train it earlier"), IconButton("down", "Train it later")
        self.remove = IconButton("trash", "Take it out of the queue")
        self.again = GhostButton("Try again", "refresh")
        self.up.clicked.connect(self._move_up)
        self.down.clicked.connect(self._move_down)
        self.remove.clicked.connect(self._remove)
        self.again.clicked.connect(self._again)
        line = row(number, words, self.again, pill, self.up, self.down, self.remove, gap=SIZES.grid)
        line.setStretch(1, 1)
        line.setContentsMargins(SIZES.grid, SIZES.half, SIZES.half, SIZES.half)
        self.setLayout(line)
        running = entry.status == "running" and going
        self.again.setVisible(entry.status == "failed" and editable)
        self.up.setEnabled(editable and place > 0 and not running)
        self.down.setEnabled(editable and place < count - 1 and not running)
        self.remove.setEnabled(editable and not running)
        self.setAccessibleName(
            f"{place + 1}: {entry.title}, {pill.text()}" if hasattr(pill, "text") else entry.title
        )

    def _move_up(self) -> None:
        self.moveRequested.emit(self.entry.id, self._place - 1)

    def _move_down(self) -> None:
        self.moveRequested.emit(self.entry.id, self._place + 1)

    def _remove(self) -> None:
        self.removeRequested.emit(self.entry.id)

    def _again(self) -> None:
        self.againRequested.emit(self.entry.id)
