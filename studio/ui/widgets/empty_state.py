"""What a place says while there is nothing in it: what will be here, and the button that brings it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.theme import SIZES
from studio.ui.widgets.buttons import SecondaryButton
from studio.ui.widgets.icons import IconLabel
from studio.ui.widgets.labels import DimLabel, HeadingLabel


class EmptyState(QWidget):
    """Icon, title, sentence and at most one action, in the middle of the place.

    Signals
    -------
    actionRequested()
    """

    actionRequested = Signal()

    def __init__(
        self, icon: str, title: str, sentence: str, action: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon = IconLabel(icon, "faint", SIZES.icon_large)
        self._title, self._sentence = HeadingLabel(), DimLabel(wrap=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._sentence.setFixedWidth(400)
        self._action = SecondaryButton()
        self._action.clicked.connect(self.actionRequested)
        layout = QVBoxLayout(self)
        layout.setSpacing(SIZES.grid)
        layout.addStretch(2)
        for widget in (self._icon, self._title, self._sentence, self._action):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.insertSpacing(4, SIZES.half)
        layout.addStretch(3)
        self.set(icon, title, sentence, action)

    def set(self, icon: str, title: str, sentence: str, action: str = "") -> None:
        """Say something else; an empty action hides the button."""
        self._icon.set(icon, "faint")
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._sentence.ensurePolished()
        self._sentence.setMinimumHeight(max(0, self._sentence.heightForWidth(self._sentence.width())))
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)
