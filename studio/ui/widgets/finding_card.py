"""One finding: how bad, what, what it means, which items, and the button that mends it."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QWidget

from studio.ui.theme import SIZES
from studio.ui.widgets.buttons import GhostButton, SecondaryButton
from studio.ui.widgets.icons import IconLabel
from studio.ui.widgets.labels import HeadingLabel, SelectableLabel

Severity = Literal["error", "warning", "info", "good"]
_ICONS: Final = {"error": "error", "warning": "warning", "info": "info", "good": "keep"}
_TOKENS: Final = {"error": "error", "warning": "warning", "info": "accent", "good": "good"}

_ROOM: Final = 96  # icon, margins and gaps
_LEAST_WORDS: Final = 320  # width under which words beside buttons would be a narrow column


class FindingCard(QFrame):
    """A finding on a tinted card.

    Signals
    -------
    showRequested()
        Which items it is about.
    fixRequested()
        The button that mends it.
    """

    showRequested = Signal()
    fixRequested = Signal()

    def __init__(
        self,
        severity: Severity,
        title: str,
        sentence: str,
        show: str = "Show",
        fix: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("severity", severity)
        self._title = HeadingLabel(title, wrap=True)
        self._title_width = self._title.fontMetrics().horizontalAdvance(title)
        self._title.setProperty("tone", severity)
        self._sentence = SelectableLabel(sentence)
        for label in (self._title, self._sentence):  # data may hold what looks like a markup language
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence_width = self._sentence.fontMetrics().horizontalAdvance(sentence)
        self._words = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._words.setSpacing(2)
        self._words.addWidget(self._title)
        self._words.addWidget(self._sentence, 1)
        said = QHBoxLayout()
        said.setSpacing(SIZES.grid + 2)
        said.addWidget(IconLabel(_ICONS[severity], _TOKENS[severity]), 0, Qt.AlignmentFlag.AlignVCenter)
        said.addLayout(self._words, 1)
        self._buttons = QWidget()
        self._add_buttons(title, show, fix)
        self._outer = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._outer.setContentsMargins(SIZES.gap - 2, SIZES.grid + 2, SIZES.gap - 2, SIZES.grid + 2)
        self._outer.setSpacing(SIZES.grid + 2)
        self._outer.addLayout(said, 1)
        middle = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self._outer.addWidget(self._buttons, 0, middle)
        self._buttons.setVisible(bool(show or fix))
        self.setMinimumHeight(SIZES.control + 2 * SIZES.grid + SIZES.half)
        self.setAccessibleName(f"{severity}: {title}")
        self.setAccessibleDescription(sentence)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sentence goes below the title where there is no room beside it, the buttons below the sentence."""
        super().resizeEvent(event)
        direction = QBoxLayout.Direction
        squeezed = event.size().width() - self._buttons.sizeHint().width() < _LEAST_WORDS
        self._outer.setDirection(direction.TopToBottom if squeezed else direction.LeftToRight)
        stacked = event.size().width() < self._width_for_one_line()
        self._words.setDirection(direction.TopToBottom if stacked else direction.LeftToRight)
        self._words.setSpacing(2 if stacked else SIZES.grid + 2)
        self._title.setWordWrap(stacked)
        self._words.setStretch(0, 0)

    def _width_for_one_line(self) -> int:
        beside = self._title_width + self._sentence_width + _ROOM
        return beside + sum(
            button.sizeHint().width() + SIZES.grid for button in self.findChildren(QPushButton)
        )

    def _add_buttons(self, title: str, show: str, fix: str) -> None:
        layout = QHBoxLayout(self._buttons)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.grid + 2)
        if show:
            button = GhostButton(show)
            button.setAccessibleName(f"{show}: {title}")
            button.clicked.connect(self.showRequested)
            layout.addWidget(button)
        if fix:
            mend = SecondaryButton(fix)
            mend.setAccessibleName(f"{fix}: {title}")
            mend.clicked.connect(self.fixRequested)
            layout.addWidget(mend)
