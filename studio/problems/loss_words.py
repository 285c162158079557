"""How the loss that a run is trained with is called, within a sentence. No torch, no Qt."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from studio.problems.base import Problem
from studio.recipe.fields import describe
from studio.recipe.schema import Recipe

_PEOPLE: Final = ("Dice", "Huber")  # keep their capital


def loss_words(problem: Problem[Any], recipe: Recipe, chosen: str = "") -> str:
    """``focal``, ``cross-entropy with smoothed labels, weighted``; empty where a problem has one loss alone.

    Parameters
    ----------
    chosen : str
        The choice in effect, where the recipe's own leaves that to the data.
    """
    field = next((f for f in describe(problem.options) if f.name == "loss"), None)
    if field is None:
        return ""
    options = msgspec.structs.asdict(problem.options_of(recipe))
    value = chosen or str(options["loss"])
    said = field.choices.get(value, value).partition(":")[0]
    if not said.startswith(_PEOPLE):
        said = said[:1].lower() + said[1:]
    return f"{said}, weighted" if options.get("class_weights") == "balanced" else said
