"""The single list of notices: what a person should know, newest first, nothing said twice.

Must not import torch, pandas or numpy.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from studio.errors import UserError
from studio.ui.store import NoticeView, Store

LONGEST = 50


class Notices(QObject):
    """Writes `store.notices`; each entry may offer one way to mend it (a method of `Actions`)."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store

    def add(self, notice: NoticeView) -> NoticeView:
        """Put a notice on top; one that says the same moves up."""
        kept = [n for n in self._store.notices if n.text != notice.text]
        self._store.notices = [notice, *kept][:LONGEST]
        self._store.noticesChanged.emit()
        return notice

    def say(self, level: Any, text: str, hint: str = "", detail: str = "") -> NoticeView:
        """A notice without a button."""
        return self.add(NoticeView(level, text, hint, detail))

    def complain(self, error: UserError) -> NoticeView:
        """A `UserError` as a notice."""
        return self.say("error", error.message, error.hint)

    def take_back(self, notice: NoticeView) -> None:
        """Remove a notice that no longer holds; nothing happens where it is gone."""
        if notice in self._store.notices:
            self._store.notices = [n for n in self._store.notices if n != notice]
            self._store.noticesChanged.emit()
