"""Between two stages of a run: the stages to come as a person edited them meanwhile. Must not import Qt.

The stages that have begun stay as they were run, and the run's own recipe is rewritten, so that a resume, a script
and a repetition of the run train what was really trained.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from studio.engine.messages import Notice, StagePlan
from studio.engine.planning import Planner
from studio.engine.story import Emit
from studio.errors import UserError
from studio.problems.base import Dataset
from studio.project import RunFolder
from studio.recipe.schema import Recipe, Stage

Replan = Callable[[RunFolder, Dataset, tuple[Stage, ...], int], tuple[StagePlan, ...] | None]
"""From a run, its data, the whole plan wished for and how many stages have begun to the plans of those to come."""


def with_stages_to_come(recipe: Recipe, wanted: tuple[Stage, ...], begun: int) -> Recipe:
    """The recipe of a run with other stages after the first `begun` ones."""
    stages = recipe.training.stages[:begun] + wanted[begun:]
    return msgspec.structs.replace(recipe, training=msgspec.structs.replace(recipe.training, stages=stages))


def replanner(planner: Planner, emit: Emit) -> Replan:
    """What plans anew; where that is not possible, the run goes on as it was planned and says so."""

    def replan(
        folder: RunFolder, dataset: Dataset, wanted: tuple[Stage, ...], begun: int
    ) -> tuple[StagePlan, ...] | None:
        before = folder.recipe
        recipe = with_stages_to_come(before, wanted, begun)
        if recipe == before:
            return None
        try:
            plans = planner.plans(recipe, dataset, tuple(range(begun, len(recipe.training.stages))))
            folder.save_recipe(recipe)
        except UserError as error:
            emit(Notice(level="warning", text=f"The new plan is not used, the old one goes on. {error}"))
            return None
        return plans

    return replan
