"""From a recipe and a table to the ratings that train and judge.

A rating's key is its row in the file. The split is decided from all rows with a rating, before anything is skipped or
cleaned. No torch, no pandas, no Qt.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from studio.dataset.splitting import NO_SIDE as NO_SIDE
from studio.dataset.splitting import Splittable, groups_of, split_sides
from studio.dataset.table_reading import reading_of
from studio.dataset.tables import Table
from studio.errors import UserError
from studio.problems.base import Dataset, Item
from studio.problems.collab import rating_tables
from studio.problems.collab.options import METRICS, RatingMetric
from studio.problems.collab.plan import Plan, plan_of
from studio.problems.measures.choosing import told
from studio.problems.tabular.cells import number
from studio.problems.tabular.items import PEEKED, row_order
from studio.recipe.schema import Recipe

SKIPPED = "left out by the recipe"
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
    ratings, split = splittable(plan, places, root), recipe.data.split
    sides, no_side = split_sides(ratings, split, recipe.split_seed)
    skipped, why, items = set(recipe.data.skip), dict(no_side), list[Item]()
    left_out += [(line, reason) for line, reason in no_side if not line.isdigit()]
    for (place, rating), side in zip(places, sides, strict=True):
        if lines[place] in skipped or side is None:
            left_out.append((lines[place], why[lines[place]] if side is None else SKIPPED))
        else:
            items.append(Item(lines[place], rating, side))
    groups = dict(zip(ratings.keys, groups_of(ratings, split), strict=False))
    return Dataset(tuple(items), (), tuple(sorted(left_out, key=row_order)), groups)


def target_of(text: str, recipe: Recipe) -> float:
    """The rating that a person typed; raises `UserError` where it is no number."""
    value = number(text.strip())
    if value is None or not math.isfinite(value):
        raise UserError(f"“{text}” is no rating.", "Type a number.")
    return value


def peeked(recipe: Recipe, root: Path) -> Table:
    """The beginning of a recipe's ratings, for forms; raises `UserError` where they cannot be read."""
    from studio.problems.collab import PROBLEM

    options = PROBLEM.options_of(recipe)
    path = rating_tables.path_of(root, options.table, "table")
    return rating_tables.read(path, options.header, PEEKED, reading_of(options)).table


def splittable(plan: Plan, rows: Sequence[tuple[int, float]], root: Path) -> Splittable:
    """What a split may look at: rows by their numbers, ratings as classes, and all columns.

    The columns of users, items and ratings may be called so, whatever their header says.
    """
    table = plan.table
    meant = {"user": plan.user, "item": plan.item, "rating": plan.rating}

    def cells(column: str) -> list[str] | None:
        name = column.strip().casefold()
        named = next((c for c in table.columns if c.casefold() == name), meant.get(name))
        if named is None:
            return None
        values = plan.ids(named) if named in (plan.user, plan.item) else table.values(named)
        return [values[place] for place, _ in rows]

    labels = [(str(rating),) for _, rating in rows]
    keys = [str(table.rows[place].line) for place, _ in rows]
    return Splittable(keys, root, labels, cells, table.columns, False)


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


def metric_names_of(dataset: Dataset, recipe: Recipe) -> tuple[str, ...]:
    """The metrics told of a run, in order."""
    from studio.problems.collab import PROBLEM

    return told(recipe.problem, PROBLEM.options_of(recipe).metrics, METRICS, get_args(RatingMetric))
