"""Photos and their targets from a table: the file, and the numbers or points, of every row. No torch, no Qt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.dataset.images import find_images
from studio.dataset.paths import folder_key, is_below, key_below
from studio.dataset.table_reading import reading_of
from studio.dataset.tables import Row, Table, read_table
from studio.errors import UserError
from studio.problems.image_classification.sources import Labelled, LeftOut, no_images
from studio.problems.image_classification.table_source import (
    AMBIGUOUS,
    BAD_ROW,
    CLEANED,
    ITEM_NAMES,
    NAMED_TWICE,
    Finds,
    guess_item_column,
    place_of,
    row_key,
)
from studio.problems.image_classification.table_source import FileIndex as WholeNames
from studio.problems.image_regression.columns import Columns, find_columns
from studio.problems.image_regression.deeplabcut import flattened, is_deeplabcut
from studio.problems.image_regression.options import Options
from studio.problems.image_regression.targets import Bad, Schema, Target, as_numbers, kind_of, read_cells

OTHER_TARGET = "an earlier row gives its file another target"


@dataclass(frozen=True)
class FileIndex:
    """Image files by what a table may call them, also where it knows other folders above them.

    A table often stands beside a copy of the photos: `labeled-data/m4s1/img0000.png` may lie in `images` here. The
    longest end of the name that one file has is taken.
    """

    names: WholeNames

    @classmethod
    def of(cls, keys: Sequence[str]) -> FileIndex:
        """Index keys; built once a table."""
        return cls(WholeNames.of(keys))

    def find(self, name: str, beside: str = "") -> tuple[str, ...]:
        """Keys that `name` may mean."""
        parts = name.split("/")
        ways = ("/".join(parts[at:]) for at in range(len(parts)))
        return next((found for way in ways if (found := self.names.find(way, beside))), ())


@dataclass(frozen=True)
class Source:
    """What a source gives: photos sorted by key with the target of each, and what was left out, with the reason."""

    schema: Schema
    labelled: tuple[Labelled, ...]
    targets: dict[str, Target]
    left_out: tuple[LeftOut, ...]


def table_of(root: Path, options: Options) -> tuple[str, Table]:
    """The key of the recipe's table, and the table under one header.

    Raises
    ------
    UserError
        Where it lies outside the data folder or cannot be read.
    """
    key = options.table if options.table.endswith(CLEANED) else key_below(root, options.table)
    if key is None:
        raise UserError(
            f"The table {options.table} lies outside the data folder {root}.",
            "Name a table below the data folder.",
            fix="table",
        )
    return key, under_one_header(read_table(root / key, reading=reading_of(options)))


def under_one_header(table: Table) -> Table:
    """A table as it is, or one of DeepLabCut laid out like any other."""
    return flattened(table) if is_deeplabcut(table) else table


def photos_below(root: Path, options: Options) -> tuple[tuple[str, ...], tuple[LeftOut, ...]]:
    """Keys of the photos in the recipe's folder, and what was seen there but not taken; raises `UserError`."""
    found, folder = find_images(root), folder_key(options.images)
    keys = tuple(key for key in found.keys if is_below(key, folder))
    if not keys:
        raise no_images(root / folder, found.left_out)
    return keys, tuple((key, why) for key, why in found.left_out if is_below(key, folder))


def from_table(root: Path, options: Options) -> Source:
    """Find every photo that the table names, and its target.

    Raises
    ------
    UserError
        Where there is no photo, no table, no such column, or no row with a photo and a target.
    """
    keys, unread = photos_below(root, options)
    table_key, table = table_of(root, options)
    beside, index = table_key.rpartition("/")[0], FileIndex.of(keys)
    item = item_column(table, options, index, beside)
    columns = find_columns(table, options, item)
    left_out = [*unread, *((row_key(table_key, line), f"{BAD_ROW}: {why}") for line, why in table.bad)]
    labelled: list[Labelled] = []
    targets: dict[str, Target] = {}
    for row, name, key, why in _places(root, table, item, index, beside):
        target, lacking = _target(row, columns)
        why = why or lacking
        if not why and key in targets:
            why = NAMED_TWICE if targets[key] == target else OTHER_TARGET
        if why or target is None:
            left_out.append((row_key(table_key, row.line), f"{why}{f' ({name})' if name else ''}"))
        else:
            targets[key] = target
            labelled.append(Labelled(key, "", dict(zip(table.columns, row.cells, strict=True))))
    if not labelled:
        raise _none_taken(table, item, columns, left_out)
    labelled.sort(key=lambda one: one.key)
    return Source(columns.schema, tuple(labelled), targets, tuple(sorted(left_out)))


