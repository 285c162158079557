"""Notes: the ideas behind the controls, one reader with a search, and what moves under some of them.

The same notes stand in the Why panel.

Must not import torch, pandas, numpy, pyqtgraph or another page.
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.ui.actions import Actions
from studio.ui.explainers import explainers_of
from studio.ui.explainers.view import ExplainerCard
from studio.ui.pages.base import Page
from studio.ui.preview import preview
from studio.ui.shell.why_panel import NoteView, note_names, note_text
from studio.ui.store import Store
from studio.ui.theme import SIZES
from studio.ui.widgets import Card, DimLabel, columns, scrolled
from studio.ui.widgets.layout import cleared

_WIDEST = 680
_LIST = 240
_NAME = Qt.ItemDataRole.UserRole


class NotesPage(Page):
    """The reader."""

    key: ClassVar[str] = "notes"
    title: ClassVar[str] = "Notes"

    def __init__(self, store: Store, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(store, actions, parent)
        self.set_subtitle("The ideas behind the controls")
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search the notes")
        self._search.setClearButtonEnabled(True)
        self._search.setAccessibleName("Search the notes")
        self._list = QListWidget()
        self._list.setAccessibleName("Notes")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._none = DimLabel("No note speaks of that.", wrap=True)
        self._note = NoteView()
        self._note.setMaximumWidth(_WIDEST)
        self._explained = QVBoxLayout()
        self._arrange()
        self._search.textChanged.connect(self.search)
        self._list.currentItemChanged.connect(self._chosen)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._search.setFocus)
        self.search("")

    def _arrange(self) -> None:
        left, right = Card(), Card()
        left.body.addWidget(self._search)
        left.body.addWidget(self._none)
        left.body.addWidget(self._list, 1)
        text = QWidget()
        layout = QVBoxLayout(text)
        layout.setContentsMargins(SIZES.grid, 0, SIZES.gap, SIZES.gap)
        layout.setSpacing(SIZES.gap)
        layout.addWidget(self._note)
        layout.addLayout(self._explained)
        layout.addStretch(1)
        right.body.addWidget(scrolled(text), 1)
        self.body.addWidget(columns(left, right, _LIST), 1)

    @Slot(str)
    def search(self, words: str) -> None:
        """Show the notes in which all of these words stand."""
        kept = self._list.currentItem().data(_NAME) if self._list.currentItem() is not None else None
        self._list.clear()
        for name, title in found(words):
            item = QListWidgetItem(title)
            item.setData(_NAME, name)
            self._list.addItem(item)
            if name == kept:
                self._list.setCurrentItem(item)
        self._none.setVisible(self._list.count() == 0)
        if self._list.currentItem() is None and self._list.count():
            self._list.setCurrentRow(0)

    @Slot(QListWidgetItem, QListWidgetItem)
    def _chosen(self, now: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if now is not None:
            self._note.set_markdown(note_text(now.data(_NAME)))
            self._note.setAccessibleName(now.text())
            self._explain(now.data(_NAME))

    def _explain(self, note: str) -> None:
        """Put what moves under a note."""
        cleared(self._explained)
        found = explainers_of(note)
        if found:
            card = ExplainerCard(found)
            card.setMaximumWidth(_WIDEST)
            self._explained.addWidget(card)


@lru_cache(maxsize=1)
def _notes() -> tuple[tuple[str, str, str], ...]:
    """Name, title and text of every note, by title."""
    texts = ((name, note_text(name)) for name in note_names())
    return tuple(sorted(((name, _title(text, name), text) for name, text in texts), key=_by_title))


def _by_title(note: tuple[str, str, str]) -> str:
    return note[1].lower()


def _title(text: str, name: str) -> str:
    first = next((line for line in text.splitlines() if line.startswith("#")), "")
    return first.lstrip("# ").strip() or name.replace("-", " ").capitalize()


def found(words: str) -> tuple[tuple[str, str], ...]:
    """Name and title of the notes with all the words in them; those with the words in their title first."""
    wanted = words.lower().split()
    hits = [(n, t) for n, t, text in _notes() if all(word in f"{t} {text}".lower() for word in wanted)]
    return tuple(sorted(hits, key=lambda hit: not all(word in hit[1].lower() for word in wanted)))


def fill_sample(store: Store) -> None:
    """The notes are the studio's own: nothing is needed."""


if __name__ == "__main__":
    raise SystemExit(preview(NotesPage, fill_sample))
