"""A run of the toy problem, as a person meets it: events, stops, pauses, trouble, and what is left on disk."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import safetensors.torch
import torch

from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.session import Session
from studio.errors import UserError
from studio.project import Project
from studio.project import live_run as stories
from studio.project.live_run import LiveRun
from studio.ui.diagnosis import judge_of
from tests.engine.conftest import Told, recipe, with_stages

Make = Callable[..., Project]


def losses(told: Told) -> list[float]:
    return [loss for event in told.of(m.Batches) for loss in event.losses]


def stop_at(told: Told, step: int, action: Callable[[], None]) -> None:
    """Do something once the run has told of batch `step`."""

    def react(event: m.Event) -> None:
        if isinstance(event, m.Batches) and event.first + len(event.losses) > step:
            action()

    told.on = react


def test_a_run_tells_its_story_and_leaves_a_model(make: Make, told: Told, control: Control) -> None:
    project = make()
    done = Session(project, told, control).train()
    assert done.status == "finished"
    assert set(done.metrics) == {"valid_loss", "accuracy"}
    assert [event.first for event in told.of(m.Batches)] == sorted({e.first for e in told.of(m.Batches)})
    assert len(losses(told)) == 24
    assert [(e.stage, e.epoch, e.step) for e in told.of(m.EpochDone)] == [
        (0, 0, 6),
        (0, 1, 12),
        (1, 0, 18),
        (1, 1, 24),
    ]
    assert [(e.stage, e.step) for e in told.of(m.StageStarted)] == [(0, 0), (1, 12)]
    run = project.run(done.run)
    assert run.model_path.exists()
    assert run.record().status == "finished"
    assert run.record().score == done.metrics["accuracy"]
    assert run.checkpoints() == []
    assert not (project.folder.parent / "data" / "models").exists()


def test_the_story_on_disk_is_the_one_that_was_told(make: Make, told: Told, control: Control) -> None:
    project = make()
    done = Session(project, told, control).train()
    live, kept = LiveRun(done.run), LiveRun(done.run)
    for event in told.events:
        live.apply(event)
    for event in project.run(done.run).events():
        kept.apply(event)
    assert kept == live
    assert kept.steps == list(range(24))


def test_two_runs_of_a_recipe_end_bit_for_bit_alike(make: Make, told: Told, control: Control) -> None:
    project = make()
    session = Session(project, told, control)
    first, second = session.train(), session.train()
    models = [project.run(done.run).model_path.read_bytes() for done in (first, second)]
    assert models[0] == models[1]
    assert losses(told)[:24] == losses(told)[24:]


def test_stop_and_keep_leaves_a_model_with_metrics(make: Make, told: Told, control: Control) -> None:
    project = make()
    stop_at(told, 8, control.stop_keep)
    done = Session(project, told, control, checkpoint_minutes=1).train()
    run = project.run(done.run)
    assert done.status == "stopped"
    assert done.metrics["accuracy"] is not None
    assert run.model_path.exists()
    assert run.record().resumable
    assert 9 <= len(losses(told)) < 24
    assert told.of(m.EpochDone)[-1].step == len(losses(told))


def test_stopping_before_the_first_epoch_ends_keeps_the_weights_of_now(
    make: Make, told: Told, control: Control
) -> None:
    """Nothing an earlier run left may come back."""
    project = make()
    Session(project, Told(), Control()).train()
    control.stop_keep()
    done = Session(project, told, control).train()
    first, second = (safetensors.torch.load_file(project.run(n).model_path) for n in (1, 2))
    assert done.status == "stopped"
    assert len(losses(told)) == 1
    assert not torch.equal(first["2.1.weight"], second["2.1.weight"])


def test_discard_moves_the_run_to_the_trash(make: Make, told: Told, control: Control) -> None:
    project = make()
    stop_at(told, 3, control.discard)
    done = Session(project, told, control).train()
    assert done.status == "discarded"
    assert project.runs() == []
    assert list((project.folder / "trash" / "runs").iterdir())


def test_a_pause_keeps_a_checkpoint_and_changes_nothing(make: Make, told: Told, control: Control) -> None:
    project, plain = make(), make(name="plain.thaw")
    Session(plain, Told(), Control()).train()
    seen: list[str] = []

    def react(event: m.Event) -> None:
        if isinstance(event, m.Batches) and event.first >= 7 and not seen:
            control.pause()
        if isinstance(event, m.RunState) and event.state == "paused":
            seen.append("paused")
            assert project.run(1).checkpoints()
            control.continue_()

    told.on = react
    Session(project, told, control).train()
    assert seen == ["paused"]
    assert project.run(1).model_path.read_bytes() == plain.run(1).model_path.read_bytes()


def test_a_loss_that_is_no_number_ends_the_run_with_the_last_good_weights(
    make: Make, told: Told, control: Control
) -> None:
    project = make(recipe(nan_at=0))
    done = Session(project, told, control).train()
    run = project.run(done.run)
    weights = safetensors.torch.load_file(run.model_path)
    assert done.status == "failed"
    assert "not a number" in done.message and "learning rate" in done.message
    assert run.record().error == done.message
    assert all(torch.isfinite(w).all() for w in weights.values())
    assert losses(told)[-1] is not None


def test_weights_that_blew_up_are_taken_back_to_the_checkpoint(
    make: Make, told: Told, control: Control
) -> None:
    """A finite loss can still be followed by weights that are no numbers."""
    given = with_stages(recipe(), lr=m_rate(1e30))
    project = make(given)
    done = Session(project, told, control, checkpoint_minutes=0).train()
    model = project.run(done.run).model_path
    assert done.status == "failed"
    if model.exists():
        assert all(torch.isfinite(w).all() for w in safetensors.torch.load_file(model).values())
    else:
        assert "No usable weights are left" in done.message


def m_rate(value: float) -> Any:
    from studio.recipe.schema import Rate

    return Rate(max=value)


def test_a_batch_larger_than_the_training_set_is_lowered_and_said(
    make: Make, told: Told, control: Control
) -> None:
    project = make(with_stages(recipe(points=20), batch_size=64))
    done = Session(project, told, control).train()
    assert done.status == "finished"
    assert [plan.batch_size for plan in told.of(m.RunStarted)[0].stages] == [16, 16]
    assert "lowered from 64 to 16" in told.of(m.Notice)[0].text


def test_a_run_tells_how_many_items_judge_it_and_how_many_each_class_has(
    make: Make, told: Told, control: Control
) -> None:
    project = make(recipe(points=20))
    Session(project, told, control).train()
    judge = judge_of(project.problem, stories.told(project.run(1)))
    assert (judge.items, sum(judge.classes.values()), judge.is_share) == (4, 16, True)
    assert judge.words(0.75) == "75.0 %"


def test_an_automatic_batch_is_resolved_the_same_way_every_time(
    make: Make, told: Told, control: Control
) -> None:
    project = make(with_stages(recipe(), batch_size="auto"))
    session = Session(project, told, control)
    session.train()
    chosen = session.estimate().stages
    plans = told.of(m.RunStarted)[0].stages
    assert [plan.batch_size for plan in plans] == [stage.chosen for stage in chosen] == [4, 4]


@pytest.mark.parametrize(("options", "words"), [({"points": 0}, "no item"), ({"points": 1}, "only one item")])
def test_too_little_data_is_refused_without_a_run(
    make: Make, told: Told, control: Control, options: dict[str, int], words: str
) -> None:
    project = make(recipe(**options))
    with pytest.raises(UserError, match=words):
        Session(project, told, control).train()
    assert project.runs() == []


def test_an_empty_validation_set_is_refused(make: Make, told: Told, control: Control) -> None:
    project = make(recipe(points=4))
    with pytest.raises(UserError, match="validation"):
        Session(project, told, control).train()


def test_one_stage_can_start_from_another_runs_model(make: Make, told: Told, control: Control) -> None:
    project = make()
    session = Session(project, told, control)
    whole = session.train()
    stop = Control()
    session.control = stop
    alone = session.train(stage=0)
    thawed = session.train(resume=alone.run, stage=1)
    models = [project.run(done.run).model_path.read_bytes() for done in (whole, thawed)]
    assert models[0] == models[1]


def test_a_run_leaves_a_broken_fit_marked_as_failed(make: Make, told: Told, control: Control) -> None:
    project = make()

    def unplug(event: m.Event) -> None:
        if isinstance(event, m.StageStarted):
            raise RuntimeError("boom")

    told.on = unplug
    with pytest.raises(RuntimeError, match="boom"):
        Session(project, told, control).train()
    assert project.runs()[0].status == "failed"


def test_looking_at_the_data_draws_no_random_number(make: Make, told: Told, control: Control) -> None:
    session = Session(make(), told, control)
    before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    session.scan()
    session.check()
    session.preview()
    session.estimate()
    after = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    assert after == before


def test_scan_counts_both_sides_of_every_class(make: Make, told: Told, control: Control) -> None:
    seen = Session(make(), told, control).scan()
    assert (seen.n_train, seen.n_valid) == (48, 12)
    assert [(c.name, c.train, c.valid) for c in seen.classes] == [
        ("east", 16, 4),
        ("north", 16, 4),
        ("west", 16, 4),
    ]
    assert {s.label for s in seen.samples} == {"east", "north", "west"}


def test_results_are_kept_with_the_run(make: Make, told: Told, control: Control) -> None:
    project = make()
    session = Session(project, told, control)
    done = session.train()
    told_metrics = session.evaluate(done.run).metrics
    results = project.run(done.run).results()
    assert results is not None
    assert len(results.items) == 60
    assert told_metrics["accuracy"] == pytest.approx(done.metrics["accuracy"])
    assert results.metrics["valid_loss"] == done.metrics["valid_loss"]


def test_a_loss_that_no_record_tells_is_measured_with_the_learner(
    make: Make, told: Told, control: Control
) -> None:
    project = make()
    session = Session(project, told, control)
    done = session.train()
    project.run(done.run).update_record(metrics={})
    assert session.evaluate(done.run).metrics["valid_loss"] == pytest.approx(done.metrics["valid_loss"])


def test_marks_change_what_the_next_run_trains_on(make: Make, told: Told, control: Control) -> None:
    project = make()
    project.journal.mark(["00000", "00001"], "remove")
    project.journal.mark(["00002"], "relabel", "east")
    seen = Session(project, told, control).scan()
    assert seen.n_train == 46
    assert [(c.name, c.train) for c in seen.classes] == [("east", 16), ("north", 15), ("west", 15)]


def test_messages_are_joined_to_at_most_thirty_a_second(make: Make, told: Told, control: Control) -> None:
    project = make(with_stages(recipe(points=1000), epochs=1))
    Session(project, told, control).train()
    seconds = told.of(m.RunDone)[0].seconds
    assert len(losses(told)) == 200
    assert len(told.of(m.Batches)) <= 21 * seconds + 8


def test_a_cancelled_check_ends_at_its_next_step(make: Make, told: Told, control: Control) -> None:
    from studio.engine.control import Cancelled

    control.cancel()
    with pytest.raises(Cancelled):
        Session(make(), told, control).check()


def test_a_run_without_a_model_says_so(make: Make, told: Told, control: Control) -> None:
    project = make()
    project.new_run(project.recipe)
    with pytest.raises(UserError, match="no model"):
        Session(project, told, control).evaluate(1)


def test_the_recipe_as_run_is_what_counts_later(
    make: Make, told: Told, control: Control, tmp_path: Path
) -> None:
    """Editing the recipe after a run changes neither its results nor its resumption."""
    project = make()
    session = Session(project, told, control)
    session.train()
    project.save_recipe(msgspec.structs.replace(project.recipe, options={"points": 30}))
    session.evaluate(1)
    results = project.run(1).results()
    assert results is not None
    assert len(results.items) == 60
