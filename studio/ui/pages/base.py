"""What every page shares: a header with one primary action, a body, and when it draws itself anew.

Rules: a page lays out widgets and reads the store; it calls actions and decides nothing. It lists the names of the
store's signals it depends on; a change marks it as stale and one `refresh` follows, once per turn of the event loop
and only while the page is visible. A hidden page refreshes when it is shown again.

Must not import torch, fastai, pandas, numpy or pyqtgraph. No page imports another page.
"""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.actions import Actions
from studio.ui.store import Store
from studio.ui.widgets import PageHeader, page_layout


class Page(QWidget):
    """One step of the window.

    Class attributes
    ----------------
    key, title : str
        The name in the rail's order of pages, and the words at the top of the page.
    listens : tuple of str
        Names of the store's signals after which `refresh` is due, for example ``("scanChanged", "recipeChanged")``.

    Attributes
    ----------
    store : Store
        What there is to show.
    do : Actions
        What a person can want: ``self.do.train()``.
    header : PageHeader
        Title, dim subtitle (`set_subtitle`), actions at the right (`add_action`, the primary one last).
    body : QVBoxLayout
        Everything below the header.
    changed : frozenset of str
        The signals since the last refresh; all of `listens` at the first one.

    Signals
    -------
    pageRequested(str)
        A button of this page leads to another one, by its key.
    noteRequested(str)
        "Why?" was pressed: show this note.
    itemRequested(str)
        A person wants to see one item, by its key, where it can be cleaned.
    """

    key: ClassVar[str] = ""
    title: ClassVar[str] = ""
    listens: ClassVar[tuple[str, ...]] = ()

    pageRequested = Signal(str)
    noteRequested = Signal(str)
    itemRequested = Signal(str)

    def __init__(self, store: Store, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.do = actions
        self.header = PageHeader(self.title)
        outer = page_layout(self)
        outer.addWidget(self.header)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(outer.spacing())
        outer.addLayout(self.body, 1)
        self.changed: frozenset[str] = frozenset(self.listens)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.refresh_now)
        for name in self.listens:
            getattr(store, name).connect(self._on_change)
        self.setAccessibleName(self.title)

    def refresh(self) -> None:
        """Show what the store holds; override. `self.changed` says what made this call necessary."""

    @Slot()
    def refresh_now(self) -> None:
        """Refresh at once where something changed (and once at the first show)."""
        if not self.changed:
            return
        self._soon.stop()
        self.refresh()
        self.changed = frozenset()

    @Slot()
    def _on_change(self) -> None:
        self.changed |= {self._sending_signal()}
        if self.isVisible():
            self._soon.start(0)

    def _sending_signal(self) -> str:
        """Name of the store's signal that is being delivered."""
        method = self.store.metaObject().method(self.senderSignalIndex())
        return bytes(method.name().data()).decode()

    def show_item(self, key: str) -> None:
        """Bring one item to the fore; a page without items leaves this as it is."""

    def set_subtitle(self, text: str) -> None:
        """The dim words beside the title."""
        self.header.set_subtitle(text)

    def add_action(self, button: QWidget) -> None:
        """Put a button at the right of the header; the primary one comes last."""
        self.header.add_action(button)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh_now()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._soon.stop()
