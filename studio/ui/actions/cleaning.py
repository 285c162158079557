"""The cleaning journal from the window's side: marks, undo, and carrying them out.

Must not import torch, pandas or numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Slot

from studio.errors import UserError
from studio.project import Project
from studio.project.marks import said
from studio.ui.actions.context import Context
from studio.ui.actions.jobs import REFRESH_MS, Jobs
from studio.ui.background import in_background
from studio.ui.store import NoticeView

AT_ONCE = 8  # files hashed on the window's thread: a few milliseconds each at most


class Cleaning(QObject):
    """Marks. Those of few items are written at once, those of many from another thread."""

    def __init__(
        self, context: Context, jobs: Jobs, say: Callable[[str, str], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self.context, self._jobs, self._say = context, jobs, say

    def mark(self, keys: Sequence[str], action: str, value: Any = None) -> None:
        """Journal one decision about items."""
        project, chosen = self.context.own_project(), tuple(keys)
        words = said(action, len(chosen), value)
        if len(chosen) <= AT_ONCE:
            project.mark(chosen, action, value)
            self._marked(words)
            return
        in_background(
            self, lambda: (project.mark(chosen, action, value), words)[1], self._marked, self._failed
        )

    def undo(self) -> None:
        """Take back the last entry."""
        self._stepped("Taken back", self.context.own_project().journal.undo())

    def redo(self) -> None:
        """Bring back the entry taken back last."""
        self._stepped("Brought back", self.context.own_project().journal.redo())

    def apply(self) -> None:
        """Carry the marks out in the data folder."""
        project = self._quiet_project("move files")
        in_background(self, project.apply_marks, self._applied, self._failed)

    def undo_apply(self) -> None:
        """Put back what the last apply moved."""
        project = self._quiet_project("move files back")
        in_background(self, project.undo_apply, self._put_back, self._failed)

    def show(self) -> None:
        """Read the marks into the store."""
        store = self.context.store
        store.marks = store.project.journal.marks() if store.project is not None else {}
        store.marksChanged.emit()

    def _quiet_project(self, words: str) -> Project:
        if self.context.training():
            raise UserError(
                f"A run is training on these files, so the studio cannot {words} now.",
                "Wait or stop it first.",
            )
        return self.context.own_project()

    def _stepped(self, lead: str, words: str | None) -> None:
        if words is not None:
            self.show()
            self._say(f"{lead}: {words[:1].lower()}{words[1:]}", "")
            self._jobs.scan_soon(REFRESH_MS)

    @Slot(object)
    def _marked(self, words: str) -> None:
        self.show()
        self._say(words, "undo_mark")
        self._jobs.scan_soon(REFRESH_MS)

    @Slot(object)
    def _applied(self, answer: Any) -> None:
        self._moved(answer, "Put the files back", "undo_apply")

    @Slot(object)
    def _put_back(self, answer: Any) -> None:
        self._moved(answer, "", "")

    def _moved(self, answer: Any, fix: str, wanted: str) -> None:
        store = self.context.store
        self.show()
        if store.project is not None:
            store.recipe = store.project.recipe
            store.recipeChanged.emit()
        self._jobs.scan_soon(0)
        self.context.notices.add(
            NoticeView("info", answer.sentence, fix=fix, wanted=(wanted,) if wanted else ())
        )

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self.show()
        if isinstance(error, UserError):
            self.context.notices.complain(error)
        else:
            self.context.notices.say(
                "error", "The files could not all be handled.", "Nothing is lost: try again.", repr(error)
            )
