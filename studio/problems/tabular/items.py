"""From a recipe and a table to the rows that train and judge.

A row's key is its number in the file, the header being row 1. Its target is a class in words, or a number. The split
is decided from all rows with a target, before anything is skipped or cleaned: leaving one out never moves another.
No torch, no pandas, no Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.dataset.splitting import NO_SIDE as NO_SIDE
from studio.dataset.splitting import Splittable, groups_of, split_sides
from studio.dataset.table_reading import reading_of
from studio.dataset.tables import Row, Table
from studio.errors import UserError
from studio.problems.base import Dataset, Item
from studio.problems.measures.choosing import CLASS_NAMES, NUMBER_NAMES, told
from studio.problems.tabular import source
from studio.problems.tabular.cells import category, is_empty, number
from studio.problems.tabular.options import CLASS_METRICS, NUMBER_METRICS, Options
from studio.problems.tabular.plan import Plan, plan_of
from studio.recipe.schema import Recipe

SKIPPED = "left out by the recipe"
NO_TARGET = "its target is empty"
NO_NUMBER = "its target is not a number"
PEEKED = 200
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
    read = [(row, target_in(plan, row.cells[at])) for row in plan.table.rows]
    good = [(row, target) for row, target in read if not isinstance(target, Bad)]
    left_out = [(str(row.line), target.why) for row, target in read if isinstance(target, Bad)]
    left_out += [(str(line), why) for line, why in plan.table.bad]
    rows, split = splittable(plan, good, root), recipe.data.split
    sides, no_side = split_sides(rows, split, recipe.split_seed)
    skipped, why = set(recipe.data.skip), dict(no_side)
    left_out += [(line, reason) for line, reason in no_side if not line.isdigit()]
    items = []
    for (row, target), side in zip(good, sides, strict=True):
        key = str(row.line)
        if key in skipped or side is None:
            left_out.append((key, SKIPPED if key in skipped else why[key]))
        else:
            items.append(Item(key, target, side))
    classes = tuple(sorted({item.target for item in items})) if plan.task == "classification" else ()
    groups = dict(zip(rows.keys, groups_of(rows, split), strict=False))
    return Dataset(tuple(items), classes, tuple(sorted(left_out, key=row_order)), groups)


def peeked(recipe: Recipe, root: Path) -> Table:
    """The beginning of a recipe's table, for forms; raises `UserError` where it cannot be read."""
    options = _options(recipe)
    return source.read(source.table_path(root, options.table), PEEKED, reading_of(options))


def _options(recipe: Recipe) -> Options:
    from studio.problems.tabular import PROBLEM

    return PROBLEM.options_of(recipe)


def row_order(left_out: tuple[str, str]) -> tuple[int, str]:
    """Rows by their numbers; what is no row comes last."""
    key = left_out[0]
    return (int(key), "") if key.isdigit() else (2**62, key)


class Bad:
    """A row that cannot be used, and why."""

    def __init__(self, why: str) -> None:
        self.why = why


def target_of(text: str, recipe: Recipe, root: Path) -> str | float:
    """The target that a person typed: a class, or a number as the table writes them.

    Raises
    ------
    UserError
        Where it is neither.
    """
    plan = plan_of(recipe, root)
    found = target_in(plan, text.strip())
    if isinstance(found, Bad):
        raise UserError(f"“{text}” cannot be a “{plan.target}”: {found.why}.", "Type another one.")
    return found


def target_in(plan: Plan, cell: str) -> str | float | Bad:
    """A row's target from its cell: a class, or a finite number."""
    seen = plan.profiles[plan.target]
    if plan.task == "classification":
        name = category(cell, seen.kind == "number", seen.decimal)
        return plan.merges.get(name, name) or Bad(NO_TARGET)
    if is_empty(cell):
        return Bad(NO_TARGET)
    value = number(cell, seen.decimal)
    if value is None or value in (float("inf"), float("-inf")):
        return Bad(NO_NUMBER)
    return value


def splittable(plan: Plan, rows: Sequence[tuple[Row, str | float]], root: Path) -> Splittable:
    """What a split may look at: rows by their numbers, their classes (numbers by bands), and all columns."""

    def cells(column: str) -> list[str] | None:
        names = [name for name in plan.table.columns if name.casefold() == column.strip().casefold()]
        at = plan.table.columns.index(column if column in names else names[0]) if names else None
        return None if at is None else [row.cells[at] for row, _ in rows]

    labels = [(band,) for band in bands([target for _, target in rows])]
    return Splittable([str(row.line) for row, _ in rows], root, labels, cells, plan.table.columns, False)


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


def metric_names_of(dataset: Dataset, recipe: Recipe) -> tuple[str, ...]:
    """The metrics told of a run, in order: of a class, or of a number.

    Raises
    ------
    UserError
        Where a chosen one says nothing about the target.
    """
    usual, offered = (CLASS_METRICS, CLASS_NAMES) if dataset.classes else (NUMBER_METRICS, NUMBER_NAMES)
    return told(recipe.problem, _options(recipe).metrics, usual, offered)
