"""From a recipe and a folder to photos with masks that train and judge.

An item's key is its photo, its target the key of its mask. The split is decided from all pairs, before anything
is skipped or cleaned. `collect` opens no picture. No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import get_args

from studio.dataset.paths import folder_key, is_below
from studio.dataset.splitting import IN_NEITHER as IN_NEITHER
from studio.dataset.splitting import NOT_LISTED as NOT_LISTED
from studio.dataset.splitting import Splittable, groups_of, split_sides
from studio.engine.messages import ClassCount
from studio.errors import UserError
from studio.problems.base import Dataset, Item
from studio.problems.measures.choosing import told
from studio.problems.segmentation.codes import Codes, class_names, codes_of
from studio.problems.segmentation.options import METRICS, Options, PixelMetrics
from studio.problems.segmentation.pairing import find_pairs
from studio.recipe.schema import Recipe, Split

SKIPPED = "left out by the recipe"
LeftOut = tuple[str, str]


def options_of(recipe: Recipe) -> Options:
    """The recipe's options, typed; raises a `UserError` that names the field that is wrong."""
    from studio.problems.segmentation import PROBLEM

    return PROBLEM.options_of(recipe)


def codes_for(recipe: Recipe, root: Path) -> Codes:
    """The recipe's classes and what a value in a mask means."""
    return codes_of(root, options_of(recipe))


def collect(recipe: Recipe, root: Path) -> Dataset:
    """Collect the items of a segmentation recipe.

    Raises
    ------
    UserError
        Where nothing can be collected, naming the folder, file or field.
    """
    options, split = options_of(recipe), recipe.data.split
    found = find_pairs(root, options, split)
    classes = class_names(root, options)
    keys = [photo for photo, _ in found.pairs]
    sides, more = sides_of(keys, root, split, recipe.split_seed)
    items = [
        Item(photo, mask, side)
        for (photo, mask), side in zip(found.pairs, sides, strict=True)
        if side is not None
    ]
    groups = dict(zip(keys, groups_of(Splittable(keys, root), split), strict=False))
    return _without_skipped(items, classes, (*found.left_out, *more), recipe.data.skip, groups)


def sides_of(
    keys: Sequence[str], root: Path, split: Split, seed: int
) -> tuple[tuple[bool | None, ...], list[LeftOut]]:
    """Say of each photo whether it validates; None (and a line in the second part) where it has no side."""
    if split.kind in ("stratified", "column"):
        raise UserError(
            f"A split of the kind “{split.kind}” means nothing here: a photo holds many classes, and no table says "
            "which ones validate.",
            "Keep a random share, name two folders, or name a list of validation files.",
            fix="split=random",
        )
    return split_sides(Splittable(keys, root), split, seed)


def _without_skipped(
    items: Sequence[Item],
    classes: tuple[str, ...],
    left_out: Sequence[LeftOut],
    skip: Sequence[str],
    groups: Mapping[str, str],
) -> Dataset:
    names = [folder_key(name) for name in skip]
    exact = set(names)

    def skipped(key: str) -> bool:
        folders = (p.as_posix() for p in PurePosixPath(key).parents)
        return bool(exact) and (key in exact or any(is_below(key, f) and f in exact for f in folders))

    kept = tuple(i for i in items if not skipped(i.key) and not skipped(str(i.target)))
    here = {item.key for item in kept}
    gone = [(i.key, SKIPPED) for i in items if i.key not in here]
    others = [(key, SKIPPED if skipped(key) else why) for key, why in left_out]
    return Dataset(kept, classes, tuple(sorted([*others, *gone])), groups)


def class_counts(dataset: Dataset, recipe: Recipe, root: Path) -> tuple[ClassCount, ...]:
    """How many photos hold each class, on both sides: counted in some masks where there are very many."""
    from studio.problems.segmentation.mask_counts import class_counts as counted

    return counted(dataset, codes_for(recipe, root), root)


def classes_in(items: Sequence[Item], recipe: Recipe, root: Path) -> list[tuple[str, ...]]:
    """The classes in the masks of some items, in their order."""
    from studio.problems.segmentation.mask_counts import class_pixels, looks

    codes = codes_for(recipe, root)
    return [
        tuple(codes.classes[at] for at in class_pixels(look, codes).nonzero()[0])
        for _, look in looks(items, root)
    ]


def require_trainable(dataset: Dataset) -> None:
    """Raise a `UserError` where a dataset cannot train or judge a model."""
    if not dataset.items:
        raise UserError("No photos are left to train on.", "Take back some of the cleaning, or add photos.")
    if not dataset.valid():
        raise UserError(
            "The validation set is empty.",
            "Keep a larger share for validation, or correct the split.",
            fix="split=random",
        )
    if not dataset.train():
        raise UserError(
            "The training set is empty: every photo is kept for validation.",
            "Correct the split.",
            fix="split=random",
        )


def metric_names_of(dataset: Dataset, recipe: Recipe) -> tuple[str, ...]:
    """The metrics told of a run, in order."""
    return told(recipe.problem, options_of(recipe).metrics, METRICS, get_args(PixelMetrics))
