"""The Train page: stages, curves, states in words, and what its buttons ask for."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.engine import messages as m
from studio.recipe.schema import Rate
from studio.ui.pages.results_parts.sample import record
from studio.ui.pages.train import TrainPage, fill_sample
from studio.ui.pages.train_parts import sample, stage_words, state_words
from studio.ui.pages.train_parts.scenes import SCENES
from studio.ui.preview import PrintedActions
from studio.ui.store import Store
from studio.ui.widgets import FindingCard


@pytest.fixture
def store() -> Store:
    made = Store()
    fill_sample(made)
    return made


def shown(qtbot: QtBot, store: Store) -> TrainPage:
    made = TrainPage(store, PrintedActions())
    qtbot.addWidget(made)
    made.resize(1000, 812)
    with qtbot.waitExposed(made):
        made.show()
    return made


def asked(page: TrainPage) -> list[tuple[str, tuple[Any, ...], dict[str, Any]]]:
    assert isinstance(page.do, PrintedActions)
    return page.do.asked


def banner_words(page: TrainPage) -> str:
    cards = [c for c in page.findChildren(FindingCard) if c.isVisible()]
    return " ".join(f"{c.accessibleName()} {c.accessibleDescription()}" for c in cards)


def test_a_live_run_is_drawn_with_its_stages_and_epochs(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    frozen, thawed = (block.view() for block in page.timeline.blocks())
    assert (frozen.title, frozen.frozen, frozen.progress) == ("Frozen, 3 epochs", True, 1.0)
    assert frozen.lines[0] == "224 px · batch 64 · slice(1e-2)"
    assert frozen.lines[1] == "done in 0:28"
    assert thawed.lines[1].startswith("epoch 5 of 6 · 0:09 left")
    assert 0.8 < (thawed.progress or 0) < 0.85
    assert page.table.table.rowCount() == 7
    assert len(page.charts._series.loss) == 302
    assert page.diagnosis.title() == "Fitting well"
    assert not page.primary.isVisible()


def test_new_batches_reach_the_curves(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    assert store.run is not None
    store.run.apply(
        m.Batches(
            run=7, stage=1, epoch=4, first=302, losses=(0.2,), smooth=(0.2,), lrs=(1e-4,), momentums=(0.9,),
            items_per_second=400.0, seconds_left=8.0,
        )
    )  # fmt: skip
    store.runChanged.emit()
    qtbot.waitUntil(lambda: len(page.charts._series.loss) == 303)


def test_before_the_first_run_it_says_what_will_happen(qtbot: QtBot, store: Store) -> None:
    store.run = store.job = None
    page = shown(qtbot, store)
    said = page.plan.words()
    assert "3 epochs frozen" in said and "6 epochs thawed" in said
    assert "2,441 training items" in said
    assert "nothing was measured" in said
    assert page.plan.isVisible()
    page.primary.click()
    assert asked(page)[-1] == ("train", (), {})


def test_an_interrupted_run_is_resumed_by_the_primary_button(qtbot: QtBot, store: Store) -> None:
    sample.fill(store, 212, done="interrupted")
    store.job = None
    store.runs = [record(6, 0.9), record(7, None, status="interrupted", resumable=True)]
    page = shown(qtbot, store)
    assert page.primary.text() == "Resume run 7"
    page.primary.click()
    assert asked(page)[-1] == ("resume", (7,), {})
    assert "Nothing before its last checkpoint is lost" in banner_words(page)
    page._banner_button()
    assert asked(page)[-1] == ("train", (), {})


def test_a_failed_run_says_why(qtbot: QtBot, store: Store) -> None:
    run = sample.fill(store, 120, done="failed")
    run.done = m.RunDone(run=7, status="failed", metrics={}, seconds=3, message="The disk is full.")
    store.job = None
    store.runs = [record(7, None, status="failed", resumable=True)]
    page = shown(qtbot, store)
    assert "error: Run 7 failed The disk is full." in banner_words(page)
    assert page.primary.text() == "Resume run 7"


def test_a_paused_run_says_so_and_can_go_on_or_free_its_memory(qtbot: QtBot, store: Store) -> None:
    assert store.run is not None
    store.run.state = "paused"
    page = shown(qtbot, store)
    assert "Paused" in banner_words(page)
    page._banner_also()
    assert page.do.asked[-1][0] == "free_memory"
    page._banner_button()
    assert asked(page)[-1] == ("continue_", (), {})


@pytest.mark.parametrize("state", ["validating", "checkpointing"])
def test_what_passes_within_seconds_does_not_push_the_plots_about(
    qtbot: QtBot, store: Store, state: str
) -> None:
    """The window's header says it."""
    assert store.run is not None
    page = shown(qtbot, store)
    before = page.charts.geometry()
    store.run.state = state
    store.runChanged.emit()
    page.refresh_now()
    QApplication.processEvents()  # lays out anew what was pushed about
    assert page.charts.geometry() == before
    assert not banner_words(page)


