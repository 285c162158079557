"""Where the class of a photo is written: its folder, a table, or its file name.

Each source returns every labelled photo it found and what it left out with the reason; deciding the split is
the next step (`items.py`). Nothing is decoded here. No torch, no Qt.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from studio.dataset.images import Found, extensions_in_words, find_images
from studio.dataset.merging import read_merges
from studio.dataset.paths import folder_key, is_below
from studio.errors import UserError
from studio.problems.image_classification.options import Options
from studio.recipe.schema import Split

NO_FOLDER = "it lies in no class folder"
NOT_MATCHED = "its name does not match the pattern"
IN_NO_SET = "images outside the training and validation folders"
SET_FOLDERS = ("train", "training", "valid", "val", "validation", "dev", "test", "testing")

LeftOut = tuple[str, str]


NO_CELLS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Labelled:
    """One photo and its class; `cells` are its row of the table, where there is one."""

    key: str
    label: str
    cells: Mapping[str, str] = field(default_factory=lambda: NO_CELLS)


@dataclass(frozen=True)
class Source:
    """What a source gives: photos sorted by key, and what was left out, with the reason."""

    labelled: tuple[Labelled, ...]
    left_out: tuple[LeftOut, ...]


def read_source(root: Path, options: Options, split: Split) -> Source:
    """Find all labelled photos.

    Raises
    ------
    UserError
        Where there is no photo, no table, no such column or folder, or the pattern is wrong.
    """
    readers: dict[str, Callable[[Path, Options, Split], Source]] = {
        "folders": from_folders,
        "table": _from_table,
        "pattern": from_pattern,
    }
    source = readers[options.source](root, options, split)
    merges = read_merges(options.merge)
    labelled = (
        replace(one, label=merges[one.label]) if one.label in merges else one for one in source.labelled
    )
    return Source(tuple(sorted(labelled, key=lambda one: one.key)), tuple(sorted(source.left_out)))


def _from_table(root: Path, options: Options, split: Split) -> Source:
    from studio.problems.image_classification.table_source import from_table

    return from_table(root, options, split)


def from_folders(root: Path, options: Options, split: Split) -> Source:
    """The class is the name of the first folder at which the photos differ."""
    found = _images(root)
    if split.kind == "folders":
        bases = [folder_key(split.train), folder_key(split.valid)]
        require_set_folders(root, split)
        keys, outside = _below_any(found.keys, bases)
    else:
        bases, keys, outside = _set_folders(found.keys), found.keys, []
    classes = class_of_folders(keys, bases)
    labelled = tuple(Labelled(key, classes[key]) for key in keys if key in classes)
    if not labelled:
        raise _no_class_folders(root, keys)
    strays = [(key, NO_FOLDER) for key in keys if key not in classes]
    return Source(labelled, (*found.left_out, *outside, *strays))


def from_pattern(root: Path, options: Options, split: Split) -> Source:
    """The class is what the pattern's first group finds in the file name; in the key, if it has a slash."""
    pattern = compiled(options.pattern)
    found = _images(root)
    labels = {key: label_by_pattern(pattern, key) for key in found.keys}
    labelled = tuple(Labelled(key, label) for key, label in labels.items() if label)
    if not labelled:
        raise UserError(
            f"The pattern {options.pattern} matches none of the {len(labels)} file names, "
            f"such as “{found.keys[0]}”.",
            "Change the pattern so that its first group is the class.",
            fix="pattern",
        )
    return Source(
        labelled, (*found.left_out, *((key, NOT_MATCHED) for key, label in labels.items() if not label))
    )


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern that has a group.

    Raises
    ------
    UserError
        Where it is no regular expression, or has no group.
    """
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise UserError(
            f"The pattern {pattern} is wrong: {error}.", r"An example is ^(.+)_\d+\.\w+$"
        ) from error
    if expression.groups < 1:
        raise UserError(
            f"The pattern {pattern} has no group.",
            r"Put the part that is the class in brackets: ^(.+)_\d+\.\w+$",
        )
    return expression


def label_by_pattern(pattern: re.Pattern[str], key: str) -> str:
    """The class in a key, or empty."""
    match = pattern.search(key if "/" in pattern.pattern else key.rsplit("/", 1)[-1])
    return (match.group(1) or "").strip() if match else ""


def class_of_folders(keys: Sequence[str], bases: Sequence[str] = ()) -> dict[str, str]:
    """Return the class of each key that lies in a class folder.

    Folders that all photos share are no classes: with `pets/cat/1.jpg` and `pets/dog/2.jpg` the classes are
    cat and dog. What lies deeper than the class folder belongs to it. `bases` (training and validation
    folders) are taken off first.
    """
    folders = {key: (_without_base(key, bases) if bases else key).split("/")[:-1] for key in keys}
    inside = [parts for parts in folders.values() if parts]
    level = _first_difference(inside)
    return {key: parts[level] for key, parts in folders.items() if len(parts) > level}


def _first_difference(folders: Sequence[list[str]]) -> int:
    """The level at which folders differ; the deepest shared one where they never do."""
    if not folders:
        return 0
    shallowest = min(len(parts) for parts in folders)
    for level in range(shallowest):
        if len({parts[level] for parts in folders}) > 1:
            return level
    return shallowest - 1


def _without_base(key: str, bases: Sequence[str]) -> str:
    holding = [base for base in bases if base and is_below(key, base)]
    return key[len(max(holding, key=len)) + 1 :] if holding else key


def _set_folders(keys: Sequence[str]) -> list[str]:
    """Top folders named train, valid, ... where no other top folder holds photos in folders of its own."""
    tops = {parts[0] for key in keys if len(parts := key.split("/")) > 2}
    return sorted(tops) if tops and all(top.casefold() in SET_FOLDERS for top in tops) else []


def require_set_folders(root: Path, split: Split) -> None:
    """Raise a `UserError` where the training or validation folder is missing, listing those there are."""
    for field_name, title in (("train", "training"), ("valid", "validation")):
        name = getattr(split, field_name)
        if not folder_key(name) or not (root / folder_key(name)).is_dir():
            there = sorted(p.name for p in root.iterdir() if p.is_dir() and not p.name.startswith("."))
            listing = f"It has: {', '.join(there[:12])}." if there else "It has no folders."
            raise UserError(
                f"There is no {title} folder “{name}” in {root}. {listing}",
                f"Name the {title} folder ({field_name}), or split by a share of every class instead.",
                fix="split=stratified",
            )


def _below_any(keys: Sequence[str], bases: Iterable[str]) -> tuple[tuple[str, ...], list[LeftOut]]:
    """Keys below one of the bases, and one line for each top folder of the others."""
    wanted = tuple(bases)
    inside = tuple(key for key in keys if any(is_below(key, base) for base in wanted))
    taken = set(inside)
    tops = Counter(key.split("/")[0] + "/" if "/" in key else "./" for key in keys if key not in taken)
    return inside, [(top, f"{count} {IN_NO_SET}") for top, count in sorted(tops.items())]


def _images(root: Path) -> Found:
    found = find_images(root)
    if not found.keys:
        raise no_images(root, found.left_out)
    return found


def no_images(root: Path, left_out: Sequence[LeftOut] = ()) -> UserError:
    """The error for a folder without a single image that can be read."""
    seen = f" {left_out[0][0]} was seen, but {left_out[0][1]}." if left_out else ""
    return UserError(
        f"No images were found in {root}.{seen}",
        f"Choose the folder that holds the photos. Files that are read end in {extensions_in_words()}.",
    )


def _no_class_folders(root: Path, keys: Sequence[str]) -> UserError:
    if not keys:
        return no_images(root)
    return UserError(
        f"The {len(keys)} photos in {root} lie in no folders, so that their classes are not known.",
        "Put the photos of each class in its own folder, or take the classes from a table or file names.",
        fix="source=pattern",
    )
