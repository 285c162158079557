"""Figures of a run: every kind has a view, tables sort and copy, points are found by name, pictures open in place."""

from __future__ import annotations

import time
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.project.results import Bars, Figure, Grid, Pictures, Samples, Scatter
from studio.ui.charts.scatter import ScatterPlot, apart, nearest, reduce
from studio.ui.figures import KINDS, FigureCard, figure_card
from studio.ui.figures import bars as bars_module
from studio.ui.figures import grid as grid_module
from studio.ui.figures import pictures as pictures_module
from studio.ui.figures import samples as samples_module
from studio.ui.figures import scatter as scatter_module
from studio.ui.figures.bars import spans
from studio.ui.figures.scatter import find
from studio.ui.widgets.numbers_words import column_words

RANKING = Grid(
    "Beside simpler models",
    ("Model", "Accuracy", "Seconds"),
    (("Forest", 0.8561, 12), ("Network", 0.8516, 150), ("Mean", None, 1), ("Trees", 0.8709, 9)),
    "Trees come first.",
    best=3,
)
FILMS = ("Star Wars (1977)", "Return of the Jedi (1983)", "Stargate (1994)", "Fargo (1996)")


def shown(qtbot: QtBot, figure: Figure, folder: Path | None = None) -> FigureCard:
    made = figure_card(figure, folder)
    qtbot.addWidget(made)
    made.resize(620, 420)
    with qtbot.waitExposed(made):
        made.show()
    return made


def table_of(card: FigureCard) -> grid_module.DataTable:
    assert isinstance(card.view, grid_module.View)
    return card.view.table


def plot_of(card: FigureCard) -> ScatterPlot:
    assert isinstance(card.view, scatter_module.View)
    return card.view.plot


def test_every_kind_of_figure_has_its_view() -> None:
    assert {kind for kind, _ in KINDS} == set(get_args(Figure))


def test_a_table_points_at_its_best_row_through_every_order(qtbot: QtBot) -> None:
    card = shown(qtbot, RANKING)
    table = table_of(card)
    model = table.model()
    assert [row[0] for row in table.shown()] == ["Forest", "Network", "Mean", "Trees"]
    assert model.index(3, 0).data(Qt.ItemDataRole.AccessibleDescriptionRole) == "the best"
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert [row[0] for row in table.shown()] == ["Trees", "Forest", "Network", "Mean"]
    assert model.index(0, 0).data(Qt.ItemDataRole.AccessibleDescriptionRole) == "the best"
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert [row[0] for row in table.shown()][-1] == "Mean"  # no value is last both ways


def test_shares_read_as_per_cent_and_numbers_stand_at_the_right(qtbot: QtBot) -> None:
    card = shown(qtbot, RANKING)
    table = table_of(card)
    assert table.words_at(0, 1) == "85.6 %"
    assert table.words_at(2, 1) == ""
    side = Qt.AlignmentFlag(table.model().index(0, 2).data(Qt.ItemDataRole.TextAlignmentRole))
    assert side & Qt.AlignmentFlag.AlignRight


def test_an_error_in_a_unit_is_no_share(qtbot: QtBot) -> None:
    card = shown(qtbot, Grid("Errors", ("Model", "RMSE"), (("Network", 0.5), ("Mean", 0.75))))
    table = table_of(card)
    assert [table.words_at(at, 1) for at in (0, 1)] == ["0.50", "0.75"]


def test_a_table_is_copied_unrounded_as_it_stands(qtbot: QtBot) -> None:
    card = shown(qtbot, RANKING)
    table = table_of(card)
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    table.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Model\tAccuracy\tSeconds"
    assert lines[1] == "Forest\t0.8561\t12"
    assert lines[2] == "Mean\t\t1"


