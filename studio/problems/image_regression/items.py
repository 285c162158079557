"""From a recipe and a folder to the photos that train and judge, each with its numbers or points. No torch, no Qt.

The split is decided from all photos with a target, before anything is skipped or cleaned. A random share of every
class means here: of every tenth of the numbers, or of every pattern of missing points.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from studio.engine.messages import ClassCount
from studio.errors import UserError
from studio.problems.base import Dataset, Item
from studio.problems.image_classification.items import (
    named_groups,
    split_items,
    why_no_validation,
    without_skipped,
)
from studio.problems.image_regression.file_source import from_files
from studio.problems.image_regression.options import (
    NUMBER_METRICS,
    NUMBER_NAMES,
    POINT_METRICS,
    POINT_NAMES,
    SEVERAL_METRICS,
    SEVERAL_NAMES,
    Options,
)
from studio.problems.image_regression.table_source import Source, from_table, table_of
from studio.problems.image_regression.targets import (
    Schema,
    Target,
    as_numbers,
    kind_of,
    missing_of,
    typed,
)
from studio.problems.measures.choosing import told
from studio.problems.tabular.items import bands
from studio.recipe.schema import Recipe, Split


def columns_of(recipe: Recipe, root: Path) -> tuple[str, ...]:
    """The columns of a recipe's table under one header; raises `UserError` where it cannot be read."""
    return table_of(root, options_of(recipe))[1].columns


def options_of(recipe: Recipe) -> Options:
    """The recipe's options, typed; raises a `UserError` that names the field that is wrong."""
    from studio.problems.image_regression import PROBLEM

    return PROBLEM.options_of(recipe)


def source_of(recipe: Recipe, root: Path) -> Source:
    """What the table or the target files say; raises a `UserError` where nothing can be collected."""
    options = options_of(recipe)
    return from_files(root, options) if options.source == "files" else from_table(root, options)


def schema_for(recipe: Recipe, root: Path) -> Schema:
    """What the recipe predicts, and its names."""
    return source_of(recipe, root).schema


def collect(recipe: Recipe, root: Path) -> Dataset:
    """Collect the items of a recipe; see `targets.py` for what a target is.

    Parameters
    ----------
    root : Path
        The absolute data root.

    Raises
    ------
    UserError
        Where nothing can be collected, naming the folder, table or column.
    """
    source, split = source_of(recipe, root), recipe.data.split
    patterns = groups([source.targets[one.key] for one in source.labelled])
    labelled = [replace(one, label=label) for one, label in zip(source.labelled, patterns, strict=True)]
    sides, no_side = split_items(labelled, split, recipe.split_seed, root)
    items = [
        Item(one.key, source.targets[one.key], side)
        for one, side in zip(labelled, sides, strict=True)
        if side is not None
    ]
    dataset = without_skipped(items, (*source.left_out, *no_side), recipe.data.skip)
    return replace(dataset, groups=named_groups(labelled, split, root))


def groups(targets: list[Target]) -> list[str]:
    """What is drawn from alike: tenths of the (first) number, or photos with the same points missing."""
    if targets and kind_of(targets[0]) == "points":
        return [missing_of(target) for target in targets]
    return bands([as_numbers(target)[0] for target in targets])


def target_of(text: str, recipe: Recipe) -> Target:
    """The target that a person typed: ``12.5``; ``19, 1, 0``; ``120 80, none`` for points."""
    return typed(text)


def class_counts(dataset: Dataset, recipe: Recipe, root: Path) -> tuple[ClassCount, ...] | None:
    """How many photos have each point on both sides; None for numbers, which are counted by nothing."""
    if not is_points(dataset):
        return None
    known = {True: Counter[int](), False: Counter[int]()}
    for item in dataset.items:
        known[item.valid].update(at for at, point in enumerate(item.target) if point is not None)
    names = schema_for(recipe, root).names
    return tuple(ClassCount(name, known[False][at], known[True][at]) for at, name in enumerate(names))


def is_points(dataset: Dataset) -> bool:
    """Whether the targets are points."""
    return bool(dataset.items) and kind_of(dataset.items[0].target) == "points"


def count_of(dataset: Dataset) -> int:
    """How many numbers, or points, every photo has."""
    first = dataset.items[0].target
    return len(first) if isinstance(first, list | tuple) else 1


def require_trainable(dataset: Dataset, split: Split) -> None:
    """Raise a `UserError` where a dataset cannot train or judge a model."""
    if not dataset.items:
        raise UserError("No photos are left to train on.", "Take back some of the cleaning, or add photos.")
    _require_alike(dataset)
    if not dataset.valid():
        raise UserError(
            f"The validation set is empty: {why_no_validation(dataset, split)}.",
            "Keep a larger share for validation, or correct the split.",
            fix="split=random",
        )
    if not dataset.train():
        raise UserError(
            "The training set is empty: every photo is kept for validation.",
            "Keep a smaller share for validation, or correct the split.",
            fix="split=random",
        )


def _require_alike(dataset: Dataset) -> None:
    """Raise a `UserError` where a mark gave a photo something else than most have."""
    kinds = [(kind_of(item.target), count_of(Dataset((item,)))) for item in dataset.items]
    (kind, count), _ = Counter(kinds).most_common(1)[0]
    for item, own in zip(dataset.items, kinds, strict=True):
        if own != (kind, count):
            raise UserError(
                f"{item.key} has {own[1]} {own[0]} as its target, where the others have {count} {kind}.",
                "Take the mark back that changed it, or give it as many as the others have.",
            )


def metric_names_of(dataset: Dataset, recipe: Recipe) -> tuple[str, ...]:
    """The metrics told of a run, in order: of points, of a number, or of several.

    Raises
    ------
    UserError
        Where a chosen one says nothing about these targets.
    """
    usual, offered = (
        (POINT_METRICS, POINT_NAMES)
        if is_points(dataset)
        else (NUMBER_METRICS, NUMBER_NAMES)
        if count_of(dataset) == 1
        else (SEVERAL_METRICS, SEVERAL_NAMES)
    )
    return told(recipe.problem, options_of(recipe).metrics, usual, offered)
