"""The Clean page: marks by one key each go to the actions, filters, and an apply that is explained first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.project.marks import Mark
from studio.project.results import ItemResult, Results
from studio.ui.pages.clean import CleanPage, fill_sample
from studio.ui.pages.clean_parts.shown import (
    ALL_CLASSES,
    Filter,
    changed_validation,
    chosen,
    plan_words,
    probabilities,
)
from studio.ui.preview import PrintedActions
from studio.ui.store import JobView, Store


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn once for all tests of this file."""
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, pictures: Path) -> Store:
    monkeypatch.delenv("THAW_DATA", raising=False)
    monkeypatch.setattr("studio.ui.pages.results_parts.sample.mkdtemp", lambda **_: str(pictures))
    made = Store()
    fill_sample(made)
    made.marks = {}
    return made


def shown(qtbot: QtBot, store: Store) -> CleanPage:
    made = CleanPage(store, PrintedActions())
    qtbot.addWidget(made)
    made.resize(1000, 812)
    with qtbot.waitExposed(made):
        made.show()
    settled(qtbot, made)
    made.grid.setFocus()
    return made


def settled(qtbot: QtBot, page: CleanPage) -> None:
    """Wait until no picture is being read."""
    page.grid.grab()
    view = page.panel._view
    qtbot.waitUntil(lambda: page.loader.idle and view._loader.idle and not page.panel._later.isActive())


def asked(page: CleanPage) -> list[tuple[str, tuple[Any, ...], dict[str, Any]]]:
    assert isinstance(page.do, PrintedActions)
    return page.do.asked


def key_at(page: CleanPage, place: int) -> str:
    return page._key_at(place)


def few() -> Results:
    items = (
        ItemResult("train/ant/a.jpg", False, "ant", "bee", 9.0),
        ItemResult("val/bee/b.jpg", True, "bee", "ant", 8.0),
        ItemResult("train/bee/c.jpg", False, "bee", "bee", 0.1),
    )
    return Results("image_classification", ("ant", "bee"), {}, items)


def test_filters_choose_by_set_class_and_mark() -> None:
    marks = {"val/bee/b.jpg": Mark("val/bee/b.jpg", "remove")}
    assert chosen(few(), marks, Filter("all")) == [0, 1, 2]
    assert chosen(few(), marks, Filter("training")) == [0, 2]
    assert chosen(few(), marks, Filter("all", "=bee")) == [1, 2]
    assert chosen(few(), marks, Filter("all", ALL_CLASSES, "marked")) == [1]
    assert chosen(few(), marks, Filter("all", ALL_CLASSES, "unmarked")) == [0, 2]


def test_marks_in_the_validation_set_are_counted_unless_they_keep() -> None:
    by_key = {item.key: item for item in few().items}
    assert changed_validation({"val/bee/b.jpg": Mark("val/bee/b.jpg", "remove")}, by_key) == 1
    assert changed_validation({"val/bee/b.jpg": Mark("val/bee/b.jpg", "keep")}, by_key) == 0
    assert changed_validation({"train/ant/a.jpg": Mark("train/ant/a.jpg", "remove")}, by_key) == 0


def test_the_plan_names_places_and_counts() -> None:
    marks = {"a": Mark("a", "remove"), "b": Mark("b", "relabel", "bee"), "c": Mark("c", "keep")}
    said = plan_words(marks, Path("/data"), Path("/p/trash"), "folders")
    assert "1 file goes to the trash of the project (/p/trash)" in said
    assert "1 file goes into the folder of the new class below /data" in said
    assert "put everything back" in said
    assert "your own table" in plan_words(marks, Path("/data"), Path("/p/trash"), "table")


def test_the_own_class_is_always_among_the_probabilities() -> None:
    item = ItemResult("k", False, "e", "a", 5.0, 0.6, (0.6, 0.2, 0.1, 0.06, 0.04))
    assert [name for name, _ in probabilities(item, "abcde", most=3)] == ["a", "b", "e"]


