"""Points drawn from the recipe's seed; nothing is read from disk but the folder's existence."""

from __future__ import annotations

from pathlib import Path

from studio.errors import UserError
from studio.problems.base import Dataset, Item
from studio.recipe.schema import Recipe
from tests.engine.toy_problem import PROBLEM

CLASSES = ("east", "north", "west")


def collect(recipe: Recipe, root: Path) -> Dataset:
    """One item a point, every fifth for validation."""
    if not root.is_dir():
        raise UserError(f"The data folder {root} is not there.", "Choose it again.")
    skip = set(recipe.data.skip)
    keys = [f"{i:05d}" for i in range(PROBLEM.options_of(recipe).points)]
    valid_every = round(1 / recipe.data.split.valid_pct)
    items = (Item(key, CLASSES[i % 3], i % valid_every == 4) for i, key in enumerate(keys) if key not in skip)
    return Dataset(tuple(items), CLASSES)
