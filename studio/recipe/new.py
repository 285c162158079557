"""A first recipe for a folder of data: what was told, the rest guessed. No torch, no Qt."""

from __future__ import annotations

import os
from collections.abc import Mapping
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.errors import UserError
from studio.recipe.edit import scaled, with_values
from studio.recipe.fields import describe
from studio.recipe.paths import written_root
from studio.recipe.schema import Data, Recipe, Split, Training

if TYPE_CHECKING:
    from studio.problems.base import Problem


TELLING = ("source", "table", "pattern")


def new_recipe(
    problem: Problem[Any], name: str, data: Path, project_folder: Path, values: Mapping[str, Any]
) -> Recipe:
    """Write a recipe for `data`.

    Parameters
    ----------
    data : Path
        The folder of the data, or a table in it.
    project_folder : Path
        Where the project will be; the data folder is written relative to it where both are on one drive.
    values : mapping
        What is known, in the words of `--set`.

    Raises
    ------
    UserError
        Where there is no such data, it does not look like this problem, or a value is wrong.
    """
    root = data if data.is_dir() else data.parent
    if not data.exists():
        raise UserError(f"There is no data at {data}.", "Check the path of the data folder.")
    _refuse_inside(root, project_folder)
    options, split, size = _guessed(problem, data, values)
    stages = scaled(problem.stages(problem.options()), size)
    recipe = Recipe(
        problem=problem.name,
        name=name,
        data=Data(root=written_root(root, project_folder), split=split),
        training=Training(stages=stages),
    )
    recipe = with_values(recipe, problem, {**options, **values})
    problem.options_of(recipe)
    return recipe


def _refuse_inside(root: Path, project: Path) -> None:
    """Nothing of the studio's is ever written into a data folder."""
    if Path(os.path.realpath(project)).is_relative_to(os.path.realpath(root)):
        raise UserError(
            f"The project {project} would lie inside the data folder {root}.",
            "Choose a place beside the data: nothing is ever written into the data folder.",
        )


def _guessed(
    problem: Problem[Any], data: Path, values: Mapping[str, Any]
) -> tuple[dict[str, Any], Split, int | None]:
    """What the data looks like; told options do not need a guess."""
    told = {"told": values} if "told" in signature(problem.guess).parameters else {}
    guess = problem.guess(data, **told)
    if guess is not None:
        return dict(guess.options), guess.split, guess.size
    own = {f.name for f in describe(problem.options) if f.note == "why-data" or f.name in TELLING}
    if not own & set(values):
        wanted = problem.sentence[:1].lower() + problem.sentence[1:].rstrip(".")
        raise UserError(
            f"{data} does not look like data for {problem.title.lower()} ({wanted}).",
            "Choose the folder that holds the data, or say where the labels are (source=table or pattern).",
        )
    return {}, Split(), None
