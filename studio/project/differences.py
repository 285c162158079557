"""How the settings of runs differ: plain functions from recipes to rows of words. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from studio.problems import problem_named
from studio.recipe.fields import describe
from studio.recipe.schema import Recipe, Stage

SCHEDULES = {"one_cycle": "one-cycle", "flat_cosine": "flat-cosine", "constant": "constant"}
Settings = Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """One setting and its value in every run, in the order of the runs; "" where a run has no such setting."""

    title: str
    values: tuple[str, ...]


def differences(tables: Sequence[Settings]) -> tuple[Difference, ...]:
    """Settings that are not the same everywhere, in the order in which the wizard asks for them."""
    titles = dict.fromkeys(title for table in tables for title in table)
    rows = (Difference(title, tuple(table.get(title, "") for table in tables)) for title in titles)
    return tuple(row for row in rows if len(set(row.values)) > 1)


def variation(recipe: Recipe, base: Recipe) -> str:
    """What is special about a recipe beside another: ``Network resnet34, Stage 2 size 224 px``."""
    found = differences((settings_of(base), settings_of(recipe)))
    return ", ".join(f"{one.title} {one.values[1] or 'none'}" for one in found) or "as the project is now"


def settings_of(recipe: Recipe, marks: int | None = None) -> dict[str, str]:
    """Every setting of a run by the words that the wizard uses; `marks` is how many cleaning marks it has."""
    options = problem_named(recipe.problem).options_of(recipe)
    found = _described(options) | _described(recipe.data.split)
    if recipe.data.skip:
        found["Left out by hand"] = f"{len(recipe.data.skip)} items"
    if marks is not None:
        found["Cleaning marks"] = str(marks or "none")
    for number, stage in enumerate(recipe.training.stages, 1):
        found |= _stage(number, stage)
    return found | _described(recipe.training) | {"Seed": str(recipe.seed)}


def plan_words(recipe: Recipe) -> str:
    """The plan in a few words: ``3 frozen, 4 thawed``."""
    return ", ".join(
        f"{stage.epochs} {'frozen' if stage.freeze else 'thawed'}" for stage in recipe.training.stages
    )


def _described(struct: msgspec.Struct) -> dict[str, str]:
    values = msgspec.structs.asdict(struct)
    return {
        field.title: _word(values[field.name], field.choices)
        for field in describe(type(struct))
        if field.shown(values)
    }


def _word(value: Any, choices: Mapping[str, str]) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return ", ".join(choices.get(one, one) for one in value) or "the usual ones"
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
        f"{name} schedule": SCHEDULES[stage.schedule],
    }
