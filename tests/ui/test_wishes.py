"""What a page wants of the window: another page, a note, one item where it can be cleaned."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from studio.ui.pages.clean import CleanPage
from studio.ui.pages.results import ResultsPage
from studio.ui.pages.results_parts.kinds_sample import fill_rows
from studio.ui.preview import PrintedActions
from studio.ui.steps import page_specs
from studio.ui.store import Store
from studio.ui.window import StudioWindow
from studio.ui.wiring import Wiring


class Small(QObject):
    """The window, joined to a store, without an engine."""

    def __init__(self) -> None:
        super().__init__()
        self.store, self.actions = Store(self), PrintedActions(self)
        fill_rows(self.store)
        self.wiring: Wiring | None = None
        self.window = StudioWindow(page_specs(self.store, self.actions, self._made))
        self.wiring = Wiring(self.window, self.store, self.actions, self)

    def _made(self, page: object) -> None:
        assert self.wiring is not None
        self.wiring.page_made(page)  # type: ignore[arg-type]


@pytest.fixture
def small(qtbot: QtBot, themed: object) -> Iterator[Small]:
    made = Small()
    made.window.resize(1440, 900)
    with qtbot.waitExposed(made.window):
        made.window.show()
    yield made
    made.window.close()
    made.window.deleteLater()
    made.deleteLater()


def test_a_double_click_in_the_results_leads_to_the_item_in_clean(small: Small) -> None:
    small.window.show_page("results")
    page = small.window.page("results")
    assert isinstance(page, ResultsPage)
    wanted = page.items.items()[7]
    page.items.grid.opened.emit(7)
    assert small.window.current_page() == "clean"
    clean = small.window.page("clean")
    assert isinstance(clean, CleanPage)
    current = clean._current()
    assert current is not None
    assert current.key == wanted.key


def test_why_this_matters_opens_the_note(small: Small) -> None:
    small.window.show_page("results")
    small.window.why.set_open(False)
    page = small.window.page("results")
    assert isinstance(page, ResultsPage)
    page.noteRequested.emit("over-under-fitting")
    assert small.window.why.isVisible()
    assert small.window.why.note() == "over-under-fitting"
