"""From a recipe and a table to the photos that train and judge, each with its tags. No torch, no Qt.

The split is decided from all photos with tags, before anything is skipped or cleaned. A random share of every
class is drawn tag by tag, rarest first, so that rare tags are on both sides wherever they can be.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

from studio.errors import UserError
from studio.problems.base import Dataset, Item, names_in
from studio.problems.image_classification.items import (
    named_groups,
    split_items,
    why_no_validation,
    without_skipped,
)
from studio.problems.measures.choosing import told
from studio.problems.multi_label.folder_source import folder_tags
from studio.problems.multi_label.options import METRICS, Options, TagMetric
from studio.problems.multi_label.table_source import read_source
from studio.problems.multi_label.tags import DELIMITERS, tags_of
from studio.recipe.schema import Recipe, Split


def collect(recipe: Recipe, root: Path) -> Dataset:
    """Collect the items of a multi-label recipe; the target of each is a tuple of tags, sorted.

    Parameters
    ----------
    root : Path
        The absolute data root.

    Raises
    ------
    UserError
        Where nothing can be collected, naming the folder, table or column.
    """
    options = options_of(recipe)
    source, tags = (
        folder_tags(root, options, recipe.data.split)
        if options.labels == "folders"
        else read_source(root, options)
    )
    split, own = recipe.data.split, [tags[one.key] for one in source.labelled]
    sides, no_side = split_items(source.labelled, split, recipe.split_seed, root, own)
    items = [
        Item(one.key, tags[one.key], side)
        for one, side in zip(source.labelled, sides, strict=True)
        if side is not None
    ]
    dataset = without_skipped(items, (*source.left_out, *no_side), recipe.data.skip)
    return replace(dataset, groups=named_groups(source.labelled, split, root))


def options_of(recipe: Recipe) -> Options:
    """The recipe's options, typed; raises a `UserError` that names the field that is wrong."""
    from studio.problems.multi_label import PROBLEM

    return PROBLEM.options_of(recipe)


def target_of(text: str, recipe: Recipe) -> tuple[str, ...]:
    """The tags that a person typed: with commas, or with the recipe's own delimiter between; ``none`` for none."""
    if text.strip().casefold() == "none":
        return ()
    own = DELIMITERS.get(options_of(recipe).delimiter, ",")
    return tags_of(text, "," if "," in text else own)


def only_in_validation(dataset: Dataset) -> tuple[str, ...]:
    """Tags that no training item has."""
    taught = {name for item in dataset.train() for name in names_in(item.target)}
    return tuple(name for name in dataset.classes if name not in taught)


def require_trainable(dataset: Dataset, split: Split) -> None:
    """Raise a `UserError` where a dataset cannot train or judge a model."""
    if not dataset.items:
        raise UserError("No items are left to train on.", "Take back some of the cleaning, or add photos.")
    if not dataset.classes:
        raise UserError(
            "No photo has a tag.", "Choose the column of the tags, or fill it in.", fix="label_column"
        )
    if not dataset.valid():
        raise UserError(
            f"The validation set is empty: {no_validation(dataset, split)}.",
            "Keep a larger share for validation, or correct the split.",
            fix="" if split.kind == "stratified" else "split=stratified",
        )
    if not dataset.train():
        raise UserError(
            "The training set is empty: every item is kept for validation.",
            "Keep a smaller share for validation, or correct the split.",
            fix="" if split.kind == "stratified" else "split=stratified",
        )


def no_validation(dataset: Dataset, split: Split) -> str:
    """Why no item validates, for a sentence."""
    if split.kind == "stratified":
        return "no tag has more than one photo"
    return why_no_validation(dataset, split)


def metric_names_of(dataset: Dataset, recipe: Recipe) -> tuple[str, ...]:
    """The metrics told of a run, in order."""
    return told(recipe.problem, options_of(recipe).metrics, METRICS, get_args(TagMetric))
