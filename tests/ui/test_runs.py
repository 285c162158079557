"""The page of runs: sorted, filtered, compared, and what a person does with one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.ui.charts.compare import Series, reduce, value_at
from studio.ui.pages.runs import RunsPage, fill_sample
from studio.ui.pages.runs_parts.differences import differences
from studio.ui.pages.runs_parts.model import KEYS
from studio.ui.pages.runs_parts.sample import story
from studio.ui.preview import PrintedActions
from studio.ui.store import Store

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def actions() -> PrintedActions:
    return PrintedActions()


@pytest.fixture
def page(qtbot: QtBot, themed, actions: PrintedActions) -> RunsPage:
    store = Store(actions)
    fill_sample(store)
    made = RunsPage(store, actions)
    qtbot.addWidget(made)
    made.resize(1000, 800)
    made.show()
    return made


def test_the_newest_run_is_on_top_and_has_the_focus(page: RunsPage):
    assert page._table.shown() == (4, 3, 2, 1)
    assert page._table.chosen().number == 4


def test_a_click_on_a_heading_sorts_by_figures_not_by_words(page: RunsPage):
    page._table.sortByColumn(KEYS.index("score"), Qt.SortOrder.AscendingOrder)
    assert page._table.shown() == (4, 1, 2, 3)
    page._table.sortByColumn(KEYS.index("seconds"), Qt.SortOrder.DescendingOrder)
    assert page._table.shown() == (3, 2, 1, 4)


def test_words_filter_in_any_column(page: RunsPage, qtbot: QtBot):
    qtbot.keyClicks(page._filter, "cleaning")
    assert page._table.shown() == (3,)
    page._filter.setText("interrupted")
    assert page._table.shown() == (4,)


def test_ticks_choose_what_is_compared(page: RunsPage, actions: PrintedActions, qtbot: QtBot):
    assert page._model.ticks() == (2, 3)
    page._table.choose(1)
    qtbot.keyClick(page._table, Qt.Key.Key_Space)
    assert actions.asked[-1] == ("compare_runs", ((1, 2, 3),), {})


def test_settings_that_differ_are_shown_and_others_not(page: RunsPage):
    words = [label.text() for label in page._grid_holder.findChildren(QLabel)]
    assert "Weight decay" in words and "Seed" not in words


def test_differences_name_every_setting_that_is_not_the_same():
    found = {d.title: d.values for d in differences({1: story(1), 2: story(2)})}
    assert found["Augmentation"][0] != found["Augmentation"][1]
    assert found["Stage 2 rate"] == ("slice(1e-05, 0.0005)", "slice(1e-05, 0.0002)")
    assert "Stage 1 rate" not in found


def test_buttons_do_what_they_say_to_the_chosen_run(page: RunsPage, actions: PrintedActions, qtbot: QtBot):
    assert page._resume.isEnabled()
    qtbot.mouseClick(page._resume, LEFT)
    assert actions.asked[-1] == ("resume", (4,), {})
    page._table.choose(3)
    assert not page._resume.isEnabled()
    with qtbot.waitSignal(page.pageRequested) as wanted:
        qtbot.mouseClick(page._open, LEFT)
    assert wanted.args == ["results"]
    assert actions.asked[-1] == ("show_run", (3,), {})
    qtbot.mouseClick(page._trash, LEFT)
    assert actions.asked[-1] == ("trash_run", (3,), {})


def test_a_note_is_written_in_the_table(page: RunsPage, actions: PrintedActions):
    index = page._model.index(0, KEYS.index("note"))
    assert page._model.setData(index, "better light")
    assert actions.asked[-1] == ("note_run", (1, "better light"), {})


def test_without_runs_the_page_says_what_to_do(page: RunsPage):
    page.store.runs = []
    page.store.runsChanged.emit()
    page.refresh_now()
    assert page._empty.isVisible()
    assert page._empty.accessibleName() == "No runs yet"


def test_reduce_counts_epochs_over_all_stages_and_keeps_gaps():
    run = story(2, epochs=4).run
    (loss,), (accuracy,) = reduce({2: run}, "valid_loss"), reduce({2: run}, "accuracy")
    assert loss.epochs == (1.0, 2.0, 3.0, 4.0)
    assert accuracy.values[0] < accuracy.values[-1]
    (missing,) = reduce({2: run}, "f1_score")
    assert missing.values == (None,) * 4 and missing.last() is None


def test_a_value_is_looked_up_by_epoch():
    series = Series(1, (1.0, 2.0), (0.5, None))
    assert value_at(series, 1) == 0.5
    assert value_at(series, 2) is None
    assert value_at(series, None) == 0.5
    assert value_at(series, 9) is None
