"""The doctor's findings as cards, the worst first; each can name its items and offer its fix.

Rules: shows what it is given and tells what a person wants. Must not import: the store, actions, torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.engine import messages as m
from studio.ui.pages.data_parts import words
from studio.ui.theme import SIZES
from studio.ui.widgets import Card, FindingCard, GhostButton, SelectableLabel, SmallLabel, row


class FindingView(QWidget):
    """One finding; "Show" opens the list of its items below.

    Signals
    -------
    fixRequested(object)
        The values that mend it, by field.
    """

    fixRequested = Signal(object)

    def __init__(self, finding: m.Finding, can_fix: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finding = finding
        fix = finding.fix.label if finding.fix is not None and can_fix else ""
        show = "Show" if finding.items else ""
        self.card = FindingCard(finding.severity, finding.title, finding.meaning, show=show, fix=fix)
        self.card.showRequested.connect(self.toggle_items)
        self.card.fixRequested.connect(self._fix)
        self.items: Card | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SIZES.half)
        self._layout.addWidget(self.card)

    @Slot()
    def toggle_items(self) -> None:
        """Open or close the list of items."""
        if self.items is None:
            self.items = self._make_items()
            self._layout.addWidget(self.items)
            self.items.show()
        else:
            self.items.setVisible(self.items.isHidden())

    @Slot()
    def copy_items(self) -> None:
        """Put the names of the items on the clipboard, one a line."""
        QGuiApplication.clipboard().setText("\n".join(self.finding.items))

    def _make_items(self) -> Card:
        made = Card()
        copy = GhostButton("Copy", "copy")
        copy.setAccessibleName(f"Copy the names: {self.finding.title}")
        copy.clicked.connect(self.copy_items)
        made.body.addLayout(row(SelectableLabel("\n".join(self.finding.items)), copy))
        rest = words.more_items(self.finding)
        if rest:
            made.body.addWidget(SmallLabel(rest))
        return made

    @Slot()
    def _fix(self) -> None:
        if self.finding.fix is not None:
            self.fixRequested.emit(dict(self.finding.fix.values))


class Findings(QWidget):
    """All findings, and a green card where nothing is wrong.

    Signals
    -------
    fixRequested(object)
        The values that mend a finding, by field.
    """

    fixRequested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SIZES.grid + SIZES.half)
        self._views: list[FindingView] = []
        self._good: FindingCard | None = None
        self._shown: tuple[Any, ...] = ()

    def show_findings(
        self, findings: Sequence[m.Finding] | None, scan: m.Scanned | None, can_fix: bool
    ) -> None:
        """Draw the cards anew where something changed; None says that the checks have not run yet."""
        wanted = (None if findings is None else tuple(findings), scan, can_fix)
        if wanted == self._shown:
            return
        self._shown = wanted
        self._clear()
        for finding in words.by_severity(findings or ()):
            view = FindingView(finding, can_fix)
            view.fixRequested.connect(self.fixRequested)
            self._layout.addWidget(view)
            self._views.append(view)
        calm = findings is not None and all(f.severity == "info" for f in findings)
        if calm and scan is not None:
            self._good = FindingCard("good", *words.all_fine(scan), show="")
            self._layout.addWidget(self._good)

    def views(self) -> tuple[FindingView, ...]:
        """The cards, from top to bottom."""
        return tuple(self._views)

    def all_is_fine(self) -> bool:
        """Whether the green card is shown."""
        return self._good is not None

    def _clear(self) -> None:
        for old in (*self._views, *([self._good] if self._good is not None else [])):
            self._layout.removeWidget(old)
            old.deleteLater()
        self._views, self._good = [], None
