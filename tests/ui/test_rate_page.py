"""The Rate page: clicking, dragging and typing a slice; what it says in each state."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from studio.engine import messages as m
from studio.recipe.schema import Rate
from studio.ui.charts.rate_slice import Slice
from studio.ui.pages.rate import RatePage, fill_sample
from studio.ui.pages.rate_parts import sample
from studio.ui.preview import PrintedActions
from studio.ui.store import JobView, RateView, Store


@pytest.fixture
def store() -> Store:
    made = Store()
    fill_sample(made)
    return made


@pytest.fixture
def page(qtbot: QtBot, store: Store) -> RatePage:
    return shown(qtbot, store)


def shown(qtbot: QtBot, store: Store) -> RatePage:
    made = RatePage(store, PrintedActions())
    qtbot.addWidget(made)
    made.resize(1000, 812)
    with qtbot.waitExposed(made):
        made.show()
    return made


def asked(page: RatePage) -> list[tuple[str, tuple, dict]]:
    assert isinstance(page.do, PrintedActions)
    return page.do.asked


def place(page: RatePage, rate: float, height: float = 0.97) -> QPoint:
    """A point of the plot above a rate, near the bottom, where no words stand."""
    inside = page.board.plot._inside()
    return QPoint(round(page.board.plot.to_pixel_x(rate)), round(inside.top() + inside.height() * height))


def click(
    qtbot: QtBot, page: RatePage, rate: float, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    qtbot.mouseClick(page.board.plot.viewport(), Qt.MouseButton.LeftButton, keys, place(page, rate))


def drag(qtbot: QtBot, page: RatePage, start: float, end: float) -> None:
    view = page.board.plot.viewport()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=place(page, start))
    for part in (0.25, 0.5, 1.0):
        rate = 10 ** (math.log10(start) + part * (math.log10(end) - math.log10(start)))
        qtbot.mouseMove(view, place(page, rate))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=place(page, end))


def near(page: RatePage, high: float, low: float | None = None) -> None:
    chosen = page.board.plot.choice.slice
    assert chosen is not None
    assert chosen.high == pytest.approx(high, rel=0.08)
    assert (chosen.low is None) == (low is None)
    if low is not None:
        assert chosen.low == pytest.approx(low, rel=0.08)


def test_a_click_sets_one_rate(qtbot: QtBot, page: RatePage) -> None:
    click(qtbot, page, 3e-6)
    near(page, 3e-6)
    assert page.primary.text().startswith("Use slice(")


def test_a_second_click_makes_a_slice(qtbot: QtBot, page: RatePage) -> None:
    click(qtbot, page, 2e-3)
    click(qtbot, page, 4e-6)
    near(page, 2e-3, 4e-6)


def test_a_drag_spans_a_slice_as_one_step_of_undo(qtbot: QtBot, page: RatePage) -> None:
    before = page.board.plot.choice.slice
    drag(qtbot, page, 3e-6, 2e-4)
    near(page, 2e-4, 3e-6)
    qtbot.keyClick(page.board.plot, Qt.Key.Key_U)
    assert page.board.plot.choice.slice == before


def test_a_handle_can_be_dragged(qtbot: QtBot, page: RatePage) -> None:
    page.board.plot.choice.take(Slice(1e-3, 1e-5))
    page.board.plot.show_slice()
    drag(qtbot, page, 1e-5, 1e-6)
    near(page, 1e-3, 1e-6)


def test_shift_and_a_click_add_the_other_handle(qtbot: QtBot, page: RatePage) -> None:
    page.board.plot.choice.take(Slice(1e-3))
    click(qtbot, page, 3e-6, Qt.KeyboardModifier.ShiftModifier)
    near(page, 1e-3, 3e-6)


def test_keys_move_the_active_handle_and_tab_changes_it(qtbot: QtBot, page: RatePage) -> None:
    plot = page.board.plot
    plot.choice.take(Slice(1e-3, 1e-5))
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.choice.slice == Slice(1.3e-3, 1e-5)
    qtbot.keyClick(plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert plot.choice.slice == Slice(1.2e-3, 1e-5)
    qtbot.keyClick(plot, Qt.Key.Key_Tab)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert plot.choice.slice == Slice(1.2e-3, 7.9e-6)
    qtbot.keyClick(plot, Qt.Key.Key_Delete)
    assert plot.choice.slice == Slice(1.2e-3)


def test_undo_goes_back_with_either_key(qtbot: QtBot, page: RatePage) -> None:
    plot = page.board.plot
    start = plot.choice.slice
    click(qtbot, page, 3e-6)
    click(qtbot, page, 2e-3)
    qtbot.keyClick(plot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    near(page, 3e-6)
    qtbot.keyClick(plot, Qt.Key.Key_U)
    assert plot.choice.slice == start


def test_a_click_on_a_suggestion_takes_it(qtbot: QtBot, page: RatePage, store: Store) -> None:
    plot = page.board.plot
    plot.grab()  # suggestions get their places when they are painted
    assert store.rate.found is not None
    mark = next(mk for mk in plot.marks() if store.rate.found.suggestions[mk.index].name == "frozen_5")
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=mark.label.center().toPoint())
    assert plot.choice.slice == Slice(1e-3, 1.6e-5)


def test_words_of_suggestions_never_cover_each_other(page: RatePage) -> None:
    plot = page.board.plot
    plot.grab()
    labels = [mark.label for mark in plot.marks()]
    assert len(labels) == 3
    assert not any(a.intersects(b) for i, a in enumerate(labels) for b in labels[i + 1 :])
    assert all(plot._inside().contains(label) for label in labels)


def test_a_suggestion_can_be_taken_by_button_and_by_number(qtbot: QtBot, page: RatePage) -> None:
    qtbot.mouseClick(page.board.suggested.buttons()[1], Qt.MouseButton.LeftButton)
    assert page.board.plot.choice.slice == Slice(2.5e-4)
    qtbot.keyClick(page.board.plot, Qt.Key.Key_3)
    assert page.board.plot.choice.slice == Slice(4.5e-3)


def test_typed_values_move_the_handles(page: RatePage) -> None:
    low, high = page.groups.typed.editors()
    high.edited.emit(4e-3)
    low.edited.emit(4e-5)
    assert page.board.plot.choice.slice == Slice(4e-3, 4e-5)
    low.edited.emit(0.0)
    assert page.board.plot.choice.slice == Slice(4e-3)
    assert high.value() == pytest.approx(4e-3)


def test_every_layer_group_shows_its_rate(page: RatePage) -> None:
    page.board.plot.choice.take(Slice(1e-3, 1e-5))
    page.board.plot.sliceChanged.emit()
    assert page.groups.bars.figures() == ("1e-5", "1e-4", "1e-3")


def test_frozen_groups_are_called_frozen(page: RatePage) -> None:
    page.choose_stage(0)
    assert page.groups.bars.figures() == ("frozen", "frozen", "5e-3")


def test_use_asks_for_the_slice_and_then_leads_on(qtbot: QtBot, page: RatePage, store: Store) -> None:
    page.board.plot.choice.take(Slice(7.9e-4, 1.6e-5))
    page.board.plot.sliceChanged.emit()
    assert page.primary.text() == "Use slice(1.6e-5, 7.9e-4)"
    page.primary.click()
    assert asked(page) == [("use_rate", (1, 7.9e-4, 1.6e-5), {})]
    use(store, 1, Rate(max=7.9e-4, min=1.6e-5))
    page.refresh_now()
    assert page.primary.text() == "Continue to training"
    with qtbot.waitSignal(page.pageRequested) as heard:
        page.primary.click()
    assert heard.args == ["train"]


def use(store: Store, stage: int, lr: Rate) -> None:
    import msgspec

    assert store.recipe is not None
    stages = list(store.recipe.training.stages)
    stages[stage] = msgspec.structs.replace(stages[stage], lr=lr)
    training = msgspec.structs.replace(store.recipe.training, stages=tuple(stages))
    store.recipe = msgspec.structs.replace(store.recipe, training=training)
    store.recipeChanged.emit()


def test_an_old_curve_starts_from_the_recipe_and_a_new_one_from_its_first_suggestion(
    page: RatePage, store: Store
) -> None:
    assert page.board.plot.choice.slice == Slice(5e-4, 1e-5)
    page.again.click()
    assert asked(page) == [("find_rate", (1,), {})]
    store.rate = RateView(stage=1, found=sample.found(False), earlier=(sample.found(True),))
    store.rateChanged.emit()
    page.refresh_now()
    assert page.board.plot.choice.slice == Slice(1e-3, 1.6e-5)


def test_while_it_runs_the_curve_grows_and_cancel_is_there(qtbot: QtBot, store: Store) -> None:
    sample.fill_running(store)
    page = shown(qtbot, store)
    plot = page.board.plot
    assert len(plot._curve.x) == 58
    assert page.board.progress.isVisible()
    page.board.progress.cancelRequested.emit()
    assert asked(page) == [("cancel", (), {})]
    click(qtbot, page, 1e-3)  # nothing can be chosen yet
    assert plot.choice.slice == Slice(5e-4, 1e-5)
    assert page.primary.isHidden()


def test_earlier_curves_are_drawn_with_their_names(page: RatePage) -> None:
    assert [one.name for one in page.board.plot._earlier] == ["1 frozen, batch 64 · 224 px"]


def test_before_the_first_search_it_says_what_will_happen(qtbot: QtBot, store: Store) -> None:
    sample.fill_empty(store)
    page = shown(qtbot, store)
    assert page.board.empty.isVisible()
    assert page.board.empty.accessibleDescription().startswith("About a hundred small steps")
    assert page.primary.text() == "Find a rate"
    page.primary.click()
    assert asked(page) == [("find_rate", (0,), {})]


def test_the_finder_waits_for_a_busy_engine(qtbot: QtBot, store: Store) -> None:
    sample.fill_empty(store)
    store.job = JobView(4, "Train")
    page = shown(qtbot, store)
    assert not page.primary.isEnabled()
    assert "busy" in page.primary.toolTip()


def test_too_few_points_are_said_in_words(qtbot: QtBot, store: Store) -> None:
    sample.fill_few(store)
    page = shown(qtbot, store)
    assert page.board.sentence().startswith("Only 12 points have a finite loss")


def test_a_failed_search_says_why_and_keeps_the_last_curve(qtbot: QtBot, store: Store) -> None:
    store.rate.error = m.Failed(message="The card ran out of memory.", hint="Choose a smaller batch.")
    page = shown(qtbot, store)
    assert page.board._error is not None
    assert "ran out of memory" in page.board._error.accessibleName()
    assert page.board.plot.isVisible()


def test_without_a_project_it_says_so(qtbot: QtBot) -> None:
    page = shown(qtbot, Store())
    assert page.nothing.isVisible()
    assert page.primary.isHidden()


def test_the_curve_can_be_saved_as_picture_and_table(page: RatePage, tmp_path: Path) -> None:
    page.save_to(tmp_path / "curve.png")
    page.save_to(tmp_path / "curve.csv")
    assert QImage(str(tmp_path / "curve.png")).width() > 1000
    lines = (tmp_path / "curve.csv").read_text().splitlines()
    assert lines[0] == "learning_rate,loss,smooth_loss"
    assert len(lines) == 1 + len(page.board.plot._curve.x)
    assert page.board.sentence().startswith("Saved as ")


def test_a_folder_that_cannot_be_written_gets_a_sentence(page: RatePage, tmp_path: Path) -> None:
    page.save_to(tmp_path / "missing" / "curve.csv")
    assert page.board.sentence().startswith("curve.csv could not be written")


def test_the_value_under_the_cursor_is_told(page: RatePage) -> None:
    words = page.board.plot._words_at(-2.0)
    assert words.startswith("1e-2  loss 0.3")


def test_the_slider_takes_smoothing_away(page: RatePage) -> None:
    page.board.slider.setValue(0)
    plot = page.board.plot
    assert plot._curve.smooth == pytest.approx(plot._curve.raw)


def test_it_fits_a_small_window(page: RatePage) -> None:
    page.resize(840, 632)
    assert page.minimumSizeHint().height() <= 632
    assert page.minimumSizeHint().width() <= 840


def test_pixels_and_rates_agree(page: RatePage) -> None:
    plot = page.board.plot
    x = plot.to_pixel_x(1e-3)
    assert plot._rate_at(QPointF(x, plot._inside().center().y())) == pytest.approx(1e-3, rel=1e-6)


def tried(qtbot: QtBot, store: Store) -> RatePage:
    page = shown(qtbot, store)
    sample.fill_tried(store)
    store.rateChanged.emit()
    page.refresh_now()
    return page


def test_three_fits_start_around_the_chosen_rate(qtbot: QtBot, page: RatePage) -> None:
    page.board.plot.choice.take(Slice(2e-3, 1e-5))
    page.choose_view("curve")
    assert [b.shortcut().toString() for b in (page.three, page.again, page.primary)] == [
        "T",
        "F",
        "Ctrl+Return",
    ]
    page.three.click()
    assert asked(page) == [("try_rates", (1, 2e-3, 1e-5), {})]


def test_three_fits_are_shown_as_they_grow(qtbot: QtBot, page: RatePage, store: Store) -> None:
    sample.fill_trying(store)
    store.rateChanged.emit()
    page.refresh_now()
    assert page.board.trials.isVisible()
    assert page.board.progress.isVisible()
    assert [card.view().ended for card in page.board.trials.cards] == ["48 steps", "step 29 of 48", "waits"]
    assert page.three.isHidden()
    assert page.primary.isHidden()
    page.board.progress.cancelRequested.emit()
    assert asked(page) == [("cancel", (), {})]


def test_cancelled_fits_keep_what_was_drawn(page: RatePage, store: Store) -> None:
    sample.fill_trying(store)
    store.rateChanged.emit()
    page.refresh_now()
    store.trials.running, store.job = False, None
    store.rateChanged.emit()
    page.refresh_now()
    assert page.board.trials.isVisible()
    assert page.board.sentence().startswith("Stopped. Nothing was changed")


def test_a_click_on_a_fit_uses_its_rate(qtbot: QtBot, store: Store) -> None:
    page = tried(qtbot, store)
    plot = page.board.trials.plot
    plot.grab()
    _, label = next(one for one in plot.labels() if one[0] == 0)
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=label.center().toPoint())
    curve = plot._curves[2]
    on = plot.to_pixel(curve.x[10], curve.smooth[10]).toPoint()
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=on)
    qtbot.mouseClick(page.board.trials.cards[1], Qt.MouseButton.LeftButton)
    qtbot.keyClick(plot, Qt.Key.Key_1)
    used = [args for name, args, _ in asked(page) if name == "use_rate"]
    assert used == [(1, 5e-5, 1e-6), (1, 5e-3, 1e-4), (1, 5e-4, 1e-5), (1, 5e-5, 1e-6)]
    assert [card.isChecked() for card in page.board.trials.cards] == [True, False, False]


def test_the_answer_of_three_fits_is_in_words_and_the_best_is_marked(qtbot: QtBot, store: Store) -> None:
    page = tried(qtbot, store)
    assert page.board.sentence().startswith("The chosen rate learned fastest")
    cards = [card.view() for card in page.board.trials.cards]
    assert [card.best for card in cards] == [False, True, False]
    assert cards[2].ended == "shot up at step 35"
    page.board.views.keyChosen.emit("curve")
    assert page.board.plot.isVisible()


def test_an_undone_rate_is_marked_again(qtbot: QtBot, store: Store) -> None:
    page = tried(qtbot, store)
    qtbot.mouseClick(page.board.trials.cards[0], Qt.MouseButton.LeftButton)
    store.recipeChanged.emit()  # the recipe still has the old rate, as after an undo
    page.refresh_now()
    assert page.board.trials.cards[1].isChecked()


def test_a_cancelled_search_keeps_what_was_drawn(page: RatePage, store: Store) -> None:
    sample.fill_stopped(store)
    store.rateChanged.emit()
    page.refresh_now()
    assert len(page.board.plot._curve.x) == 41
    assert page.board.sentence().startswith("Stopped.")
    assert page.primary.text() == "Find a rate"