def test_a_dead_engine_can_be_started_again(qtbot: QtBot, store: Store) -> None:
    store.job = None
    store.engine_state, store.engine_words = "died", "The engine stopped: killed by signal 9."
    page = shown(qtbot, store)
    assert "killed by signal 9" in banner_words(page)
    page._banner_button()
    assert asked(page)[-1] == ("restart_engine", (), {})


def test_a_click_on_a_stage_opens_its_editor(qtbot: QtBot, store: Store) -> None:
    sample.fill(store, 342, done="finished")
    store.job, store.can_undo_recipe = None, True
    page = shown(qtbot, store)
    page.timeline.blocks()[1].click()
    assert page.editor.isVisible()
    assert page.editor.epochs.value() == 6
    page.editor.epochs.stepUp()
    qtbot.waitUntil(lambda: bool(asked(page)))
    assert asked(page)[-1] == ("set_stage", (1,), {"epochs": 7})
    page.editor._undo.click()
    assert asked(page)[-1] == ("undo_recipe", (), {})
    qtbot.keyClick(page.editor, Qt.Key.Key_Escape)
    assert not page.editor.isVisible()
    page.timeline.blocks()[1].click()
    assert page.editor.isVisible()


def test_the_editor_writes_rates_and_refuses_a_crossed_pair(qtbot: QtBot, store: Store) -> None:
    store.job = None
    page = shown(qtbot, store)
    page.timeline.blocks()[1].click()
    page.editor.high.set_value(2e-3)
    page.editor._set_rate(2e-3)
    assert asked(page)[-1] == ("set_stage", (1,), {"lr": Rate(max=2e-3, min=1e-5)})
    before = len(asked(page))
    page.editor.low.set_value(1e-1)
    page.editor._set_rate(1e-1)
    assert len(asked(page)) == before
    assert page.editor._rows["low"].error()
    page.editor._set_layers("frozen")
    assert asked(page)[-1] == ("set_stage", (1,), {"freeze": True, "lr": Rate(max=5e-4)})


def test_stages_are_added_copied_and_removed_through_actions(qtbot: QtBot, store: Store) -> None:
    store.job = None
    page = shown(qtbot, store)
    page.timeline.add_block().click()
    assert asked(page)[-1][0] == "add_stage"
    page.timeline.blocks()[0].click()
    page.editor.copyRequested.emit()
    assert asked(page)[-1] == ("copy_stage", (0,), {})
    page.editor._remove.click()
    assert asked(page)[-1] == ("remove_stage", (0,), {})
    assert not page.editor.isVisible()


