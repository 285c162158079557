"""Class names and class numbers: what a value in a mask file means. No torch, no Qt."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.dataset.listed import lines_of
from studio.dataset.masks import VALUES, Values, load_values
from studio.dataset.paths import key_below
from studio.errors import UserError
from studio.problems.segmentation.options import Options

IGNORED = 255
UNKNOWN = -1
MOST_CLASSES = 254
IGNORE_WORDS = ("ignore", "void", "none")
VOID_NAMES = ("void", "unlabelled", "unlabeled", "unlabel", "ignore", "ignored", "unknown", "dontcare")


@dataclass(frozen=True)
class Codes:
    """The classes of a recipe and the meaning of every value.

    Attributes
    ----------
    classes : tuple of str
        By number, void included.
    void : int or None
        Number of the void class.
    table : (256,) int16
        Class number of each value; `UNKNOWN` where it means none.
    """

    classes: tuple[str, ...]
    void: int | None
    table: NDArray[np.int16]

    @property
    def ignored(self) -> int:
        """The number that loss and scores leave out: the void class, or 255 where none is named."""
        return IGNORED if self.void is None else self.void

    @property
    def judged(self) -> tuple[int, ...]:
        """Numbers of the classes that count."""
        return tuple(code for code in range(len(self.classes)) if code != self.void)

    def of(self, values: Values) -> Values:
        """Class numbers for the values of a mask: (height, width) uint8.

        Raises
        ------
        ValueError
            Naming the values that mean nothing.
        """
        codes = self.table[values]
        if codes.min(initial=0) == UNKNOWN:
            raise ValueError(", ".join(str(v) for v in np.unique(values[codes == UNKNOWN])))
        return codes.astype(np.uint8)


def codes_of(root: Path, options: Options) -> Codes:
    """Read the classes and the remap of a recipe's options; raises a `UserError` that names the wrong field."""
    classes = class_names(root, options)
    void = _void(options.void, classes)
    table = np.full(VALUES, UNKNOWN, dtype=np.int16)
    table[: len(classes)] = np.arange(len(classes))
    ignored = IGNORED if void is None else void
    for value, meaning in remapped(options.remap, classes).items():
        table[value] = ignored if meaning is None else meaning
    return Codes(classes, void, table)


def class_names(root: Path, options: Options) -> tuple[str, ...]:
    """The class names: the lines of the classes file, or those that the recipe lists."""
    names = _lines(root, options.codes) if options.codes else listed(options.classes)
    where = f"The classes file {options.codes}" if options.codes else "The list of class names (classes)"
    if len(names) < 2:
        raise UserError(
            f"{where} names {len(names) or 'no'} {'class' if len(names) == 1 else 'classes'}.",
            "Name two classes or more, class 0 first: in a file (codes) or parted by commas (classes).",
            fix="codes" if options.codes else "classes",
        )
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UserError(f"{where} names “{twice}” twice.", "Give every class a name of its own.", fix="codes")
    if len(names) > MOST_CLASSES:
        raise UserError(f"{where} has {len(names)} names.", f"Masks hold {MOST_CLASSES} classes at most.")
    return names


def listed(text: str) -> tuple[str, ...]:
    """The names in a list parted by commas; a name with a comma in it stands in double quotes."""
    rows = csv.reader([text], skipinitialspace=True)
    return tuple(name.strip() for name in next(rows, []) if name.strip())


def _lines(root: Path, name: str) -> tuple[str, ...]:
    key = key_below(root, name)
    try:
        return lines_of(root / key) if key else ()
    except OSError as error:
        raise UserError(
            f"The classes file {name} is not in {root}.",
            "Name the text file with one class a line (codes), or empty it and name the classes (classes).",
            fix="codes",
        ) from error


def _void(name: str, classes: tuple[str, ...]) -> int | None:
    if not name:
        return None
    number = next((at for at, one in enumerate(classes) if one.casefold() == name.casefold()), None)
    if number is None:
        raise UserError(
            f"There is no class called “{name}” to leave out (void).",
            f"Use one of the classes, or empty the field: {', '.join(classes[:12])}.",
            fix="void",
        )
    return number


def remapped(text: str, classes: tuple[str, ...]) -> dict[int, int | None]:
    """Read `255:1, 7:ignore`: class number for each value, None for pixels to leave out."""
    found: dict[int, int | None] = {}
    for entry in listed(text):
        value, _, meaning = (part.strip() for part in entry.partition(":"))
        if not value.isdigit() or int(value) >= VALUES:
            raise _wrong(entry)
        found[int(value)] = _meaning(entry, meaning, classes)
    return found


def _meaning(entry: str, meaning: str, classes: tuple[str, ...]) -> int | None:
    named = {name.casefold(): at for at, name in enumerate(classes)}
    if meaning.casefold() in named:
        return named[meaning.casefold()]
    if meaning.casefold() in IGNORE_WORDS:
        return None
    if meaning.isdigit() and int(meaning) < len(classes):
        return int(meaning)
    raise _wrong(entry)


def _wrong(entry: str) -> UserError:
    return UserError(
        f"“{entry}” cannot be read (remap).",
        "Write value:class for each, such as 255:1 or 255:ignore, parted by commas.",
        fix="remap",
    )


def void_among(classes: tuple[str, ...]) -> str:
    """The class that is void by its name, or empty."""
    return next((name for name in classes if name.casefold().replace(" ", "") in VOID_NAMES), "")


def load_codes(path: Path, codes: Codes) -> Values:
    """Read a mask as class numbers: (height, width) uint8.

    Raises
    ------
    UserError
        Naming the file and the values that are no class.
    """
    try:
        return codes.of(load_values(path))
    except ValueError as error:
        raise UserError(
            f"The mask {path} has values that are no class: {error} (classes are 0 to {len(codes.classes) - 1}).",
            "Say what they mean (remap), or check the data and leave the photo out.",
            fix="check",
        ) from error