def test_one_key_marks_and_the_next_item_is_current(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    first, second = key_at(page, 0), key_at(page, 1)
    qtbot.keyClick(page.grid, Qt.Key.Key_K)
    assert asked(page)[-1] == ("mark", ([first], "keep"), {})
    assert page.grid.current() == 1
    qtbot.keyClick(page.grid, Qt.Key.Key_2)
    assert asked(page)[-1] == ("mark", ([second], "relabel", "bees"), {})
    third = key_at(page, 2)
    qtbot.keyClick(page.grid, Qt.Key.Key_Delete)
    assert asked(page)[-1] == ("mark", ([third], "remove"), {})
    qtbot.keyClick(page.grid, Qt.Key.Key_U)
    assert asked(page)[-1] == ("undo_mark", (), {})
    settled(qtbot, page)


def test_a_range_is_marked_in_one_go(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    keys = [key_at(page, place) for place in range(3)]
    for _ in range(2):
        qtbot.keyClick(page.grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(page.grid, Qt.Key.Key_Delete)
    assert asked(page)[-1] == ("mark", (keys, "remove"), {})
    assert len(page.grid.chosen()) == 3
    settled(qtbot, page)


def test_a_digit_without_a_class_does_nothing(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    qtbot.keyClick(page.grid, Qt.Key.Key_9)
    assert asked(page) == []


def test_marks_are_shown_on_tiles_and_in_the_bar(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    key = key_at(page, 0)
    store.marks = {key: Mark(key, "relabel", "bees")}
    store.marksChanged.emit()
    qtbot.waitUntil(lambda: page.bar.counts.text() == "1 mark: 1 relabel")
    tile = page._tile_at(0)
    assert (tile.mark, tile.badge) == ("relabel", "bees")
    assert page.retrain.isEnabled()
    settled(qtbot, page)


def test_apply_is_explained_and_only_the_second_click_asks_for_it(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    key = key_at(page, 0)
    assert not page.bar.apply.isEnabled()
    store.marks = {key: Mark(key, "remove")}
    store.marksChanged.emit()
    qtbot.waitUntil(page.bar.apply.isEnabled)
    page.bar.apply.click()
    assert page.bar.asking()
    assert "trash of the project" in page.bar.words.text()
    assert asked(page) == []
    page.bar.cancel.click()
    assert not page.bar.asking()
    page.bar.apply.click()
    assert page.bar.confirm.text() == "Move 1 file"
    page.bar.confirm.click()
    assert asked(page)[-1] == ("apply_marks", (), {})
    settled(qtbot, page)


def test_a_changed_validation_set_is_warned_about(qtbot: QtBot, store: Store) -> None:
    assert store.results is not None
    key = next(item.key for item in store.results.items if item.valid)
    store.marks = {key: Mark(key, "remove")}
    page = shown(qtbot, store)
    assert page.warning is not None
    assert "cannot be compared" in page.warning.accessibleDescription()
    page.warning.showRequested.emit()
    assert [page._key_at(i) for i in range(len(page._shown))] == [key]
    settled(qtbot, page)


def test_retraining_trains_and_leads_to_the_train_page(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    key = key_at(page, 0)
    store.marks, store.job = {key: Mark(key, "remove")}, None
    store.marksChanged.emit()
    qtbot.waitUntil(page.retrain.isEnabled)
    with qtbot.waitSignal(page.pageRequested) as heard:
        page.retrain.click()
    assert heard.args == ["train"]
    assert asked(page)[-1] == ("train", (), {})
    settled(qtbot, page)


def test_a_read_only_project_is_not_marked(qtbot: QtBot, store: Store) -> None:
    assert store.project is not None
    store.project.read_only = True
    page = shown(qtbot, store)
    qtbot.keyClick(page.grid, Qt.Key.Key_K)
    assert asked(page) == []
    assert not page.bar.undo.isEnabled()


def test_the_panel_shows_the_current_item(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    page._set_which("validation")
    page.grid.choose(0)
    item = page._current()
    assert item is not None
    assert page.panel.heading.text() == f"{item.target}, seen as {item.predicted}"
    assert {name for name, _ in page.panel.bars.rows()} == {"ants", "bees"}
    settled(qtbot, page)
    assert "320 × 240 px" in page.panel._file.text()


def test_the_current_item_stays_current_through_a_filter(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    page.grid.choose(4)
    item = page._current()
    page._set_which("all")
    assert page._current() is item
    settled(qtbot, page)


def test_without_results_it_says_what_to_do(qtbot: QtBot) -> None:
    store = Store()
    store.job = JobView(1, "Scan")
    page = CleanPage(store, PrintedActions())
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    assert "Train a model" in page.empty.accessibleDescription()
    assert not page.bar.isVisible()
    with qtbot.waitSignal(page.pageRequested):
        page.empty.actionRequested.emit()


def test_a_model_without_items_says_why_there_is_nothing_to_clean(qtbot: QtBot) -> None:
    store = Store()
    store.results, store.results_run = Results("text", (), {"perplexity": 97.8}, ()), 1
    page = CleanPage(store, PrintedActions())
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    assert page.empty.isVisible() and "language model" in page.empty.accessibleName()
    assert not any(part.isVisible() for part in (page.bar, page.which, page.marked, page.cls, page.retrain))
    with qtbot.waitSignal(page.pageRequested) as heard:
        page.empty.actionRequested.emit()
    assert heard.args == ["results"]


def test_a_filter_that_leaves_nothing_says_so_and_shows_all_again(qtbot: QtBot, store: Store) -> None:
    store.marks = {}
    page = shown(qtbot, store)
    page.marked.chosen.emit("marked")
    assert page.empty.isVisible() and page.empty.accessibleName() == "No photo is marked here"
    page.empty.actionRequested.emit()
    assert not page.empty.isVisible() and page.grid.current() == 0
    settled(qtbot, page)
