"""From a recipe and a table to the rows that train and judge.

A row's key is its number in the file, the header being row 1. Its target is a class in words, or a number. The split
is decided from all rows with a target, before anything is skipped or cleaned: leaving one out never moves another.
No torch, no pandas, no Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.dataset.splits import column_split, random_split, stratified_split
from studio.dataset.tables import Row
from studio.errors import UserError
from studio.problems.base import Dataset, Item
from studio.problems.tabular.cells import category, is_empty, number
from studio.problems.tabular.plan import Plan, plan_of
from studio.recipe.schema import Recipe, Split

SKIPPED = "left out by the recipe"
NO_SIDE = "its validation column says neither training nor validation"
NO_TARGET = "its target is empty"
NO_NUMBER = "its target is not a number"
BANDS = 10
"""Into how many bands of equal size numbers are parted where a share of every class is asked for."""


def collect(recipe: Recipe, root: Path) -> Dataset:
    """Collect the rows of a recipe.

    Parameters
    ----------
    root : Path
        The absolute data root.

    Raises
    ------
    UserError
        Where the table cannot be read, or the recipe names a column that it does not have.
    """
    plan = plan_of(recipe, root)
    at = plan.table.index(plan.target)
    read = [(row, target_of(plan, row.cells[at])) for row in plan.table.rows]
    good = [(row, target) for row, target in read if not isinstance(target, Bad)]
    left_out = [(str(row.line), target.why) for row, target in read if isinstance(target, Bad)]
    left_out += [(str(line), why) for line, why in plan.table.bad]
    sides = split_rows(plan, good, recipe.data.split, recipe.seed)
    skipped = set(recipe.data.skip)
    items = []
    for (row, target), side in zip(good, sides, strict=True):
        key = str(row.line)
        if key in skipped or side is None:
            left_out.append((key, SKIPPED if key in skipped else NO_SIDE))
        else:
            items.append(Item(key, target, side))
    classes = tuple(sorted({item.target for item in items})) if plan.task == "classification" else ()
    return Dataset(tuple(items), classes, tuple(sorted(left_out, key=lambda one: int(one[0]))))


class Bad:
    """A row that cannot be used, and why."""

    def __init__(self, why: str) -> None:
        self.why = why


def target_of(plan: Plan, cell: str) -> str | float | Bad:
    """A row's target from its cell: a class, or a finite number."""
    seen = plan.profiles[plan.target]
    if plan.task == "classification":
        name = category(cell, seen.kind == "number", seen.decimal)
        return name or Bad(NO_TARGET)
    if is_empty(cell):
        return Bad(NO_TARGET)
    value = number(cell, seen.decimal)
    if value is None or value in (float("inf"), float("-inf")):
        return Bad(NO_NUMBER)
    return value


def split_rows(
    plan: Plan, rows: Sequence[tuple[Row, str | float]], split: Split, seed: int
) -> tuple[bool | None, ...]:
    """Say of each row whether it validates; None where it has no side.

    Raises
    ------
    UserError
        Where the split needs folders, or a column that is not there.
    """
    if split.kind == "random":
        return random_split(len(rows), split.valid_pct, seed)
    if split.kind == "stratified":
        return stratified_split(bands([target for _, target in rows]), split.valid_pct, seed)
    if split.kind == "column":
        at = plan.table.index(split.column)
        return column_split([row.cells[at] for row, _ in rows])
    raise UserError(
        "A table has no folders to split by.",
        "Keep a random share of the rows, or name a column.",
        fix="split=random",
    )


def bands(targets: Sequence[str | float]) -> list[str]:
    """Classes as they are; numbers by the band that they fall into, so that each set has small and large ones."""
    if not all(isinstance(target, float) for target in targets):
        return [str(target) for target in targets]
    order = sorted(range(len(targets)), key=lambda at: (targets[at], at))
    band = {at: place * BANDS // max(len(order), 1) for place, at in enumerate(order)}
    return [str(band[at]) for at in range(len(targets))]


def only_in_validation(dataset: Dataset) -> tuple[str, ...]:
    """Classes that no training row has."""
    if not dataset.classes:
        return ()
    return tuple(sorted({i.target for i in dataset.valid()} - {i.target for i in dataset.train()}))


def require_trainable(dataset: Dataset, plan: Plan) -> None:
    """Raise a `UserError` where a dataset cannot train or judge a model."""
    if not dataset.items:
        raise UserError(
            f"No row of {plan.table.path.name} has a usable “{plan.target}”.",
            "Choose another target column.",
            fix="target",
        )
    if plan.task == "classification" and len(dataset.classes) < 2:
        raise UserError(
            f"Every row has the same “{plan.target}”: {dataset.classes[0]}.",
            "Choose another target column.",
            fix="target",
        )
    if not dataset.valid() or not dataset.train():
        raise UserError(
            "All rows are on one side: nothing is left to train on, or nothing to judge by.",
            "Keep a random share of the rows for validation.",
            fix="split=random",
        )
    unseen = only_in_validation(dataset)
    if unseen:
        raise UserError(
            f"Only in the validation set, and so never learned: {', '.join(unseen[:5])}.",
            "Keep a share of every class for validation instead (split: stratified).",
            fix="split=stratified",
        )
