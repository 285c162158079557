"""What the curves say in one line, with the reason, the buttons that edit the recipe, and the note behind it.

Must not import: the store, numpy.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.engine.messages import Fix
from studio.project.curve_rules import Diagnosis
from studio.ui.pages.card_margins import set_margins
from studio.ui.theme import SIZES
from studio.ui.widgets import (
    Card,
    DimLabel,
    GhostButton,
    HeadingLabel,
    IconLabel,
    MenuButton,
    SecondaryButton,
    row,
    set_note,
    set_tone,
)

_ICONS = {"good": "keep", "warning": "warning", "error": "error", "dim": "info"}


class DiagnosisBar(Card):
    """Title in its colour, sentence, the likeliest edit, more of them in a menu, and "Why".

    Signals
    -------
    whyRequested(str)
        The name of the note.
    fixRequested(object)
        An edit of the recipe (`Fix`).
    chosen(object)
        Another finding (`Diagnosis` or None) is shown: its evidence is to be marked on the curves.
    """

    whyRequested = Signal(str)
    fixRequested = Signal(object)
    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._icon = IconLabel("info", "dim")
        self._title, self._sentence = HeadingLabel(), DimLabel(wrap=True)
        self._title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.fix = SecondaryButton("")
        self.more = MenuButton("Other ways")
        self.next = GhostButton("")
        self.why = GhostButton("Why?")
        self.fix.clicked.connect(self._ask_fix)
        self.more.chosen.connect(self._ask_other)
        self.next.clicked.connect(self._show_next)
        self.why.clicked.connect(self._ask_why)
        self._found: tuple[tuple[Diagnosis, tuple[Fix, ...]], ...] = ()
        self._place = 0
        line = row(
            self._icon, self._title, self._sentence, self.next, self.why, self.more, self.fix, gap=SIZES.grid
        )
        line.setStretch(2, 1)
        line.setAlignment(self._icon, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(line)
        set_margins(self, SIZES.gap, SIZES.grid, SIZES.grid + SIZES.half, SIZES.grid)
        self.setMinimumHeight(56)
        self.show_findings(())

    def show_findings(
        self, found: Sequence[tuple[Diagnosis, tuple[Fix, ...]]], waiting: str = "", editable: bool = True
    ) -> None:
        """Show findings with their edits, or the sentence for when there is none yet; nothing hides the bar."""
        kinds = [one.kind for one, _ in self._found]
        if [one.kind for one, _ in found] != kinds:
            self._place = 0
        self._found = tuple(found)
        self.setVisible(bool(found) or bool(waiting))
        self._sentence.setText(waiting)
        for part in (self.why, self._title):
            part.setVisible(bool(found))
        self.fix.setEnabled(editable)
        self.more.setEnabled(editable)
        self._write()

    def current(self) -> Diagnosis | None:
        """The finding shown."""
        return self._found[self._place][0] if self._found else None

    def _write(self) -> None:
        shown = self.current()
        fixes = self._found[self._place][1] if self._found else ()
        self.next.setVisible(len(self._found) > 1)
        self.next.setText(f"{self._place + 1} of {len(self._found)}")
        self.next.setToolTip("Show the next finding")
        self.fix.setVisible(bool(fixes))
        self.more.setVisible(len(fixes) > 1)
        self.chosen.emit(shown)
        if shown is None:
            self._icon.set("info", "faint")
            return
        if fixes:
            self.fix.setText(fixes[0].label)
            self.fix.setToolTip("Edits the recipe; the next run is trained so. Undo takes it back.")
        self.more.set_entries([(str(place), fix.label) for place, fix in enumerate(fixes) if place])
        set_note(self.why, shown.note)
        self.why.setToolTip(shown.reason or "Show the note about this")
        self._title.setText(shown.title)
        set_tone(self._title, shown.tone)
        self._sentence.setText(shown.sentence)
        self._sentence.setToolTip(shown.reason)
        self._icon.set(_ICONS[shown.tone], shown.tone)
        self.setAccessibleName(f"Diagnosis: {shown.title}")
        self.setAccessibleDescription(f"{shown.sentence} {shown.reason}".strip())

    def title(self) -> str:
        """The words of the title."""
        return self._title.text()

    def sentence(self) -> str:
        """The words of the sentence."""
        return self._sentence.text()

    def _show_next(self) -> None:
        self._place = (self._place + 1) % max(1, len(self._found))
        self._write()

    def _ask_fix(self) -> None:
        self.fixRequested.emit(self._found[self._place][1][0])

    def _ask_other(self, key: str) -> None:
        self.fixRequested.emit(self._found[self._place][1][int(key)])

    def _ask_why(self) -> None:
        shown = self.current()
        if shown is not None:
            self.why.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.whyRequested.emit(shown.note)
