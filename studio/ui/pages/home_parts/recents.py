"""Recent projects: a row each, a click opens it. What is gone is said, and can be taken off the list."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.settings import Recent
from studio.ui.theme import SIZES
from studio.ui.widgets import DimLabel, HeadingLabel, IconButton, IconLabel, SmallLabel, rule, set_tone
from studio.ui.widgets.layout import cleared
from studio.ui.words import started_words


class RecentRow(QFrame):
    """One project.

    Signals
    -------
    opened(Path), forgotten(str)
    """

    opened = Signal(object)
    forgotten = Signal(str)

    def __init__(self, recent: Recent, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recent = recent
        forget = IconButton(
            "close", f"Take {recent.name} off this list", "Take off this list; the files stay"
        )
        forget.clicked.connect(self._forget)
        self._place = SmallLabel(recent.folder)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(HeadingLabel(recent.name))
        words.addWidget(self._place)
        score, when = DimLabel(recent.score), DimLabel(started_words(recent.opened))
        score.setMinimumWidth(140)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, SIZES.half, 0, SIZES.half)
        layout.setSpacing(SIZES.gap)
        layout.addWidget(IconLabel("folder", "dim"))
        layout.addLayout(words, 1)
        layout.addWidget(score)
        layout.addWidget(when)
        layout.addWidget(forget)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"Open {recent.name}, {recent.score}")

    def set_there(self, there: bool) -> None:
        """Say whether the project's folder is still there."""
        self._place.setText(self._recent.folder if there else f"No longer at {self._recent.folder}")
        set_tone(self._place, "" if there else "warning")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        self.opened.emit(Path(self._recent.folder))

    def _forget(self) -> None:
        self.forgotten.emit(self._recent.folder)


class Recents(QWidget):
    """The list, newest first.

    Signals
    -------
    opened(Path), forgotten(str)
    """

    opened = Signal(object)
    forgotten = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SIZES.half)
        self._shown: tuple[Recent, ...] | None = None
        self._rows: list[RecentRow] = []

    def set_recents(self, recents: tuple[Recent, ...]) -> None:
        """Show these projects, or what will stand here."""
        if recents == self._shown:
            return
        self._shown = recents
        cleared(self._layout)
        self._rows = []
        for position, recent in enumerate(recents):
            if position:
                self._layout.addWidget(rule())
            self._layout.addWidget(self._row(recent))
        if not recents:
            self._layout.addWidget(
                DimLabel("Projects that you make or open stand here, with their last score.")
            )

    def set_there(self, there: tuple[bool, ...]) -> None:
        """Say of each project whether its folder is still there."""
        for row, one in zip(self._rows, there, strict=False):
            row.set_there(one)

    def _row(self, recent: Recent) -> RecentRow:
        made = RecentRow(recent)
        made.opened.connect(self.opened)
        made.forgotten.connect(self.forgotten)
        self._rows.append(made)
        return made