def test_a_chosen_row_stays_chosen_when_the_table_is_sorted(qtbot: QtBot) -> None:
    card = shown(qtbot, RANKING)
    table = table_of(card)
    table.choose(0)
    table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert table.chosen() == [0]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((39.412, 181.9, 0.0), ["39.41", "181.90", "0.00"]),
        ((0.8284, 0.898, 1.2722), ["0.8284", "0.8980", "1.2722"]),
        ((4.1667, 0.1167), ["4.167", "0.117"]),
        ((1.0, 2.0, 12.0), ["1", "2", "12"]),
        ((0.25, None), ["0.25", ""]),
        ((1234567, 3), ["1,234,567", "3"]),
        ((float("nan"), 1.5), ["none", "1.5"]),
        ((64.1, 70), ["64.1", "70.0"]),
    ],
)
def test_a_column_has_as_many_decimals_as_it_needs(
    values: tuple[float | None, ...], words: list[str]
) -> None:
    assert column_words(values) == words


def test_bars_start_at_zero_and_negative_ones_go_to_the_left() -> None:
    zero, found = spans((3.0, -1.0, 0.0))
    assert zero == 0.25
    assert found == [(0.25, 1.0), (0.0, 0.25), (0.25, 0.25)]
    assert spans((2.0, 4.0))[0] == 0.0


def test_bars_say_their_values_and_are_copied(qtbot: QtBot) -> None:
    card = shown(qtbot, Bars("Importance", ("age", "sex"), (3.125, -0.5), "points"))
    assert isinstance(card.view, bars_module.View)
    assert card.view.rows.words_at(0) == "age 3.125 points"
    qtbot.keyClick(card.view.rows, Qt.Key.Key_Down)
    assert card.view.rows.current() == 0
    card.view.copy()
    assert QGuiApplication.clipboard().text() == "age\t3.125\nsex\t-0.5\n"


def test_many_bars_scroll(qtbot: QtBot) -> None:
    names = tuple(f"column {n}" for n in range(200))
    card = shown(qtbot, Bars("Importance", names, tuple(float(200 - n) for n in range(200))))
    assert isinstance(card.view, bars_module.View)
    assert card.view.rows.height() > card.height()
    assert card.height() < 500


def test_names_are_found_equal_ones_first() -> None:
    assert find(FILMS, "star") == [0, 2]
    assert find(FILMS, "FARGO (1996)") == [3]
    assert find(("a star", "star"), "star") == [1, 0]
    assert find(FILMS, "  ") == []


def test_a_search_marks_and_names_points(qtbot: QtBot) -> None:
    card = shown(qtbot, Scatter("Map", "first", "second", (0, 1, 2, 3), (0, 1, 0, 1), FILMS))
    assert isinstance(card.view, scatter_module.View)
    card.view.search.setText("star")
    assert card.view.plot.marked() == (0, 2)
    assert {name.strip() for name in card.view.plot.labels()} == {FILMS[0], FILMS[2]}
    assert card.view.said.text() == "2 points"
    qtbot.keyClick(card.view.search, Qt.Key.Key_Return)
    assert card.view.plot.marked() == (0,)
    qtbot.keyClick(card.view.search, Qt.Key.Key_Return)
    assert card.view.plot.marked() == (2,)
    card.view.search.setText("no such film")
    assert card.view.said.text() == "no such name"


def test_points_without_names_have_no_search(qtbot: QtBot) -> None:
    card = shown(qtbot, Scatter("Against", "true", "predicted", (1, 2), (1, 3), diagonal=True))
    assert isinstance(card.view, scatter_module.View)
    assert card.view.search not in card.view.tools
    x, y = plot_of(card).getViewBox().viewRange()
    assert x == y  # the diagonal is one only where both axes show the same


def test_points_that_are_no_numbers_are_left_out_and_names_still_fit() -> None:
    cloud = reduce((0.0, float("nan"), 2.0), (1.0, 1.0, float("inf")))
    assert cloud.x.tolist() == [0.0]
    assert reduce((float("nan"), 5.0), (1.0, 6.0)).places.tolist() == [1]
    assert reduce((), ()).spans() == ((0.0, 1.0), (0.0, 1.0))


