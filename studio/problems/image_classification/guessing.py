"""What a dropped folder looks like, told from a bounded number of its entries. No torch, no Qt.

Order of belief: training and validation folders with class folders; class folders; a table that names photos;
file names with a class in them. Never reads an image, never more than `BUDGET` directory entries.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from studio.dataset.images import PROJECT_FILE, is_image_name
from studio.dataset.table_reading import AS_FOUND, Reading
from studio.dataset.tables import ENDINGS, Table, read_table
from studio.errors import UserError
from studio.problems.base import Guess
from studio.problems.image_classification.options import DEFAULT_PATTERN
from studio.problems.image_classification.table_source import (
    guess_item_column,
    guess_label_column,
    guess_split_column,
)
from studio.recipe.schema import Split

BUDGET = 4000
PEEK = 20
MOST_FOLDERS = 12
USUAL_ENDINGS = (".jpg", ".png", ".jpeg", ".tif")
TRAIN_NAMES = ("train", "training")
VALID_NAMES = ("valid", "val", "validation", "dev", "test", "testing")
MASK_ENDINGS = ("labels", "masks", "mask", "annotations", "annotation", "annot", "ground_truth", "gt")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NAME = "image_classification"


@dataclass
class Budget:
    """How many directory entries may still be looked at."""

    left: int = BUDGET
    seen: dict[Path, tuple[list[str], list[str]]] = field(default_factory=dict)

    def peek(self, folder: Path, most: int) -> tuple[list[str], list[str]]:
        """Names of some subfolders and some image files of a folder, sorted."""
        if folder not in self.seen:
            self.seen[folder] = self._read(folder, max(0, min(most, self.left)))
        return self.seen[folder]

    def _read(self, folder: Path, most: int) -> tuple[list[str], list[str]]:
        folders, images = [], []
        try:
            with os.scandir(folder) as listing:
                for entry in islice(listing, most):
                    self.left -= 1
                    if entry.name.startswith(".") or entry.is_symlink():
                        continue
                    if entry.is_dir():
                        folders.append(entry.name)
                    elif is_image_name(entry.name):
                        images.append(entry.name)
        except OSError:  # a folder that may not be read looks like nothing
            return [], []
        return sorted(folders), sorted(images)


def guess_at(path: Path, reading: Reading = AS_FOUND) -> Guess | None:
    """Propose values for a folder or a table, or None where it does not look like classified photos.

    Raises
    ------
    UserError
        Where no table can be read in the way that was said.
    """
    budget = Budget()
    if path.is_file():
        return (
            _by_table(path.parent, [path.name], budget, reading) if path.suffix.lower() in ENDINGS else None
        )
    if not path.is_dir():
        return None
    folders, images = budget.peek(path, BUDGET // 4)
    folders = [f for f in folders if not (path / f / PROJECT_FILE).is_file()]
    return (
        _by_sets(path, folders, budget)
        or _by_class_folders(path, folders, budget)
        or _by_table(path, _tables(path), budget, reading)
        or _by_names(path, folders, images, budget)
    )


def class_folders(folder: Path, names: Sequence[str], budget: Budget) -> list[str]:
    """Subfolders that hold photos, here or one level deeper."""
    return [name for name in names if _has_images(folder / name, budget)]


def _has_images(folder: Path, budget: Budget) -> bool:
    if budget.left <= 0:
        return True  # enough was seen to know what kind of folder this is
    folders, images = budget.peek(folder, PEEK)
    return bool(images) or any(budget.peek(folder / name, PEEK)[1] for name in folders[:5])


def _by_sets(path: Path, folders: Sequence[str], budget: Budget) -> Guess | None:
    train = _first_named(folders, TRAIN_NAMES)
    valid = _first_named([name for name in folders if _classes_in(path / name, budget)], VALID_NAMES)
    classes = _classes_in(path / train, budget) if train else []
    if not valid or len(classes) < 2:
        return None
    return Guess(
        NAME,
        0.95,
        f"Training and validation folders with {_count(len(classes), 'class', 'classes')} of photos: "
        "image classification.",
        {"source": "folders"},
        Split(kind="folders", train=train, valid=valid),
    )


def _classes_in(folder: Path, budget: Budget) -> list[str]:
    return class_folders(folder, budget.peek(folder, BUDGET // 4)[0], budget)


def _first_named(folders: Sequence[str], names: Sequence[str]) -> str:
    by_fold = {name.casefold(): name for name in folders}
    return next((by_fold[name] for name in names if name in by_fold), "")


def _by_class_folders(path: Path, folders: Sequence[str], budget: Budget) -> Guess | None:
    if any(name.casefold().endswith(MASK_ENDINGS) for name in folders):
        return None
    tops = class_folders(path, folders, budget)
    nested = len(tops) == 1 or {name.casefold() for name in tops} <= {*TRAIN_NAMES, *VALID_NAMES}
    classes = sorted({name for top in tops for name in _classes_in(path / top, budget)}) if nested else tops
    if len(classes) < 2:
        return None if _tables(path) or not tops else _one_class((classes or tops)[0])
    return Guess(
        NAME,
        0.9,
        f"{_count(len(classes), 'folder', 'folders').capitalize()} of photos: image classification.",
        {"source": "folders"},
        Split(kind="stratified"),
    )


def _one_class(name: str) -> Guess:
    sentence = f"Photos of one class, “{name}”: image classification needs two or more."
    return Guess(NAME, 0.2, sentence, {"source": "folders"})


def _tables(path: Path) -> list[str]:
    names = sorted(p.name for p in path.iterdir() if p.suffix.lower() in ENDINGS and p.is_file())
    return names[:5]


def _by_table(path: Path, names: Sequence[str], budget: Budget, reading: Reading) -> Guess | None:
    files = OnDisk(path, ("", *budget.peek(path, BUDGET // 4)[0][:MOST_FOLDERS]))
    return first_guess(path, names, reading, 200, lambda table: _table_guess(table, files))


def first_guess(
    folder: Path, names: Sequence[str], reading: Reading, limit: int, of: Callable[[Table], Guess | None]
) -> Guess | None:
    """The guess of the first table that gives one.

    Raises
    ------
    UserError
        Where there is none, and a table cannot be read in the way that was said.
    """
    wrong: UserError | None = None
    for name in names:
        try:
            guess = of(read_table(folder / name, limit, reading))
        except UserError as error:  # not a table; another one may be
            wrong = wrong or error
            continue
        if guess:
            return guess
    if wrong is not None and reading != AS_FOUND:
        raise wrong
    return None


@dataclass(frozen=True)
class OnDisk:
    """Which files exist, asked of the disk: in the folder itself and the first few below it."""

    root: Path
    folders: tuple[str, ...]

    def find(self, name: str, beside: str = "") -> tuple[str, ...]:
        """The first file that a cell may mean."""
        if len(name) > 200 or ".." in name or "\0" in name:
            return ()
        endings = ("",) if is_image_name(name) else USUAL_ENDINGS
        ways = (f"{folder}/{name}{ending}".lstrip("/") for folder in self.folders for ending in endings)
        return tuple(islice((way for way in ways if (self.root / way).is_file()), 1))


def _table_guess(table: Table, files: OnDisk) -> Guess | None:
    item = guess_item_column(table, files, n_rows=20)
    if not item or not any(files.find(name) for name in table.values(item)[:20] if name):
        return None
    label = guess_label_column(table, item)
    if not label:
        return None
    column = guess_split_column(table)
    return Guess(
        NAME,
        0.4 if _other_kind(table.values(label)) else 0.85,
        f"A table of photos and their “{label}”, {table.path.name}: image classification.",
        {"source": "table", "table": table.path.name, "item_column": item, "label_column": label},
        Split(kind="column", column=column) if column else Split(kind="stratified"),
    )


def _other_kind(labels: Sequence[str]) -> bool:
    """Whether labels look like several tags or like measurements, which are other problem types."""
    tags = sum(" " in label or "|" in label for label in labels)
    numbers = sum(label.replace(".", "", 1).replace("-", "", 1).isdigit() for label in labels)
    return max(tags, numbers) * 2 > len(labels)


def _by_names(path: Path, folders: Sequence[str], images: Sequence[str], budget: Budget) -> Guess | None:
    names = images or [
        n for f in folders[:1] if len(folders) == 1 for n in budget.peek(path / f, BUDGET // 4)[1]
    ]
    found = [m.group(1) for name in names if (m := re.search(DEFAULT_PATTERN, name))]
    classes = Counter(found)
    if len(found) < 4 or len(found) * 5 < len(names) * 4 or len(classes) < 2 or len(classes) * 2 > len(found):
        return None
    return Guess(
        NAME,
        0.7,
        f"Photos named by class, such as {names[0]}: image classification.",
        {"source": "pattern", "pattern": DEFAULT_PATTERN},
        Split(kind="stratified"),
    )


def _count(n: int, one: str, many: str) -> str:
    number = NUMBERS[n] if n < len(NUMBERS) else str(n)
    return f"{number} {one if n == 1 else many}"