def _places(
    root: Path, table: Table, item: str, index: FileIndex, beside: str
) -> list[tuple[Row, str, str, str]]:
    """Every row with what it calls its photo, the key that this means, and why it means none.

    A file that lies in another folder than the row says is only taken where no other row means it too: of two
    films that both have a `img0001.png`, the photos of one may be missing.
    """
    at = table.index(item)
    names = [row.cells[at] for row in table.rows]
    found = [place_of(root, index, name, "any", beside) for name in names]
    called: dict[str, set[str]] = defaultdict(set)
    for name, (key, _) in zip(names, found, strict=True):
        called[key].add(key_below(root, name) or "" if name else "")
    return [
        (row, name, key, why or (AMBIGUOUS if len(called[key]) > 1 and not _is_own(root, name, key) else ""))
        for row, name, (key, why) in zip(table.rows, names, found, strict=True)
    ]


def _is_own(root: Path, name: str, key: str) -> bool:
    """Whether a file lies where its name says, as far as it says so."""
    said = f"/{key_below(root, name)}"
    return f"/{key}".endswith(said) or f"/{key.rpartition('.')[0]}".endswith(said)


def _target(row: Row, columns: Columns) -> tuple[Target | None, str]:
    """A row's target, or why it has none."""
    try:
        cells = [row.cells[at] for at in columns.places]
        return read_cells(cells, columns.schema.kind, columns.decimal), ""
    except Bad as bad:
        return None, str(bad)


def item_column(table: Table, options: Options, index: Finds, beside: str = "") -> str:
    """The column that names the photo, as asked for or as the table suggests; raises `UserError`."""
    if options.item_column:
        return table.columns[table.index(options.item_column)]
    found = guess_item_column(table, index, beside)
    if found:
        return found
    raise UserError(
        f"No column of {table.path.name} names a photo; it has: {', '.join(table.columns)}.",
        f"The first row must hold the names of the columns ({', '.join(ITEM_NAMES[:4])} for the photo).",
        fix="item_column",
    )


def _none_taken(table: Table, item: str, columns: Columns, left_out: Sequence[LeftOut]) -> UserError:
    example = f" {left_out[0][0]}: {left_out[0][1]}." if left_out else " It has no rows."
    return UserError(
        f"No row of {table.path.name} gives a photo (column “{item}”) with a target "
        f"({', '.join(columns.schema.names[:5])}).{example}",
        f"Choose the columns; there are: {', '.join(table.columns[:20])}.",
        fix="targets",
    )


# -- what cleaning asks for: the table as it is written, corrected in a copy


def columns_of(root: Path, table: Table, options: Options, index: Finds, beside: str) -> tuple[str, str]:
    """The written columns of the photo and of its first target."""
    item, places = _written(table, options, index, beside)
    return item, table.columns[places[0]]


def relabelled(cells: list[str], table: Table, options: Options, item: str, value: Any) -> list[str]:
    """A row's cells with another target."""
    _, places = _written(table, options, None, "", item)
    numbers = (
        as_numbers(value) if kind_of(value) == "numbers" else [n for p in value for n in (p or ("", ""))]
    )
    for at, number in zip(places, numbers, strict=True):
        cells[at] = "" if number == "" else f"{number:.10g}"
    return cells


def _written(
    table: Table, options: Options, index: Finds | None, beside: str, item: str = ""
) -> tuple[str, tuple[int, ...]]:
    """The photo's column by its written name, and the places of the targets' cells in the file."""
    flat = under_one_header(table)
    if flat is table:
        name = item or item_column(table, options, index or WholeNames({}), beside)
        return name, find_columns(table, options, name).places
    coords = next(row for row in table.rows[:3] if row.cells[0].casefold() == "coords")
    kept = [at for at, cell in enumerate(coords.cells) if cell.casefold() in ("x", "y")]
    return table.columns[0], tuple(kept[at - 1] for at in find_columns(flat, options, flat.columns[0]).places)
