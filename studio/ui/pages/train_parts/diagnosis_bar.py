"""The diagnosis of a run in one line, with the note that explains it one click away.

Must not import: the store, numpy.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.diagnosis import Diagnosis
from studio.ui.pages.card_margins import set_margins
from studio.ui.theme import SIZES
from studio.ui.widgets import (
    Card,
    DimLabel,
    HeadingLabel,
    IconLabel,
    SecondaryButton,
    row,
    set_note,
    set_tone,
)

_ICONS = {"good": "keep", "warning": "warning", "error": "error", "dim": "info"}


class DiagnosisBar(Card):
    """Title in its colour, sentence, and "Why this matters".

    Signals
    -------
    whyRequested(str)
        The name of the note.
    """

    whyRequested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._icon = IconLabel("info", "dim")
        self._title, self._sentence = HeadingLabel(), DimLabel(wrap=True)
        self._title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.why = SecondaryButton("Why this matters")
        self.why.clicked.connect(self._ask_why)
        self._note = ""
        line = row(self._icon, self._title, self._sentence, self.why, gap=SIZES.grid + SIZES.half)
        line.setStretch(2, 1)
        line.setAlignment(self._icon, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(line)
        set_margins(self, SIZES.gap, SIZES.grid, SIZES.grid + SIZES.half, SIZES.grid)
        self.setMinimumHeight(56)
        self.show_diagnosis(None)

    def show_diagnosis(self, found: Diagnosis | None, waiting: str = "") -> None:
        """Show a diagnosis, or the sentence for when there is none yet; nothing at all hides the bar."""
        self.setVisible(found is not None or bool(waiting))
        self.why.setVisible(found is not None)
        self._title.setVisible(found is not None)
        self._sentence.setText(found.sentence if found is not None else waiting)
        if found is None:
            self._icon.set("info", "faint")
            return
        self._note = found.note
        set_note(self.why, found.note)
        self._title.setText(found.title)
        set_tone(self._title, found.tone)
        self._icon.set(_ICONS[found.tone], found.tone)
        self.setAccessibleName(f"Diagnosis: {found.title}")
        self.setAccessibleDescription(found.sentence)

    def title(self) -> str:
        return self._title.text()

    def sentence(self) -> str:
        return self._sentence.text()

    def _ask_why(self) -> None:
        self.why.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.whyRequested.emit(self._note)
