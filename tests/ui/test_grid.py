"""The grid: where tiles lie, what keys and clicks choose, and that only what is visible is ever looked at."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.project.marks import Mark
from studio.project.results import ItemResult
from studio.ui.grid import item_words
from studio.ui.grid.geometry import GAP, Geometry
from studio.ui.grid.selection import Selection
from studio.ui.grid.tile import TileView
from studio.ui.grid.view import TileGrid
from studio.ui.samples.thumbnails import ThumbnailLoader

SHAPES = st.builds(
    Geometry, count=st.integers(0, 5000), width=st.integers(40, 3000), least=st.integers(40, 300)
)


@given(SHAPES)
def test_columns_fill_the_width_and_both_edges_are_straight(grid: Geometry) -> None:
    left, top, _, _ = grid.tile(0)
    assert (left, top) == (0, 0)
    x, _, width, _ = grid.tile(grid.columns - 1)
    assert x + width == grid.width


@given(SHAPES, st.data())
def test_a_point_inside_a_tile_hits_it(grid: Geometry, data: st.DataObject) -> None:
    if not grid.count or grid.width < 60:
        return
    index = data.draw(st.integers(0, grid.count - 1))
    x, y, width, height = grid.tile(index)
    assert grid.hit(x + width // 2, y + height // 2) == index
    assert grid.hit(x + width // 2, y + height + GAP // 2) is None


@given(SHAPES, st.integers(0, 100_000), st.integers(1, 2000))
def test_visible_tiles_are_those_that_touch_the_band(grid: Geometry, top: int, height: int) -> None:
    visible = grid.visible(top, height)
    for index in visible:
        _, y, _, tall = grid.tile(index)
        assert y < top + height
        assert y + tall + GAP > top
    if len(visible) and visible.stop < grid.count:
        assert grid.tile(visible.stop)[1] >= top + height


def test_scrolling_moves_no_more_than_it_must() -> None:
    grid = Geometry(100, 480)
    assert grid.scroll_to(0, 500, 400) == 0
    y = grid.tile(50)[1]
    assert grid.scroll_to(50, y, 400) == y
    assert grid.scroll_to(50, 0, 400) == y + grid.tile_height - 400


def test_arrows_stay_inside() -> None:
    made = Selection()
    made.reset(10, 0)
    assert made.target("left", 4, 2) == 0
    assert made.target("up", 4, 2) == 0
    assert made.target("down", 4, 2) == 4
    made.click(7)
    assert made.target("down", 4, 2) == 9
    made.click(9)
    assert made.target("down", 4, 2) == 9
    assert made.target("first", 4, 2) == 0
    assert made.target("page up", 4, 2) == 1


def test_shift_stretches_and_control_toggles() -> None:
    made = Selection()
    made.reset(20, 3)
    made.click(6, shift=True)
    assert made.ordered() == [3, 4, 5, 6]
    made.click(1, shift=True)
    assert made.ordered() == [1, 2, 3]
    made.click(10, control=True)
    assert made.ordered() == [1, 2, 3, 10]
    made.click(2, control=True)
    assert made.ordered() == [1, 3, 10]
    made.click(5)
    assert made.ordered() == [5]


class Spy:
    """Items that remember which were asked for."""

    def __init__(self) -> None:
        self.asked: set[int] = set()

    def key(self, index: int) -> str:
        return f"item-{index}.jpg"

    def words(self, index: int) -> TileView:
        self.asked.add(index)
        return TileView(self.key(index), "ant", "seen as bee", "loss 6.1")


class NoPictures(ThumbnailLoader):
    """A loader that only notes what is wanted."""

    def want(self, keys: object) -> None:
        self.wanted = list(keys)  # type: ignore[call-overload]


@pytest.fixture
def spy() -> Spy:
    return Spy()


@pytest.fixture
def grid(qtbot: QtBot, spy: Spy) -> TileGrid:
    made = TileGrid(NoPictures())
    qtbot.addWidget(made)
    made.resize(700, 500)
    with qtbot.waitExposed(made):
        made.show()
    made.set_items(100_000, spy.key, spy.words, 0)
    made.grab()
    return made


def test_of_100_000_items_only_the_visible_ones_are_asked_for(grid: TileGrid, spy: Spy) -> None:
    assert len(spy.asked) < 40
    spy.asked.clear()
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum() // 2)
    grid.grab()
    assert len(spy.asked) < 40
    assert min(spy.asked) > 40_000
    assert set(grid.painted()) == spy.asked


def test_jumping_and_resizing_take_a_frame(grid: TileGrid) -> None:
    bar = grid.verticalScrollBar()
    times = []
    for step in range(20):
        start = perf_counter()
        bar.setValue(bar.maximum() * ((step * 7) % 20) // 20)
        grid.resize(700 - step, 500)
        grid.grab()
        times.append(perf_counter() - start)
    assert sorted(times)[10] < 0.05


def test_the_scroll_bar_reaches_the_last_item(grid: TileGrid, qtbot: QtBot) -> None:
    qtbot.keyClick(grid, Qt.Key.Key_End)
    grid.grab()
    assert grid.current() == 99_999
    assert 99_999 in grid.painted()
    assert grid.viewport().rect().contains(grid.tile_rect(99_999))
    qtbot.keyClick(grid, Qt.Key.Key_Home)
    assert grid.current() == 0
    assert grid.verticalScrollBar().value() == 0


def test_pictures_are_wanted_for_the_visible_tiles_and_a_page_ahead(grid: TileGrid) -> None:
    loader = grid._loader
    assert isinstance(loader, NoPictures)
    assert loader.wanted[0] == "item-0.jpg"
    assert len(grid.painted()) <= len(loader.wanted) <= 3 * len(grid.painted())


def test_a_click_makes_the_tile_under_it_current(grid: TileGrid, qtbot: QtBot) -> None:
    middle = grid.tile_rect(5).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert grid.current() == 5
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, shift, grid.tile_rect(7).center())
    assert grid.chosen() == [5, 6, 7]


def test_keys_choose(grid: TileGrid, qtbot: QtBot) -> None:
    columns = grid.geometry_of_tiles().columns
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.current() == columns
    qtbot.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert grid.chosen() == [columns, columns + 1]
    qtbot.keyClick(grid, Qt.Key.Key_Space)
    assert grid.chosen() == [columns]
    qtbot.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(grid.chosen()) == 100_000


def test_keys_of_marks_are_told_as_wishes(grid: TileGrid, qtbot: QtBot) -> None:
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    wishes = (
        (grid.keepRequested, Qt.Key.Key_K, Qt.KeyboardModifier.NoModifier),
        (grid.removeRequested, Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier),
        (grid.undoRequested, Qt.Key.Key_U, Qt.KeyboardModifier.NoModifier),
        (grid.undoRequested, Qt.Key.Key_Z, control),
        (grid.redoRequested, Qt.Key.Key_Z, control | shift),
    )
    for signal, key, modifiers in wishes:
        with qtbot.waitSignal(signal, timeout=500):
            qtbot.keyClick(grid, key, modifiers)
    with qtbot.waitSignal(grid.relabelRequested, timeout=500) as heard:
        qtbot.keyClick(grid, Qt.Key.Key_2)
    assert heard.args == [1]


def test_no_items_are_no_trouble(grid: TileGrid, qtbot: QtBot, spy: Spy) -> None:
    grid.set_items(0, spy.key, spy.words)
    grid.grab()
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.current() == -1
    assert grid.chosen() == []


def test_words_of_an_item() -> None:
    wrong = ItemResult("a.jpg", False, "ant", "bee", 6.12, 0.99, (0.01, 0.99))
    right = ItemResult("b.jpg", True, "bee", "bee", 0.004)
    assert item_words.title(wrong) == "ant, seen as bee"
    assert item_words.title(right) == "bee"
    assert item_words.loss(wrong) == "loss 6.1"
    assert item_words.loss(ItemResult("c", True, 1, 1, None)) == "no loss"
    assert item_words.badge(Mark("a.jpg", "relabel", "bee")) == "bee"
    marks = {"a": Mark("a", "keep"), "b": Mark("b", "remove"), "c": Mark("c", "remove")}
    assert item_words.mark_counts(marks) == "3 marks: 1 keep, 2 remove"
    assert item_words.mark_counts({}) == "No marks yet"
