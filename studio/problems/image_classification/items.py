"""From a recipe and a folder to the items that train and judge.

The split is decided from all labelled photos, before anything is skipped or cleaned: leaving one out never
moves another. `collect` raises where there is nothing to count; a dataset that can be counted but not trained
on (one class, nothing to validate with) is returned, so that the counts can be shown; `require_trainable`
refuses it. No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from studio.dataset.paths import folder_key, is_below
from studio.dataset.splitting import IN_NEITHER as IN_NEITHER
from studio.dataset.splitting import NO_SIDE as NO_SIDE
from studio.dataset.splitting import Splittable, groups_of, split_sides
from studio.dataset.table_reading import AS_FOUND, Reading
from studio.errors import UserError
from studio.problems.base import Dataset, Guess, Item, names_in
from studio.problems.image_classification.options import METRICS, Options
from studio.problems.image_classification.sources import Labelled, LeftOut, read_source, require_set_folders
from studio.problems.measures.choosing import CLASS_NAMES, told
from studio.recipe.schema import Recipe, Split

SKIPPED = "left out by the recipe"


def collect(recipe: Recipe, root: Path) -> Dataset:
    """Collect the items of an image classification recipe.

    Parameters
    ----------
    root : Path
        The absolute data root.

    Raises
    ------
    UserError
        Where nothing can be collected, naming the folder, table, column or pattern.
    """
    split = recipe.data.split
    source = read_source(root, options_of(recipe), split)
    sides, no_side = split_items(source.labelled, split, recipe.split_seed, root)
    items = [
        Item(one.key, one.label, side)
        for one, side in zip(source.labelled, sides, strict=True)
        if side is not None
    ]
    dataset = without_skipped(items, (*source.left_out, *no_side), recipe.data.skip)
    return replace(dataset, groups=named_groups(source.labelled, split, root))


def options_of(recipe: Recipe) -> Options:
    """The recipe's options, typed; raises a `UserError` that names the field that is wrong."""
    from studio.problems.image_classification import PROBLEM

    return PROBLEM.options_of(recipe)


def split_items(
    labelled: Sequence[Labelled],
    split: Split,
    seed: int,
    root: Path,
    labels: Sequence[Collection[str]] | None = None,
) -> tuple[tuple[bool | None, ...], list[LeftOut]]:
    """Say of each photo whether it validates; None (and a line in the second part) where it has no side.

    Parameters
    ----------
    labels : sequence of collections of str or None
        The classes of each photo, where it may have several; without it each has the one of its label.
    """
    if split.kind == "folders":
        require_set_folders(root, split)
    return split_sides(splittable(labelled, root, labels), split, seed)


def splittable(
    labelled: Sequence[Labelled], root: Path, labels: Sequence[Collection[str]] | None = None
) -> Splittable:
    """What a split may look at: keys, classes, and the rows of the table that named the photos."""
    first: Sequence[str] = tuple(labelled[0].cells) if labelled else ()

    def cells(column: str) -> list[str] | None:
        name = next((c for c in first if c.casefold() == column.strip().casefold()), None)
        return None if name is None else [one.cells[name] for one in labelled]

    classes = [(one.label,) for one in labelled] if labels is None else labels
    return Splittable([one.key for one in labelled], root, classes, cells, first)


def named_groups(labelled: Sequence[Labelled], split: Split, root: Path) -> dict[str, str]:
    """The group of each photo, by its key; empty where the split knows no groups."""
    groups = groups_of(splittable(labelled, root), split)
    return dict(zip((one.key for one in labelled), groups, strict=True)) if groups else {}


def without_skipped(items: Sequence[Item], left_out: Sequence[LeftOut], skip: Sequence[str]) -> Dataset:
    """The dataset of items without those that the recipe leaves out."""
    names = {folder_key(name) for name in skip}
    kept = tuple(item for item in items if not _skipped(item.key, names))
    gone = [(item.key, SKIPPED) for item in items if _skipped(item.key, names)]
    others = [(key, SKIPPED if _skipped(key, names) else why) for key, why in left_out]
    return Dataset(
        kept,
        tuple(sorted({name for item in kept for name in names_in(item.target)})),
        tuple(sorted([*others, *gone])),
    )


def _skipped(key: str, names: set[str]) -> bool:
    """Whether a key is named, or lies in a folder that is."""
    if not names:
        return False
    return key in names or any(is_below(key, key[:at]) and key[:at] in names for at in _slashes(key))


def _slashes(key: str) -> list[int]:
    return [at for at, letter in enumerate(key) if letter == "/"]


def guess_folder(folder: Path, reading: Reading = AS_FOUND) -> Guess | None:
    """Look at a folder (or a table) for a moment; see `guessing.py`."""
    from studio.problems.image_classification.guessing import guess_at

    return guess_at(folder, reading)


def only_in_validation(dataset: Dataset) -> tuple[str, ...]:
    """Classes that no training item has."""
    return tuple(sorted({i.target for i in dataset.valid()} - {i.target for i in dataset.train()}))


def require_trainable(dataset: Dataset, split: Split) -> None:
    """Raise a `UserError` where a dataset cannot train or judge a model."""
    if not dataset.items:
        raise UserError("No items are left to train on.", "Take back some of the cleaning, or add photos.")
    if len(dataset.classes) < 2:
        raise UserError(
            f"There is only one class, “{dataset.classes[0]}”.",
            "A model needs two classes or more to tell apart: add a folder (or rows) of another class.",
        )
    if not dataset.valid():
        raise UserError(
            f"The validation set is empty: {why_no_validation(dataset, split)}.", *_other_split(split)
        )
    if not dataset.train():
        raise UserError("The training set is empty: every item is kept for validation.", *_other_split(split))
    unseen = only_in_validation(dataset)
    if unseen:
        raise UserError(
            f"The {'class' if len(unseen) == 1 else 'classes'} {_names(unseen)} "
            f"{'is' if len(unseen) == 1 else 'are'} only in the validation set, and would never be learned.",
            "Keep a share of every class for validation instead (split: stratified), or add training photos.",
            fix="split=stratified",
        )


def _other_split(split: Split) -> tuple[str, str]:
    if split.kind == "random":
        return (
            "Keep a larger share for validation, or a share of every class (split: stratified).",
            "split=stratified",
        )
    if split.kind == "stratified":
        return "Add photos: a class needs two to be on both sides.", ""
    return "Correct the split, or keep a share of every class for validation instead.", "split=stratified"


def why_no_validation(dataset: Dataset, split: Split) -> str:
    """Why no item validates, for a sentence."""
    if split.kind == "random":
        return f"{split.valid_pct:.0%} of {len(dataset.items)} items is less than one"
    if split.kind == "folders":
        return f"the folder “{split.valid}” holds no usable photo"
    if split.kind == "column":
        return f"no row says so in the column “{split.column}”"
    if split.kind == "group":
        return "all items belong to one group, or each class does"
    if split.kind in ("list", "time", "hash"):
        return "the split keeps none of the items that are left"
    return "no class has more than one photo"


def _names(names: Sequence[str], most: int = 5) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def relabelled_key(key: str, old: str, new: str) -> str:
    """Where the file of a photo belongs after its class changed: its folder `old` becomes `new`."""
    *folders, name = key.split("/")
    if old not in folders:
        return key
    at = len(folders) - 1 - folders[::-1].index(old)
    return "/".join([*folders[:at], new, *folders[at + 1 :], name])


def metric_names_of(dataset: Dataset, recipe: Recipe) -> tuple[str, ...]:
    """The metrics told of a run, in order."""
    return told(recipe.problem, options_of(recipe).metrics, METRICS, CLASS_NAMES)
