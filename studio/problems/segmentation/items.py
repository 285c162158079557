"""From a recipe and a folder to photos with masks that train and judge.

An item's key is its photo, its target the key of its mask. The split is decided from all pairs, before anything
is skipped or cleaned. `collect` opens no picture. No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from studio.dataset.paths import folder_key, is_below, key_below
from studio.dataset.splits import folder_split, random_split
from studio.engine.messages import ClassCount
from studio.errors import UserError
from studio.problems.base import Dataset, Item
from studio.problems.segmentation.codes import Codes, class_names, codes_of, lines_of
from studio.problems.segmentation.options import Options
from studio.problems.segmentation.pairing import find_pairs
from studio.recipe.schema import Recipe, Split

SKIPPED = "left out by the recipe"
IN_NEITHER = "it lies in neither the training nor the validation folder"
NOT_LISTED = "named in the validation list, but there is no such photo with a mask"
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
    sides, more = sides_of(keys, root, options, split, recipe.seed)
    items = [
        Item(photo, mask, side)
        for (photo, mask), side in zip(found.pairs, sides, strict=True)
        if side is not None
    ]
    return _without_skipped(items, classes, (*found.left_out, *more), recipe.data.skip)


def sides_of(
    keys: Sequence[str], root: Path, options: Options, split: Split, seed: int
) -> tuple[Sequence[bool | None], list[LeftOut]]:
    """Say of each photo whether it validates; None (and a line in the second part) where it has no side."""
    if options.valid_list:
        return _by_list(keys, root, options.valid_list)
    if split.kind == "random":
        return random_split(len(keys), split.valid_pct, seed), []
    if split.kind == "folders":
        sides = folder_split(keys, split.train, split.valid)
        return sides, [(key, IN_NEITHER) for key, side in zip(keys, sides, strict=True) if side is None]
    raise UserError(
        f"A split of the kind “{split.kind}” means nothing here: a photo holds many classes, and no table says "
        "which ones validate.",
        "Keep a random share, name two folders, or name a validation list.",
        fix="split=random",
    )


def _by_list(keys: Sequence[str], root: Path, name: str) -> tuple[list[bool], list[LeftOut]]:
    """Photos whose path, name or stem a line of the file gives; a line may have more words after it."""
    key = key_below(root, name)
    try:
        lines = lines_of(root / key) if key else ()
    except OSError as error:
        raise UserError(
            f"The validation list {name} is not in {root}.",
            "Name the text file, or empty the field (valid_list).",
        ) from error
    known: dict[str, set[str]] = {}
    for one in keys:
        for way in (one, one.rpartition(".")[0], PurePosixPath(one).name, PurePosixPath(one).stem):
            known.setdefault(way, set()).add(one)
    meant = {line: _meant(line, known) for line in lines}
    chosen = {one for found in meant.values() for one in found}
    if not chosen:
        raise UserError(
            f"The validation list {name} names none of the {len(keys)} photos"
            + (f"; its first line is “{lines[0][:80]}”." if lines else "; it is empty."),
            "Write one photo's name a line, or choose another split (valid_list).",
        )
    return [one in chosen for one in keys], [(line, NOT_LISTED) for line, found in meant.items() if not found]


def _meant(line: str, known: dict[str, set[str]]) -> set[str]:
    for text in (line, line.split()[0]):
        for way in (text, PurePosixPath(text.replace("\\", "/")).name):
            if way in known:
                return known[way]
    return set()


def _without_skipped(
    items: Sequence[Item], classes: tuple[str, ...], left_out: Sequence[LeftOut], skip: Sequence[str]
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
    return Dataset(kept, classes, tuple(sorted([*others, *gone])))


def class_counts(dataset: Dataset, recipe: Recipe, root: Path) -> tuple[ClassCount, ...]:
    """How many photos hold each class, on both sides: counted in some masks where there are very many."""
    from studio.problems.segmentation.mask_counts import class_counts as counted

    return counted(dataset, codes_for(recipe, root), root)


def require_trainable(dataset: Dataset) -> None:
    """Raise a `UserError` where a dataset cannot train or judge a model."""
    if not dataset.items:
        raise UserError("No photos are left to train on.", "Take back some of the cleaning, or add photos.")
    if not dataset.valid():
        raise UserError(
            "The validation set is empty.",
            "Keep a larger share for validation, or correct the folders or the list (split, valid_list).",
            fix="split=random",
        )
    if not dataset.train():
        raise UserError(
            "The training set is empty: every photo is kept for validation.",
            "Correct the folders or the list (split, valid_list).",
            fix="split=random",
        )
