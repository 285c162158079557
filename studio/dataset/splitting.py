"""The recipe's split laid over the items of any problem type: one flag an item, and why some have none.

A problem says what may be looked at (`Splittable`): keys, classes, and the cells of its table where it has one.
What decides is in `splits.py`; here it is chosen, fed, and refused in a sentence. No torch, no Qt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.dataset import splits
from studio.dataset.listed import sides_by_lists
from studio.dataset.moments import camera_moments, column_moments, named_moments
from studio.errors import UserError
from studio.recipe.schema import Split

NO_SIDE = "its validation column says neither training nor validation"
IN_NEITHER = "it lies in neither the training nor the validation folder"
NO_TIME = "it has no date to split by"
NOT_LISTED = "named in a list of the split, but there is no such item"
IN_NO_LIST = "neither the training nor the validation list names it"
FOLDER, NAME, EXIF, PATH = "folder", "name", "exif", "path"

Sides = tuple[bool | None, ...]
LeftOut = list[tuple[str, str]]
Cells = Callable[[str], Sequence[str] | None]


def no_cells(column: str) -> None:
    """What a problem without a table has in any column."""
    return


@dataclass(frozen=True)
class Splittable:
    """What a split may look at, each in the items' order.

    Attributes
    ----------
    keys : sequence of str
        Paths below the data root, or numbers of rows.
    labels : sequence of collections of str
        The classes of each item: one, several or none; empty where a share of every class means nothing.
    cells : callable
        The cells of a column, by its name in any case; None where there is no such column.
    columns : sequence of str
        The columns there are, for a sentence.
    files : bool
        Whether the keys are files, which have names, folders and cameras.
    """

    keys: Sequence[str]
    root: Path
    labels: Sequence[Collection[str]] = ()
    cells: Cells = no_cells
    columns: Sequence[str] = ()
    files: bool = True


def split_sides(items: Splittable, split: Split, seed: int) -> tuple[Sides, LeftOut]:
    """Say of each item whether it validates; None (and a line in the second part) where it has no side.

    Raises
    ------
    UserError
        Where the split asks for what these items do not have.
    """
    ways = {
        "random": _random,
        "stratified": _stratified,
        "folders": _by_folders,
        "list": _by_list,
        "column": _by_column,
        "group": _by_group,
        "time": _by_time,
        "hash": _by_hash,
    }
    return ways[split.kind](items, split, seed)


def groups_of(items: Splittable, split: Split) -> tuple[str, ...]:
    """The group of each item under a split by group; () under any other."""
    return _groups(items, split.group) if split.kind == "group" else ()


def _random(items: Splittable, split: Split, seed: int) -> tuple[Sides, LeftOut]:
    return splits.random_split(len(items.keys), split.valid_pct, seed), []


def _stratified(items: Splittable, split: Split, seed: int) -> tuple[Sides, LeftOut]:
    if not items.labels and items.keys:
        raise UserError(
            "A share of every class means nothing here: an item is not of one class.",
            "Keep a random share, or choose another way to split.",
            fix="split=random",
        )
    if all(len(own) == 1 for own in items.labels):
        return splits.stratified_split([next(iter(own)) for own in items.labels], split.valid_pct, seed), []
    return splits.tags_split([tuple(own) for own in items.labels], split.valid_pct, seed), []


def _by_folders(items: Splittable, split: Split, seed: int) -> tuple[Sides, LeftOut]:
    if not items.files:
        raise UserError(
            "A table has no folders to split by.",
            "Keep a random share of the rows, or name a column.",
            fix="split=random",
        )
    sides = splits.folder_split(items.keys, split.train, split.valid)
    return sides, _without_side(items, sides, IN_NEITHER)


def _by_list(items: Splittable, split: Split, seed: int) -> tuple[Sides, LeftOut]:
    sides, strange = sides_by_lists(items.keys, items.root, split.valid_list, split.train_list)
    return sides, [*((line, NOT_LISTED) for line in strange), *_without_side(items, sides, IN_NO_LIST)]


def _by_column(items: Splittable, split: Split, seed: int) -> tuple[Sides, LeftOut]:
    sides = splits.column_split(_cells(items, split.column, "column"))
    return sides, _without_side(items, sides, NO_SIDE)


def _by_group(items: Splittable, split: Split, seed: int) -> tuple[Sides, LeftOut]:
    return splits.group_split(_groups(items, split.group), split.valid_pct, seed, items.labels), []


def _by_time(items: Splittable, split: Split, seed: int) -> tuple[Sides, LeftOut]:
    sides = splits.time_split(_moments(items, split.time), split.valid_pct)
    if True not in sides:
        raise UserError(
            f"The items have no dates to split by (time: {split.time})."
            if set(sides) <= {None}
            else f"All items have the same date (time: {split.time}).",
            "Choose where the time of an item is written, or another way to split.",
            fix="split=random",
        )
    return sides, _without_side(items, sides, NO_TIME)


def _by_hash(items: Splittable, split: Split, seed: int) -> tuple[Sides, LeftOut]:
    return splits.hash_split(_names(items, split.hash_key.strip()), split.valid_pct, seed), []


def _without_side(items: Splittable, sides: Sides, why: str) -> LeftOut:
    return [(key, why) for key, side in zip(items.keys, sides, strict=True) if side is None]


def _cells(items: Splittable, column: str, field: str) -> Sequence[str]:
    found = items.cells(column)
    if found is not None:
        return found
    title = {"column": "validation column", "group": "column", "time": "column", "hash_key": "column"}[field]
    there = f"The table's columns are: {', '.join(items.columns)}." if items.columns else "There is no table."
    raise UserError(
        f"There is no {title} “{column}”. {there}",
        f"Name a column of the table ({field}), or choose another way to split.",
        fix="split=random",
    )


def _groups(items: Splittable, group: str) -> tuple[str, ...]:
    """The group of each item: its folder, its cell of a column, or what a pattern finds in its name.

    An item without a group (an empty cell, a name that the pattern does not match) is a group of its own.
    """
    text = group.strip()
    found = items.cells(text) if text else None
    if found is None and not items.files:
        found = _cells(items, text, "group")
    if found is None:
        found = [key.rpartition("/")[0] for key in items.keys] if text == FOLDER else _matched(items, text)
    return tuple(name or f"alone: {key}" for name, key in zip(found, items.keys, strict=True))


def _matched(items: Splittable, text: str) -> list[str]:
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise UserError(
            f"The pattern {text} is wrong: {error}.", r"An example is patient(\d+)_", fix="group"
        ) from error
    found = [matched_group(pattern, key) for key in items.keys]
    if text and any(found):
        return found
    raise UserError(
        f"There is no column “{text}”, and as a pattern it matches none of the {len(items.keys)} file names"
        + (f", such as “{items.keys[0]}”." if items.keys else "."),
        r"Name a column, write “folder”, or a pattern whose first group is the same for what belongs together, "
        r"such as patient(\d+)_",
        fix="group",
    )


def matched_group(pattern: re.Pattern[str], key: str) -> str:
    """What a pattern's first group (all of it, where it has none) finds in a name; in the key, if it has a slash."""
    match = pattern.search(key if "/" in pattern.pattern else key.rpartition("/")[2])
    if match is None:
        return ""
    return (match.group(1) if pattern.groups else match.group(0)) or ""


def _moments(items: Splittable, time: str) -> Sequence[float | None]:
    text = time.strip()
    if items.files and text == EXIF:
        return camera_moments(items.root, items.keys)
    if items.files and text == NAME and items.cells(NAME) is None:
        return named_moments(items.keys)
    return column_moments(text, _cells(items, text, "time"))


def _names(items: Splittable, hash_key: str) -> Sequence[str]:
    if hash_key == PATH:
        return items.keys
    found = items.cells(hash_key)
    if found is not None:
        return found
    if items.files and hash_key == NAME:
        return [key.rpartition("/")[2] for key in items.keys]
    return _cells(items, hash_key, "hash_key")
