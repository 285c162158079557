"""Stages as people number them, from 1, and the run that a later stage starts from. No torch, no Qt."""

from __future__ import annotations

from studio.errors import UserError
from studio.project import Project


def stage_index(project: Project, number: int) -> int:
    """Return the place of stage `number` in the recipe.

    Raises
    ------
    UserError
        Where the recipe has no such stage.
    """
    count = len(project.recipe.training.stages)
    if not 1 <= number <= count:
        there = "The recipe has 1 stage." if count == 1 else f"The recipe has stages 1 to {count}."
        raise UserError(f"There is no stage {number}.", there)
    return number - 1


def starting_run(project: Project, number: int, run: int | None = None) -> int | None:
    """Return the run whose model a stage starts from: `run`, else for a later thawed stage the newest.

    None stands for the recipe's own starting weights.
    """
    stage = project.recipe.training.stages[stage_index(project, number)]
    if run is not None or number == 1 or stage.freeze:
        return run
    trained = trained_runs(project)
    return trained[-1] if trained else None


def trained_runs(project: Project) -> list[int]:
    """Numbers of the runs that have a model, newest last."""
    return [r.number for r in project.runs() if not r.broken and project.run(r.number).model_path.is_file()]
