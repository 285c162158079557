"""Notices: what happened while one looked elsewhere. Never modal; every word can be copied.

Rules: a notice says what happened, what it means and what to do, with the button that does it.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.shell.popover import Popover
from studio.ui.theme import SIZES
from studio.ui.widgets.buttons import GhostButton, IconButton, SecondaryButton
from studio.ui.widgets.finding_card import Severity
from studio.ui.widgets.icons import IconLabel
from studio.ui.widgets.labels import HeadingLabel, SelectableLabel
from studio.ui.widgets.layout import row, rule
from studio.ui.widgets.scroll import scrolled

_WIDTH = 440
_MOST = 420
_ICONS = {
    "error": ("error", "error"),
    "warning": ("warning", "warning"),
    "info": ("info", "accent"),
    "good": ("keep", "good"),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice; `number` names it in signals, `fix` is the button's text or empty."""

    number: int
    severity: Severity
    title: str
    text: str
    hint: str = ""
    fix: str = ""

    def words(self) -> str:
        """All of it as plain text, for the clipboard."""
        return "\n".join(part for part in (self.title, self.text, self.hint) if part)


class NoticeRow(QFrame):
    """One notice in the list.

    Signals
    -------
    fixRequested(int), dismissRequested(int)
    """

    fixRequested = Signal(int)
    dismissRequested = Signal(int)

    def __init__(self, notice: Notice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notice = notice
        icon, colour = _ICONS[notice.severity]
        words = QVBoxLayout()
        words.setSpacing(SIZES.half)
        words.addWidget(HeadingLabel(notice.title, wrap=True))
        words.addWidget(SelectableLabel(notice.text))
        if notice.hint:
            hint = SelectableLabel(notice.hint)
            hint.setProperty("tone", "dim")
            words.addWidget(hint)
        words.addSpacing(SIZES.half)
        words.addLayout(self._buttons())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, SIZES.half, 0, SIZES.half)
        layout.setSpacing(SIZES.grid + SIZES.half)
        layout.addWidget(IconLabel(icon, colour), 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        self.setAccessibleName(f"{notice.severity}: {notice.title}")

    def _buttons(self) -> QHBoxLayout:
        copy = GhostButton("Copy", "copy")
        copy.clicked.connect(self.copy)
        dismiss = GhostButton("Dismiss")
        dismiss.clicked.connect(self._dismiss)
        made = row(copy, dismiss, None, gap=SIZES.half)
        made.setContentsMargins(0, 0, 0, 0)
        if self._notice.fix:
            fix = SecondaryButton(self._notice.fix)
            fix.clicked.connect(self._fix)
            made.insertWidget(0, fix)
        return made

    def copy(self) -> None:
        """Put the whole notice on the clipboard."""
        QGuiApplication.clipboard().setText(self._notice.words())

    def _fix(self) -> None:
        self.fixRequested.emit(self._notice.number)

    def _dismiss(self) -> None:
        self.dismissRequested.emit(self._notice.number)


class NoticesPanel(Popover):
    """The list, newest first, above the status bar.

    Signals
    -------
    fixRequested(int), dismissRequested(int), clearRequested()
    """

    fixRequested = Signal(int)
    dismissRequested = Signal(int)
    clearRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH)
        self.setAccessibleName("Notices")
        clear = GhostButton("Dismiss all")
        clear.clicked.connect(self.clearRequested)
        close = IconButton("close", "Close the notices")
        close.clicked.connect(self.put_away)
        self.body.addLayout(row(HeadingLabel("Notices"), None, clear, close, gap=SIZES.half))
        self._area = scrolled(QWidget())
        self.body.addWidget(self._area)
        self._content: QWidget | None = None
        self._notices: tuple[Notice, ...] = ()

    def notices(self) -> tuple[Notice, ...]:
        """The list as it is, oldest first."""
        return self._notices

    def set_notices(self, notices: tuple[Notice, ...]) -> None:
        """Replace the list; an empty one closes the panel."""
        self._notices = notices
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, SIZES.half, 0)
        for position, notice in enumerate(reversed(notices)):
            if position:
                layout.addWidget(rule())
            layout.addWidget(self._row(notice))
        layout.addStretch(1)
        content.setObjectName("scrolled")
        self._area.setWidget(content)
        self._content = content
        if not notices:
            self.put_away()
        elif self.isVisible():
            self.place(right=True)

    def place(self, right: bool = False) -> None:
        """Take the height of the rows, up to a bound, before finding a place."""
        if self._content is not None:
            tall = self._content.heightForWidth(_WIDTH - 2 * SIZES.gap)
            self._content.setFixedHeight(tall)  # wrapped labels ask for more than they take
            self._area.setFixedHeight(min(_MOST, tall))
        super().place(right)

    def _row(self, notice: Notice) -> NoticeRow:
        made = NoticeRow(notice)
        made.fixRequested.connect(self.fixRequested)
        made.dismissRequested.connect(self.dismissRequested)
        return made
