"""The stages to come as a person edited them meanwhile: between two stages of a run, and where one is resumed.

The stages that have begun stay as they were run, and the run's own recipe is rewritten, so that a resume, a script
and a repetition of the run train what was really trained. What cannot change any more is said. Must not import Qt.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from studio.engine.checkpoint import State
from studio.engine.messages import Notice, StagePlan
from studio.engine.planning import Planner
from studio.engine.story import Emit
from studio.errors import UserError
from studio.problems.base import Dataset
from studio.problems.changed import changed_words
from studio.project import Project, RunFolder
from studio.recipe.schema import Recipe, Stage

Replan = Callable[[RunFolder, Dataset, tuple[Stage, ...], int], tuple[StagePlan, ...] | None]
"""From a run, its data, the whole plan wished for and how many stages have begun to the plans of those to come."""


def with_stages_to_come(recipe: Recipe, wanted: tuple[Stage, ...], begun: int) -> Recipe:
    """The recipe of a run with other stages after the first `begun` ones."""
    stages = recipe.training.stages[:begun] + wanted[begun:]
    return msgspec.structs.replace(recipe, training=msgspec.structs.replace(recipe.training, stages=stages))


def is_edited(recipe: Recipe, wanted: tuple[Stage, ...], begun: int) -> bool:
    """Whether other stages are wished for after the first `begun` ones."""
    return with_stages_to_come(recipe, wanted, begun) != recipe


def replanner(planner: Planner, emit: Emit) -> Replan:
    """What plans anew; where that is not possible, the run goes on as it was planned and says so."""

    def replan(
        folder: RunFolder, dataset: Dataset, wanted: tuple[Stage, ...], begun: int
    ) -> tuple[StagePlan, ...] | None:
        recipe = with_stages_to_come(folder.recipe, wanted, begun)
        try:
            plans = planner.plans(recipe, dataset, tuple(range(begun, len(recipe.training.stages))))
            folder.save_recipe(recipe)
        except UserError as error:
            emit(Notice(level="warning", text=f"The new plan is not used, the old one goes on. {error}"))
            return None
        return plans

    return replan


def resumed(
    project: Project, folder: RunFolder, dataset: Dataset, state: State, replan: Replan, emit: Emit
) -> State:
    """Where a run goes on, with the stages to come as the project's recipe has them by now.

    The newest run of the project's own recipe follows it; any other goes on as it was planned.
    """
    if not folder.record().follows or folder.number != max(run.number for run in project.runs()):
        return state
    before, wanted = folder.recipe, project.recipe.training.stages
    place = state.stages.index(state.stage)
    begun = place + state.begun
    _say_what_stays(before, project, folder.number, begun, emit)
    if max(begun, len(wanted)) <= place:
        emit(Notice(level="warning", text=_NOTHING_TO_COME.format(number=folder.number)))
        return state
    is_whole = len(state.stages) == len(
        before.training.stages
    )  # else it was killed between recipe and checkpoint
    if is_whole and not is_edited(before, wanted, begun):
        return state
    plans = replan(folder, dataset, wanted, begun)
    if plans is None:
        return state
    sizes = (*state.batch_sizes[:begun], *(plan.batch_size for plan in plans))
    return msgspec.structs.replace(state, stages=tuple(range(len(sizes))), batch_sizes=sizes)


_NOTHING_TO_COME = (
    "Every stage that the recipe still has is done in run {number}, so it goes on as it was planned. Stop it and keep "
    "its model where that is enough."
)


def _say_what_stays(before: Recipe, project: Project, number: int, begun: int, emit: Emit) -> None:
    """Edits since the run began that are not for it."""
    stages, wanted = before.training.stages[:begun], project.recipe.training.stages[:begun]
    kept = [at + 1 for at, stage in enumerate(stages) if at >= len(wanted) or wanted[at] != stage]
    if kept:
        named = f"Stage {kept[0]} has" if len(kept) == 1 else f"Stages {', '.join(map(str, kept))} have"
        text = f"{named} begun in run {number}, so that its edits are for the next run"
        emit(Notice(level="info", text=f"{text}; stages to come follow the recipe."))
    others = changed_words(before, project.recipe, project.problem)
    if others:
        text = f"Run {number} goes on with what it began with, not with the edits of {others}. Train anew to use them."
        emit(Notice(level="info", text=text))
