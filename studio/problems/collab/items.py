"""From a recipe and a table to the ratings that train and judge.

A rating's key is its row in the file. The split is decided from all rows with a rating, before anything is skipped or
cleaned. No torch, no pandas, no Qt.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from studio.dataset.splits import column_split, random_split, stratified_split
from studio.errors import UserError
from studio.problems.base import Dataset, Item
from studio.problems.collab.plan import Plan, plan_of
from studio.recipe.schema import Recipe, Split

SKIPPED = "left out by the recipe"
NO_SIDE = "its validation column says neither training nor validation"
NO_RATING = "its rating is empty or no number"
NO_ID = "its user or item is empty"


def collect(recipe: Recipe, root: Path) -> Dataset:
    """Collect the ratings of a recipe; `root` is the absolute data root.

    Raises
    ------
    UserError
        Where a table cannot be read, or the recipe names a column that it does not have.
    """
    plan = plan_of(recipe, root)
    lines = [str(row.line) for row in plan.table.rows]
    left_out = [(str(line), why) for line, why in plan.table.bad]
    places = []
    triples = zip(plan.ids(plan.user), plan.ids(plan.item), plan.ratings(), strict=True)
    for place, (user, item, rating) in enumerate(triples):
        if not user or not item or math.isnan(rating):
            left_out.append((lines[place], NO_RATING if user and item else NO_ID))
        else:
            places.append((place, rating))
    sides = split_rows(plan, places, recipe.data.split, recipe.seed)
    skipped, items = set(recipe.data.skip), []
    for (place, rating), side in zip(places, sides, strict=True):
        if lines[place] in skipped or side is None:
            left_out.append((lines[place], NO_SIDE if side is None else SKIPPED))
        else:
            items.append(Item(lines[place], rating, side))
    return Dataset(tuple(items), (), tuple(sorted(left_out, key=lambda one: int(one[0]))))


def split_rows(
    plan: Plan, rows: Sequence[tuple[int, float]], split: Split, seed: int
) -> tuple[bool | None, ...]:
    """Say of each row whether it validates; None where it has no side."""
    if split.kind == "random":
        return random_split(len(rows), split.valid_pct, seed)
    if split.kind == "stratified":
        return stratified_split([str(rating) for _, rating in rows], split.valid_pct, seed)
    if split.kind == "column":
        cells = plan.table.values(split.column)
        return column_split([cells[place] for place, _ in rows])
    raise UserError(
        "A table has no folders to split by.",
        "Keep a random share of the rows, or name a column.",
        fix="split=random",
    )


def require_trainable(dataset: Dataset, plan: Plan) -> None:
    """Raise a `UserError` where a dataset cannot train or judge a model."""
    if not dataset.train() or not dataset.valid():
        raise UserError(
            "All ratings are on one side: nothing is left to train on, or nothing to judge by.",
            "Keep a random share of the rows for validation.",
            fix="split=random",
        )
    if len({item.target for item in dataset.items}) < 2:
        raise UserError(
            f"Every rating in “{plan.rating}” is the same.", "Choose another rating column.", fix="rating"
        )
