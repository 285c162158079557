"""Schedules, the best epoch, stopping early, everything, other seeds: as chosen, and exact after a kill."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from studio.engine import messages as m
from studio.engine import repeats
from studio.engine.control import Control
from studio.engine.session import Session
from studio.errors import UserError
from studio.project import Project
from studio.recipe.schedules import momentum_at, rate_at
from studio.recipe.schema import Recipe, Schedule
from tests.engine.conftest import Told, recipe, with_stages

Make = Callable[..., Project]


def training(given: Recipe, **changes: Any) -> Recipe:
    """The recipe with fields of its training changed."""
    return msgspec.structs.replace(given, training=msgspec.structs.replace(given.training, **changes))


def trained(project: Project, told: Told | None = None, **what: Any) -> m.RunDone:
    """Train a project."""
    return Session(project, told or Told(), Control(), checkpoint_minutes=0).train(**what)


def curve(told: Told) -> list[tuple[float, float]]:
    """Rate and momentum of every batch."""
    return [pair for e in told.of(m.Batches) for pair in zip(e.lrs, e.momentums, strict=True)]


def copies(project: Project, told: Told, when: Callable[[m.Event], bool]) -> list[Path]:
    """Copy the project, as a kill would leave it, at every event that `when` picks."""
    made: list[Path] = []

    def copy(event: m.Event) -> None:
        if when(event):
            made.append(project.folder.with_name(f"copy-{len(made)}.thaw"))
            shutil.copytree(project.folder, made[-1])

    told.on = copy
    return made


@pytest.mark.parametrize("schedule", ["one_cycle", "flat_cosine", "constant"])
def test_a_schedule_is_followed_as_it_is_drawn_and_goes_on_where_it_was(
    schedule: Schedule, make: Make, told: Told
) -> None:
    project = make(with_stages(recipe(), schedule=schedule))
    killed = copies(project, told, lambda e: isinstance(e, m.Checkpointed) and e.step in (9, 12, 20))
    trained(project, told)
    frozen = curve(told)[:12]
    for at, (rate, momentum) in enumerate(frozen):
        assert rate == pytest.approx(rate_at(schedule, at / 12, 1e-2), rel=1e-4)
        assert momentum == pytest.approx(momentum_at(schedule, at / 12), rel=1e-4)
    assert {e.schedule for e in told.of(m.RunStarted)[0].stages} == {schedule}
    for folder in killed:
        with Project.open(folder, lock=False) as again:
            trained(again, resume=1)
            assert again.run(1).model_path.read_bytes() == project.run(1).model_path.read_bytes()


def wandering(**changes: Any) -> Recipe:
    """Six epochs at rates so high that they are not always better than the last."""
    return training(with_stages(recipe(spread=2.0), epochs=6, schedule="constant"), **changes)


def test_the_best_epoch_is_kept_and_the_record_says_which(make: Make, told: Told) -> None:
    project = make(wandering(keep_best=True, monitor="valid_loss"))
    killed = copies(project, told, lambda e: isinstance(e, m.Checkpointed) and e.step in (15, 36, 41, 55))
    done = trained(project, told)
    epochs, bests = told.of(m.EpochDone), told.of(m.BestSoFar)
    least = min(e.valid_loss for e in epochs)
    assert done.model is not None and done.model.value == bests[-1].value == least
    assert done.model.step < epochs[-1].step  # or this data does not show anything
    assert done.metrics["valid_loss"] == least
    record = project.run(1).record()
    assert record.model == done.model and record.metrics["valid_loss"] == least
    assert not list(project.run(1).path.glob("best-*"))
    judged = Session(project, Told(), Control()).evaluate(1).metrics["accuracy"]
    assert judged == pytest.approx(done.metrics["accuracy"])
    for folder in killed:
        with Project.open(folder, lock=False) as again:
            assert trained(again, resume=1).model == done.model
            assert again.run(1).model_path.read_bytes() == project.run(1).model_path.read_bytes()


def test_a_stage_stops_early_and_the_next_one_goes_on(make: Make, told: Told) -> None:
    project = make(wandering(early_stopping=2, monitor="valid_loss"))
    killed = copies(project, told, lambda e: isinstance(e, m.StoppedEarly | m.EpochDone))
    done = trained(project, told)
    stopped = told.of(m.StoppedEarly)
    assert stopped and stopped[0].epoch == stopped[0].best_epoch + 2
    per_stage = [sum(e.stage == stage for e in told.of(m.EpochDone)) for stage in (0, 1)]
    assert stopped[0].epoch + 1 == per_stage[stopped[0].stage] < 6
    assert done.status == "finished"
    steps = [e.step for e in told.of(m.StageStarted)]
    assert steps == [0, 6 * per_stage[0]]
    for folder in killed:
        with Project.open(folder, lock=False) as again:
            trained(again, resume=1)
            assert again.run(1).model_path.read_bytes() == project.run(1).model_path.read_bytes()


def test_stop_and_keep_keeps_the_best_epoch(make: Make, told: Told) -> None:
    project, control = make(wandering(keep_best=True, monitor="valid_loss")), Control()

    def stop(event: m.Event) -> None:
        if isinstance(event, m.EpochDone) and event.step == 54:
            control.stop_keep()

    told.on = stop
    done = Session(project, told, control).train()
    assert done.status == "stopped"
    assert done.model is not None
    assert done.model.value == min(e.valid_loss for e in told.of(m.EpochDone))


def test_an_unknown_metric_is_refused_before_a_run_is_made(make: Make) -> None:
    project = make(training(recipe(), keep_best=True, monitor="charm"))
    with pytest.raises(UserError, match="no metric called “charm”"):
        trained(project)
    assert not project.runs()


def test_everything_trains_all_items_as_long_as_the_best_epoch_took(make: Make, told: Told) -> None:
    project = make(wandering(keep_best=True, monitor="valid_loss"))
    first = trained(project, Told())
    killed = copies(project, told, lambda e: isinstance(e, m.Checkpointed) and e.step in (5, 20))
    done = trained(project, told, everything=1)
    started, record = told.of(m.RunStarted)[0], project.run(2).record()
    assert started.everything and started.metrics == ()
    assert all(plan.batches == 60 // 8 for plan in told.of(m.RunStarted)[0].stages)
    assert (done.metrics, record.score, record.everything) == ({}, None, 1)
    epochs = told.of(m.EpochDone)
    assert first.model is not None
    assert (epochs[-1].stage, epochs[-1].epoch) == (first.model.stage, first.model.epoch)
    assert all(e.valid_loss is None and not e.metrics for e in epochs)
    assert any("no score" in e.text for e in told.of(m.Notice))
    with pytest.raises(UserError, match="no item is left to judge it by"):
        Session(project, Told(), Control()).evaluate(2)
    for folder in killed:
        with Project.open(folder, lock=False) as again:
            trained(again, resume=2)
            assert again.run(2).model_path.read_bytes() == project.run(2).model_path.read_bytes()


def test_a_repetition_has_its_own_seed_and_the_same_validation_items(make: Make) -> None:
    project = make()
    trained(project)
    done = [trained(project, repeat=1), trained(project, repeat=1)]
    records = project.runs()
    assert [r.seed for r in records] == [42, 43, 44]
    assert {r.group for r in records} == {1}
    assert {project.run(r.number).recipe.split_seed for r in records} == {42}
    assert done[0].metrics != done[1].metrics
    models = {project.run(r.number).model_path.read_bytes() for r in records}
    assert len(models) == 3


def test_the_seed_of_a_repetition_moves_no_item_to_the_other_side() -> None:
    given = recipe()
    other = repeats.with_seed(given, 7)
    assert (other.seed, other.split_seed) == (7, given.seed)
    assert repeats.with_seed(other, 8).split_seed == given.seed
