"""How the settings of runs differ: plain functions from recipes to rows of words.

Must not import Qt, torch or numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from studio.problems import problem_named
from studio.recipe.fields import describe
from studio.recipe.schema import Split, Stage, Training
from studio.ui.store import RunStory


@dataclass(frozen=True)
class Difference:
    """One setting and its value in every run, in the order of the runs; "" where a run has no such setting."""

    title: str
    values: tuple[str, ...]


def differences(stories: Mapping[int, RunStory]) -> tuple[Difference, ...]:
    """Settings that are not the same in all runs, in the order in which the wizard asks for them."""
    tables = [settings_of(story) for story in stories.values()]
    titles = dict.fromkeys(title for table in tables for title in table)
    rows = (Difference(title, tuple(table.get(title, "") for table in tables)) for title in titles)
    return tuple(row for row in rows if len(set(row.values)) > 1)


def settings_of(story: RunStory) -> dict[str, str]:
    """Every setting of a run by the words that the wizard uses."""
    if story.recipe is None:
        return {}
    recipe = story.recipe
    options = problem_named(recipe.problem).options_of(recipe)
    found = _described(options) | _described(recipe.data.split)
    if recipe.data.skip:
        found["Left out by hand"] = f"{len(recipe.data.skip)} items"
    found["Cleaning marks"] = str(story.marks or "none")
    for number, stage in enumerate(recipe.training.stages, 1):
        found |= _stage(number, stage)
    return found | _described(recipe.training) | {"Seed": str(recipe.seed)}


def _described(struct: Split | Training | msgspec.Struct) -> dict[str, str]:
    values = msgspec.structs.asdict(struct)
    return {
        field.title: _word(values[field.name], field.choices)
        for field in describe(type(struct))
        if field.shown(values)
    }


def _word(value: Any, choices: Mapping[str, str]) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return choices.get(str(value), str(value))


def _stage(number: int, stage: Stage) -> dict[str, str]:
    name = f"Stage {number}"
    size = {} if stage.size is None else {f"{name} size": f"{stage.size} px"}
    return {
        name: "frozen" if stage.freeze else "thawed",
        f"{name} epochs": str(stage.epochs),
        **size,
        f"{name} batch size": str(stage.batch_size),
        f"{name} rate": str(stage.lr),
    }