def test_the_point_under_the_pointer_is_named(qtbot: QtBot) -> None:
    card = shown(qtbot, Scatter("Map", "first", "second", (0, 1, 2, 3), (0, 1, 0, 1), FILMS))
    plot = plot_of(card)
    at = plot.to_pixel(1.0, 1.0)
    plot._pointer_at(QPointF(at.x() + 3, at.y() - 3))
    assert plot.under() == 1
    assert plot.words_of(1).startswith(FILMS[1])
    plot._pointer_at(QPointF(at.x() + 60, at.y() + 30))
    assert plot.under() is None


def test_the_nearest_point_within_reach_is_meant() -> None:
    x, y = np.array([0.0, 10.0, 11.0]), np.array([0.0, 0.0, 0.0])
    assert nearest(x, y, (10.4, 1.0)) == 1
    assert nearest(x, y, (40.0, 0.0)) is None
    assert nearest(x[:0], y[:0], (0.0, 0.0)) is None


def test_labels_neither_touch_nor_cover_a_crowd() -> None:
    boxes = np.array([[0, 0, 10, 10], [5, 5, 15, 15], [20, 0, 30, 10], [40, 0, 50, 10]], dtype=float)
    points = np.array([[42, 5], [44, 5], [46, 5]], dtype=float)
    assert apart(boxes, points, most=9) == [0, 2, 3]
    assert apart(boxes, points, most=9, crowd=1) == [0, 2]
    assert apart(boxes, points, most=1) == [0]


def test_twenty_thousand_points_are_drawn_and_searched_without_a_hitch(qtbot: QtBot) -> None:
    dice = np.random.default_rng(0)
    x, y = dice.normal(size=20_000), dice.normal(size=20_000)
    names = tuple(f"row {n}" for n in range(20_000))
    card = shown(qtbot, Scatter("Against", "true", "predicted", tuple(x), tuple(y), names, True))
    plot = plot_of(card)
    plot.grab()
    began = time.perf_counter()
    for step in range(20):
        plot._pointer_at(QPointF(100 + step, 100 + step))
        plot.grab()
    assert (time.perf_counter() - began) / 20 < 0.15  # some 20 ms on a quiet machine


def test_texts_can_be_selected_and_copied(qtbot: QtBot) -> None:
    entries = tuple((f"heading {n}", f"<b>text</b> {n}") for n in range(samples_module.SHOWN + 5))
    card = shown(qtbot, Samples("Next words", entries))
    texts = [
        label for label in card.findChildren(samples_module.SelectableLabel) if "<b>text</b>" in label.text()
    ]
    assert len(texts) == samples_module.SHOWN
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in texts)
    assert isinstance(card.view, samples_module.View)
    card.view.copy()
    assert QGuiApplication.clipboard().text().count("<b>text</b>") == len(entries)


def test_a_click_shows_a_picture_in_large_and_escape_all_of_them(qtbot: QtBot, tmp_path: Path) -> None:
    for number in range(3):
        Image.new("RGB", (64, 48), (number * 60, 90, 160)).save(tmp_path / f"{number}.png")
    figure = Pictures("Overlays", ("0.png", "1.png", "2.png"), ("first", "second\nimages/b.png"))
    card = shown(qtbot, figure, tmp_path)
    view = card.view
    assert isinstance(view, pictures_module.View)
    qtbot.waitUntil(lambda: view.loader.idle)
    assert [tile.accessibleName() for tile in view.grid.tiles()] == ["first", "second", "2.png"]
    assert view.grid.tiles()[1].toolTip() == "second\nimages/b.png"
    qtbot.mouseClick(view.grid.tiles()[1], Qt.MouseButton.LeftButton)
    assert view.enlarged() == 1
    qtbot.keyClick(view.large, Qt.Key.Key_Right)
    assert view.enlarged() == 2
    qtbot.keyClick(view.large, Qt.Key.Key_Escape)
    assert view.enlarged() == -1
    qtbot.waitUntil(lambda: view.loader.idle and view.large._loader.idle)
