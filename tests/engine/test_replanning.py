"""Stages that have not begun are edited while a run trains; a queued run has a recipe of its own."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.session import Session
from studio.project import Project
from studio.project.live_run import told as story_of
from studio.recipe.schema import Rate, Stage
from tests.engine.conftest import Told, recipe
from tests.engine.test_training import losses, stop_at

Make = Callable[..., Project]
MORE = Stage(freeze=False, epochs=1, lr=Rate(max=1e-3), batch_size=4)


def test_stages_to_come_can_be_changed_and_added_while_the_first_one_trains(
    make: Make, told: Told, control: Control
) -> None:
    project = make()
    first, second = project.recipe.training.stages
    wanted = (msgspec.structs.replace(first, epochs=9), msgspec.structs.replace(second, epochs=1), MORE)
    stop_at(told, 3, lambda: control.replan(wanted))
    done = Session(project, told, control).train()
    assert done.status == "finished"
    assert [(p.epochs, p.batch_size) for p in told.of(m.PlanChanged)[0].stages] == [(2, 8), (1, 8), (1, 4)]
    assert [(e.stage, e.epoch) for e in told.of(m.EpochDone)] == [(0, 0), (0, 1), (1, 0), (2, 0)]
    run = project.run(done.run)
    assert run.recipe.training.stages == (first, *wanted[1:])
    assert project.recipe.training.stages == (first, second)
    assert story_of(run).total_batches == len(losses(told))


def test_a_stage_to_come_can_be_removed(make: Make, told: Told, control: Control) -> None:
    project = make()
    stop_at(told, 3, lambda: control.replan(project.recipe.training.stages[:1]))
    done = Session(project, told, control).train()
    assert done.status == "finished"
    assert len(losses(told)) == 12
    assert project.run(done.run).model_path.exists()


def test_a_changed_plan_is_what_is_resumed(make: Make, told: Told, control: Control) -> None:
    project = make()
    wanted = (*project.recipe.training.stages, MORE)

    def react(event: m.Event) -> None:
        if isinstance(event, m.Batches) and event.first == 0:
            edit(project, *wanted)
            control.replan(wanted)
        if isinstance(event, m.Batches) and event.stage == 1 and event.first > 14:
            control.leave()

    told.on = react
    done = Session(project, told, control).train()
    assert done.status == "interrupted"
    told.on = None
    assert Session(project, told, Control()).train(resume=done.run).status == "finished"
    assert story_of(project.run(done.run)).epochs[-1].stage == 2


def test_a_given_recipe_is_trained_in_place_of_the_projects(make: Make, told: Told, control: Control) -> None:
    project = make()
    other = msgspec.structs.replace(recipe(spread=0.2), seed=7)
    done = Session(project, told, control).train(recipe=other)
    assert project.run(done.run).recipe == other
    assert project.recipe.seed == 42


def parked(project: Project, told: Told, batch: int = 14) -> int:
    """A run whose engine ended in the middle of its second stage, or after another batch."""
    control = Control()

    def react(event: m.Event) -> None:
        if isinstance(event, m.Batches) and event.first >= batch:
            control.leave()

    told.on = react
    done = Session(project, told, control).train()
    told.on = None
    assert done.status == "interrupted"
    return done.run


def edit(project: Project, *stages: Stage) -> None:
    """Another plan in the project's recipe."""
    training = msgspec.structs.replace(project.recipe.training, stages=stages)
    project.save_recipe(msgspec.structs.replace(project.recipe, training=training))


def test_stages_edited_while_no_engine_ran_reach_the_resumed_run(make: Make, told: Told) -> None:
    project = make()
    first, second = project.recipe.training.stages
    run = parked(project, told, batch=2)
    edit(project, first, msgspec.structs.replace(second, epochs=1), MORE)
    again = Told()
    assert Session(project, again, Control()).train(resume=run).status == "finished"
    assert [(p.epochs, p.batch_size) for p in again.of(m.RunStarted)[0].stages] == [(2, 8), (1, 8), (1, 4)]
    assert {(e.stage, e.epoch) for e in story_of(project.run(run)).epochs} == {(0, 0), (0, 1), (1, 0), (2, 0)}
    assert project.run(run).recipe == project.recipe
    assert not again.of(m.Notice)


def test_a_stage_that_has_begun_stays_and_that_is_said(make: Make, told: Told) -> None:
    project = make()
    first, second = project.recipe.training.stages
    run = parked(project, told)
    edit(project, first, msgspec.structs.replace(second, epochs=5), MORE)
    project.save_recipe(msgspec.structs.replace(project.recipe, options={"spread": 0.3}))
    again = Told()
    assert Session(project, again, Control()).train(resume=run).status == "finished"
    assert project.run(run).recipe.training.stages == (first, second, MORE)
    assert [e.text for e in again.of(m.Notice)] == [
        f"Stage 2 has begun in run {run}, so that its edits are for the next run; stages to come follow the recipe.",
        f"Run {run} goes on with what it began with, not with the edits of spread. Train anew to use them.",
    ]


def test_a_run_with_no_stage_left_to_come_goes_on_as_planned(
    make: Make, told: Told, control: Control
) -> None:
    project = make()
    first, second = project.recipe.training.stages

    def react(event: m.Event) -> None:
        if isinstance(event, m.Checkpointed) and event.step == 12:
            control.leave()

    told.on = react
    run = Session(project, told, control).train().run
    edit(project, first)
    again = Told()
    assert Session(project, again, Control()).train(resume=run).status == "finished"
    assert project.run(run).recipe.training.stages == (first, second)
    assert "so it goes on as it was planned" in again.of(m.Notice)[-1].text


def test_an_older_run_and_one_from_the_queue_keep_their_plan(make: Make, told: Told) -> None:
    project = make()
    first, second = project.recipe.training.stages
    run = parked(project, told, batch=2)
    Session(project, Told(), Control()).train(recipe=recipe(spread=0.2))
    edit(project, first, msgspec.structs.replace(second, epochs=1))
    again = Told()
    assert Session(project, again, Control()).train(resume=run).status == "finished"
    assert project.run(run).recipe.training.stages == (first, second)
    assert not project.run(run + 1).record().follows


def test_a_kill_between_the_new_recipe_and_its_checkpoint_loses_no_stage(make: Make, told: Told) -> None:
    project = make()
    run = parked(project, told, batch=2)
    edit(project, *project.recipe.training.stages, MORE)
    project.run(run).save_recipe(project.recipe)
    again = Told()
    assert Session(project, again, Control()).train(resume=run).status == "finished"
    assert story_of(project.run(run)).epochs[-1].stage == 2
