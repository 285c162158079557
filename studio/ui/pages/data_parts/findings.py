"""The doctor's findings as cards, the worst first; each can show its items and offer its fix.

Rules: shows what it is given and tells what a person wants. Must not import: the store, actions, torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.engine import messages as m
from studio.ui.pages.data_parts import words
from studio.ui.pages.data_parts.finding_items import FindingItems
from studio.ui.theme import SIZES
from studio.ui.widgets import FindingCard, SegmentedControl, row

ALL = "all"


class FindingView(QWidget):
    """One finding; "Show" opens the list of its items below.

    Signals
    -------
    fixRequested(object)
        The values that mend it, by field.
    """

    fixRequested = Signal(object)

    def __init__(
        self, finding: m.Finding, can_fix: bool, root: Path | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.finding, self._root = finding, root
        fix = finding.fix.label if finding.fix is not None and can_fix else ""
        show = "Show" if finding.items else ""
        self.card = FindingCard(finding.severity, finding.title, finding.meaning, show=show, fix=fix)
        self.card.showRequested.connect(self.toggle_items)
        self.card.fixRequested.connect(self._fix)
        self.items: FindingItems | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SIZES.half)
        self._layout.addWidget(self.card)

    @Slot()
    def toggle_items(self) -> None:
        """Open or close the list of items."""
        if self.items is None:
            self.items = FindingItems(self.finding, self._root)
            self.items.itemOpened.connect(self._open)
            self._layout.addWidget(self.items)
            self.items.show()
        else:
            self.items.setVisible(self.items.isHidden())

    @Slot(object)
    def _open(self, path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    @Slot()
    def _fix(self) -> None:
        if self.finding.fix is not None:
            self.fixRequested.emit(dict(self.finding.fix.values))


class Findings(QWidget):
    """All findings, a filter where they are of several kinds, and a green card where nothing is wrong.

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
        self.filter: SegmentedControl | None = None
        self._only = ALL
        self._bar = row()
        self._layout.addLayout(self._bar)
        self._views: list[FindingView] = []
        self._good: FindingCard | None = None
        self._shown: tuple[Any, ...] = ()

    def show_findings(
        self,
        findings: Sequence[m.Finding] | None,
        scan: m.Scanned | None,
        can_fix: bool,
        root: Path | None = None,
        is_done: bool = True,
    ) -> None:
        """Draw the cards anew where something changed; None says that the checks have not run yet."""
        wanted = (None if findings is None else tuple(findings), scan, can_fix, root, is_done)
        if wanted == self._shown:
            return
        self._shown = wanted
        self._clear()
        self._show_filter(findings or ())
        for finding in words.by_severity(findings or ()):
            view = FindingView(finding, can_fix, root)
            view.fixRequested.connect(self.fixRequested)
            self._layout.addWidget(view)
            self._views.append(view)
        calm = findings is not None and all(f.severity == "info" for f in findings)
        if calm and scan is not None and is_done:
            self._good = FindingCard("good", *words.all_fine(scan), show="")
            self._layout.addWidget(self._good)

        self._filter_views()

    def _show_filter(self, findings: Sequence[m.Finding]) -> None:
        """A choice of severities, where there is more than one."""
        choices = words.severity_choices(findings)
        if len(choices) < 3:
            self._only = ALL
            return
        if self._only not in dict(choices):
            self._only = ALL
        self.filter = SegmentedControl(choices, self._only)
        self.filter.setAccessibleName("Which findings")
        self.filter.setToolTip("Show only errors, warnings or notes")
        self.filter.keyChosen.connect(self._choose)
        self._bar.addWidget(self.filter)
        self._bar.addStretch(1)

    @Slot(str)
    def _choose(self, key: str) -> None:
        self._only = key
        self._filter_views()

    def _filter_views(self) -> None:
        for view in self._views:
            view.setVisible(self._only in (ALL, view.finding.severity))

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
        while self._bar.count():
            self._bar.takeAt(0)
        if self.filter is not None:
            self.filter.deleteLater()
            self.filter = None
