"""The page of runs: sorted, filtered, compared, and what a person does with one."""

from __future__ import annotations

from time import perf_counter

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.project.differences import differences, settings_of
from studio.ui.charts.compare import Series, reduce, value_at
from studio.ui.pages.runs import RunsPage, fill_sample
from studio.ui.pages.runs_parts.model import KEYS
from studio.ui.pages.runs_parts.sample import story
from studio.ui.pages.runs_parts.scenes import SCENES
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
    words = [label.text() for label in page._differences.findChildren(QLabel)]
    assert "Weight decay" in words and "Seed" not in words


def test_differences_name_every_setting_that_is_not_the_same():
    found = {d.title: d.values for d in differences([settings_of(story(n).recipe) for n in (1, 2)])}
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
    assert actions.asked[-1] == ("note_run", (4, "better light"), {})


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


def test_the_filter_and_the_order_hold_for_new_runs(page: RunsPage):
    page._table.sortByColumn(KEYS.index("score"), Qt.SortOrder.DescendingOrder)
    page._filter.setText("finished")
    page.store.runs = [*page.store.runs, msgspec.structs.replace(page.store.runs[0], number=9, score=0.95)]
    page.store.runsChanged.emit()
    page.refresh_now()
    assert page._table.shown() == (3, 9, 2, 1)


def test_ten_thousand_runs_are_shown_and_sorted_at_once(page: RunsPage):
    first = page.store.runs[0]
    page.store.runs = [
        msgspec.structs.replace(first, number=n, score=(n * 7919 % 1000) / 1000) for n in range(1, 10_001)
    ]
    began = perf_counter()
    page.store.runsChanged.emit()
    page.refresh_now()
    page._table.sortByColumn(KEYS.index("score"), Qt.SortOrder.DescendingOrder)
    assert perf_counter() - began < 1.0
    assert len(page._table.shown()) == 10_000


def test_a_run_can_be_trained_on_everything_and_repeated(
    page: RunsPage, actions: PrintedActions, qtbot: QtBot
):
    page._table.choose(3)
    page._everything.click()
    assert actions.asked[-1] == ("train_everything", (3,), {})
    assert "once one of them was repeated" in page._strip.words()
    page._strip.repeat.click()
    assert actions.asked[-1] == ("repeat_run", (3, 3), {})
    assert page.views.key() == "queue"


def test_a_repeated_run_tells_noise_from_gain(page: RunsPage):
    SCENES["seeds"](page.store)
    for signal in (page.store.runsChanged, page.store.comparedChanged):
        signal.emit()
    page.refresh_now()
    assert "a real difference" in page._strip.words()
    (low, high), *others = page._chart.score.luck()
    assert low < 0.941 < high and others == []
    assert any(label.text() == "94.2 ± 0.4 %" for label in page._differences.findChildren(QLabel))


def test_the_queue_says_what_waits_and_asks_for_what_is_clicked(page: RunsPage, actions: PrintedActions):
    SCENES["queue-failed"](page.store)
    page.store.queueChanged.emit()
    page.refresh_now()
    first, second, *_ = page.queue.rows()
    assert not first.again.isHidden() and second.again.isHidden()
    first.again.click()
    assert actions.asked[-1] == ("queue_again", (1,), {})
    second.up.click()
    assert actions.asked[-1] == ("move_queued", (2, 0), {})
    second.remove.click()
    assert actions.asked[-1] == ("unqueue", (2,), {})
    page.queue.go.click()
    assert actions.asked[-1] == ("start_queue", (), {})


def test_a_variation_is_added_in_the_words_of_set(page: RunsPage, actions: PrintedActions):
    combo, line = page.queue._changes[0]
    combo.choose("size")
    line.setText("128,224")
    page.queue.add.click()
    assert actions.asked[-1] == ("queue_run", ({"size": "128,224"},), {})


def test_the_learning_curve_says_its_sentence(page: RunsPage, actions: PrintedActions):
    page.curve.start.click()
    assert actions.asked[-1] == ("find_curve", ("quick", 1), {})
    page.curve.seeds.choose("3")
    page.curve.start.click()
    assert actions.asked[-1] == ("find_curve", ("quick", 3), {})
    SCENES["curve"](page.store)
    page.store.curveChanged.emit()
    page.refresh_now()
    assert page.curve.sentence().startswith("Twice the data")
    assert len(page.curve.plot._dots.data) == 4
