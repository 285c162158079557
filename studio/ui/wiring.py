"""Joins the shell to the store and the actions: what is shown comes from `shown.py`, what is wanted goes to `Actions`.

Rules: no decision is made here; one slot per part of the shell. Must not import torch, pandas, numpy or pyqtgraph.
"""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from studio.ui import shown
from studio.ui.actions import Actions
from studio.ui.notify import Ends, Notifier
from studio.ui.pages.base import Page
from studio.ui.store import Store
from studio.ui.widgets.words import duration
from studio.ui.window import StudioWindow

SAVED_EVERY_MS = 5000


class Wiring(QObject):
    """Keeps the shell of one window up to date."""

    def __init__(self, window: StudioWindow, store: Store, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._store, self._actions = window, store, actions
        self._kept_at: float | None = None
        self._kept_count = 0
        self._taken: tuple[int, int] | None = None
        self._take_back = ""
        self._ends = Ends(store, Notifier(window, self), self)
        self._clock = QTimer(self)
        self._clock.setInterval(SAVED_EVERY_MS)
        self._clock.timeout.connect(self._show_saved)
        self._listen()
        self._ask()
        self._shortcuts()

    def show_all(self) -> None:
        """Everything at once."""
        self._show_project()
        self._show_state()
        self._show_gauge()
        self._show_notices()

    def page_made(self, page: QWidget) -> None:
        """A page was built: its wishes for other pages are heard from now on."""
        if isinstance(page, Page):
            page.pageRequested.connect(self._window.show_page)
            page.noteRequested.connect(self._show_note)
            page.itemRequested.connect(self._show_item)

    # -- the store is heard

    def _listen(self) -> None:
        store = self._store
        store.projectChanged.connect(self._show_project)
        for signal in (store.engineChanged, store.jobChanged, store.runChanged, store.runsChanged):
            signal.connect(self._show_state)
        for signal in (store.scanChanged, store.findingsChanged, store.rateChanged, store.resultsChanged):
            signal.connect(self._show_marks)
        for signal in (store.marksChanged, store.shipChanged):
            signal.connect(self._show_marks)
        for signal in (store.gaugeChanged, store.estimateChanged, store.recipeChanged):
            signal.connect(self._show_gauge)
        store.runChanged.connect(self._show_taken)
        store.recipeChanged.connect(self._show_saved)
        store.noticesChanged.connect(self._show_notices)

    @Slot()
    def _show_project(self) -> None:
        store, window = self._store, self._window
        name = store.recipe.name if store.recipe is not None else ""
        window.header.set_project(name, store.problem.title.lower() if store.problem is not None else "")
        window.show_home(store.project is None)
        window.gauge.setVisible(True)
        if store.project is None:
            window.show_page("home")
        self._kept_at, self._kept_count = None, 0
        self.show_title()
        self._show_state()
        self._show_gauge()
        self._show_saved()

    @Slot()
    def show_title(self) -> None:
        """The window's title: project, page, program."""
        project = self._store.recipe.name if self._store.recipe is not None else ""
        page = self._window.windowTitle().split(" · ")[-2:-1]
        parts = [project, *page] if project else []
        self._window.setWindowTitle(" · ".join([*parts, "Thaw Studio"]))

    @Slot()
    def _show_state(self) -> None:
        self._window.header.set_state(shown.run_state(self._store))
        self._note_checkpoint()
        self._show_marks()

    @Slot()
    def _show_marks(self) -> None:
        for key, (mark, why) in shown.rail_marks(self._store).items():
            self._window.rail.set_mark(key, mark, why)

    @Slot()
    def _show_gauge(self) -> None:
        self._window.gauge.set_gauge(shown.gauge_view(self._store))

    @Slot()
    def _show_taken(self) -> None:
        """A run's batches come many a second; only what stages took matters here."""
        run = self._store.live
        now = (run.stage, len(run.memory)) if run is not None else None
        if now != self._taken:
            self._taken = now
            self._show_gauge()

    @Slot()
    def _show_notices(self) -> None:
        self._window.set_notices(shown.notices(self._store))

    def _note_checkpoint(self) -> None:
        live = self._store.live
        count = len(live.checkpoints) if live is not None and live.active else 0
        if count > self._kept_count:
            self._kept_at = time.monotonic()
            self._clock.start()
        if count == 0:
            self._kept_at = None
        if count != self._kept_count:
            self._kept_count = count
            self._show_saved()

    @Slot()
    def _show_saved(self) -> None:
        store, gauge = self._store, self._window.gauge
        if self._kept_at is None:
            self._clock.stop()
        if store.project is None:
            gauge.set_saved("")
        elif store.read_only:
            gauge.set_saved("reading only", good=False)
        elif self._kept_at is not None:
            gauge.set_saved(f"saved · checkpoint {_ago(time.monotonic() - self._kept_at)}")
        else:
            gauge.set_saved("saved")

    # -- the person is heard

    def _ask(self) -> None:
        window, actions = self._window, self._actions
        window.header.homeRequested.connect(actions.close_project)
        window.header.pauseRequested.connect(actions.pause)
        window.header.resumeRequested.connect(self._resume)
        window.header.stopKeepRequested.connect(actions.stop_keep)
        window.header.discardRequested.connect(actions.discard)
        window.gauge.batchChosen.connect(self._choose_batch)
        window.gauge.offerChosen.connect(self._take_offer)
        window.gauge.cardChosen.connect(self._choose_card)
        window.notices.fixRequested.connect(self._mend)
        window.notices.dismissRequested.connect(actions.dismiss_notice)
        window.notices.clearRequested.connect(self._dismiss_all)
        window.undo_bar.undoRequested.connect(self._undo_last)
        window.pageShown.connect(self.show_title)
        actions.pageWanted.connect(self._show_page)
        actions.opened.connect(self._opened)
        actions.did.connect(self._did)

    def _shortcuts(self) -> None:
        keys = QKeySequence.StandardKey
        for key, slot in (
            (keys.Undo, self._undo),
            (keys.Redo, self._redo),
            (keys.Refresh, self._actions.scan),
        ):
            QShortcut(QKeySequence(key), self._window).activated.connect(slot)

    @Slot()
    def _resume(self) -> None:
        if self._actions.context.training():
            self._actions.continue_()
            return
        run = shown.resumable_run(self._store)
        if run is not None:
            self._actions.resume(run)

    @Slot(object)
    def _choose_batch(self, batch: Any) -> None:
        also = {"accumulate": 1} if batch == "auto" else {}
        self._actions.set_stage(shown.gauge_stage(self._store), batch_size=batch, **also)

    @Slot(int)
    def _take_offer(self, number: int) -> None:
        offer = shown.gauge_offer(self._store, number)
        if offer is not None and offer.stage:
            self._actions.set_stage(shown.gauge_stage(self._store), **offer.stage)
        elif offer is not None:
            self._actions.set_values(offer.values)

    @Slot(int)
    def _choose_card(self, number: int) -> None:
        self._window.gauge.panel.put_away()
        self._actions.choose_card(number)

    @Slot(int)
    def _mend(self, number: int) -> None:
        self._window.notices.put_away()
        self._actions.mend(number)

    @Slot()
    def _dismiss_all(self) -> None:
        for index in reversed(range(len(self._store.notices))):
            self._actions.dismiss_notice(index)

    @Slot(str)
    def _show_page(self, key: str) -> None:
        if self._store.project is not None:
            self._window.show_page(key)

    @Slot(str)
    def _show_note(self, name: str) -> None:
        self._window.why.show_note(name)
        self._window.why.set_open(True)

    @Slot(str)
    def _show_item(self, key: str) -> None:
        self._window.show_page("clean")
        page = self._window.page("clean")
        if isinstance(page, Page):
            page.show_item(key)

    @Slot()
    def _opened(self) -> None:
        self._window.show_page("data")

    @Slot(str, str)
    def _did(self, words: str, take_back: str) -> None:
        self._take_back = take_back
        self._window.undo_bar.show_message(words, undo=bool(take_back))

    @Slot()
    def _undo_last(self) -> None:
        if self._take_back:
            getattr(self._actions, self._take_back)()

    @Slot()
    def _undo(self) -> None:
        (self._actions.undo_mark if self._window.current_page() == "clean" else self._actions.undo_recipe)()

    @Slot()
    def _redo(self) -> None:
        (self._actions.redo_mark if self._window.current_page() == "clean" else self._actions.redo_recipe)()


def _ago(seconds: float) -> str:
    return "just now" if seconds < SAVED_EVERY_MS / 1000 else f"{duration(seconds)} ago"