def test_nothing_can_be_edited_while_training(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    page.timeline.blocks()[0].click()
    assert not page.editor.epochs.isEnabled()
    assert not page.timeline.add_block().isVisible()


def test_why_this_matters_asks_for_the_note(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    with qtbot.waitSignal(page.noteRequested) as heard:
        qtbot.mouseClick(page.diagnosis.why, Qt.MouseButton.LeftButton)
    assert heard.args == ["over-under-fitting"]
    assert page.diagnosis.why.property("note") == "over-under-fitting"


def test_times_are_told_only_once_measured() -> None:
    run = sample.story(302)
    recipe_store = Store()
    sample.fill(recipe_store)
    recipe, estimate = recipe_store.recipe, recipe_store.estimate
    assert recipe is not None
    assert stage_words.total_seconds(recipe, estimate, 2432, None) is None
    seconds = stage_words.total_seconds(recipe, estimate, 2432, run)
    assert seconds == pytest.approx(3 * 9.2 + 6 * 14.6, rel=0.01)
    stage = msgspec.structs.replace(recipe.training.stages[1], size=112)
    seen = stage_words.measured(run)
    assert stage_words.stage_seconds(stage, 64, 2432, seen) == pytest.approx(6 * 14.6 / 4, rel=0.01)


def test_a_batch_that_does_not_fit_is_flagged(store: Store) -> None:
    assert store.recipe is not None
    stages = tuple(msgspec.structs.replace(s, batch_size=128) for s in store.recipe.training.stages)
    training = msgspec.structs.replace(store.recipe.training, stages=stages)
    recipe = msgspec.structs.replace(store.recipe, training=training)
    views = stage_words.recipe_views(recipe, store.estimate, 2432, None)
    assert "128" in views[0].attention
    assert "more than is free" in views[0].attention


def test_the_subtitle_tells_speed_epoch_and_time() -> None:
    assert state_words.subtitle(sample.story(302)) == "run 7 · 412 items/s · epoch 8 of 9 · 0:09 left"
    assert state_words.subtitle(sample.story(342, "finished")) == "run 7 · 9 epochs in 1:22"
    assert state_words.subtitle(None) == ""


def test_a_block_is_dragged_to_another_place(qtbot: QtBot, store: Store) -> None:
    store.job = store.run = None
    page = shown(qtbot, store)
    first, second = page.timeline.blocks()
    middle = first.rect().center()
    qtbot.mousePress(first, Qt.MouseButton.LeftButton, pos=middle)
    target = first.mapFrom(page.timeline, second.geometry().center()) + QPoint(40, 0)
    qtbot.mouseMove(first, target)
    assert page.timeline._gap == 2
    qtbot.mouseRelease(first, Qt.MouseButton.LeftButton, pos=target)
    assert asked(page)[-1] == ("move_stage", (0, 1), {})
    page.timeline.choose(1)
    qtbot.keyClick(page.timeline, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert asked(page)[-1] == ("move_stage", (1, 0), {})


def test_stages_to_come_can_be_edited_while_the_first_one_trains(qtbot: QtBot, store: Store) -> None:
    SCENES["editing"](store)
    page = shown(qtbot, store)
    assert [block.view().locked for block in page.timeline.blocks()] == [True, False, False]
    page.timeline.blocks()[0].click()
    assert not page.editor.epochs.isEnabled()
    page.timeline.blocks()[2].click()
    assert page.editor.epochs.isEnabled()
    assert page.timeline.add_block().isVisible()
    page.timeline._move(2, 0)
    assert not any(call[0] == "move_stage" for call in asked(page))


def test_a_plan_is_chosen_from_the_menu(qtbot: QtBot, store: Store) -> None:
    SCENES["waiting"](store)
    page = shown(qtbot, store)
    titles = [action.text() for action in page.plans.entries()]
    assert titles[:2] == ["As proposed", "Quick look"] and "Progressive resizing" in titles
    page.plans.chosen.emit("progressive")
    assert asked(page)[-1] == ("use_plan", ("progressive",), {})
    page.queue.click()
    assert asked(page)[-1] == ("queue_run", ({},), {})


def test_the_same_samples_are_shown_after_every_epoch_and_looked_back_at(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    samples = page.side.samples
    assert samples.slider.maximum() == 6 and samples.slider.value() == 6
    now = samples.list.rows()
    assert len(now) == 8
    assert now[0].said == "ant" and now[0].tone == "good" and now[0].history.count("→") == 3
    assert any(row.tone == "error" and row.truth.startswith("is ") for row in now)
    samples.slider.setValue(0)
    assert samples.list.rows()[0].sure != now[0].sure
    page.side.show_part("epochs")
    assert page.table.isVisible()


def test_a_finding_marks_its_evidence_and_its_button_edits_the_recipe(qtbot: QtBot, store: Store) -> None:
    SCENES["over-fitting"](store)
    page = shown(qtbot, store)
    assert page.diagnosis.title() == "Over-fitting"
    assert page.charts.metrics._marked is not None and page.charts.metrics._marked.isVisible()
    assert page.diagnosis.fix.text() == "Keep the best epoch"
    page.diagnosis.fix.click()
    assert asked(page)[-1] == ("set_values", ({"keep_best": True},), {})


@pytest.mark.parametrize("name", ["stopped-early", "halved", "failed", "finished", "paused"])
def test_every_state_is_drawn(qtbot: QtBot, store: Store, name: str) -> None:
    SCENES[name](store)
    page = shown(qtbot, store)
    assert not page.grab().isNull()
    if name == "stopped-early":
        assert "No better accuracy in 2 epochs after epoch 5 (92.1 %)." in banner_words(page)
        assert "Its model has the weights of epoch 5." in banner_words(page)
    if name == "halved":
        assert page.timeline.blocks()[0].view().lines[1] == "done in 0:28 · peak 5.4 GB"


def test_a_refused_stage_keeps_what_was_typed_with_the_reason_until_it_changes(
    qtbot: QtBot, store: Store
) -> None:
    page = shown(qtbot, store)
    page.timeline.stageChosen.emit(1)
    page.editor.low.set_value(1e-1)
    page.editor._set_rate(1e-1)
    store.refused = {"stage.epochs": "That cannot be."}
    store.refusedChanged.emit()
    qtbot.waitUntil(lambda: page.editor._rows["epochs"].error() == "That cannot be.")
    store.estimateChanged.emit()
    page.refresh_now()
    assert page.editor.low.value() == 1e-1 and page.editor._rows["low"].error()
    store.refused = {}
    page.timeline.stageChosen.emit(0)
    assert not page.editor._rows["epochs"].error() and not page.editor._rows["low"].error()


def test_the_curves_keep_a_height_at_which_they_can_be_read(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    page.resize(840, 600)
    page.timeline.stageChosen.emit(1)
    qtbot.waitUntil(lambda: page.editor.isVisible() and page.charts.losses.height() >= 128)
    assert page.charts.schedule.height() >= 72
    assert page.charts.losses.height() < 200, "in a low window they take no more than they need"


def test_metrics_that_need_an_axis_of_their_own_are_drawn_when_chosen(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    assert not page.charts._axis.isVisible()  # accuracy alone: the error rate only mirrors it
    assert store.run is not None
    store.run.metrics = ("accuracy", "error_rate", "roc_auc", "log_loss")
    store.run.epochs[:] = [
        msgspec.structs.replace(e, metrics={**e.metrics, "roc_auc": 0.9, "log_loss": e.valid_loss})
        for e in store.run.epochs
    ]
    page.charts.show_run(store.run)
    assert [name for name, _ in page.charts.metrics.rows()] == ["accuracy", "roc_auc"]
    assert [e.text() for e in page.charts._axis.entries()] == ["Accuracy", "Log loss"]
    page.charts._axis.chosen.emit("log_loss")
    assert [name for name, _ in page.charts.metrics.rows()] == ["log_loss"]
    assert not page.charts.metrics.score_up  # less of it is better, whatever judges the run
    assert page.charts._axis.text() == "Log loss"
    page.charts._axis.chosen.emit("accuracy")
    assert page.charts.metrics.score_up
