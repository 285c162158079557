"""Photos named by a table: finding its columns, then the file of every row. No torch, no Qt."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from studio.dataset.images import Found, find_images
from studio.dataset.paths import key_below
from studio.dataset.table_reading import reading_of
from studio.dataset.tables import Table, read_table
from studio.errors import UserError
from studio.problems.image_classification.options import Options
from studio.problems.image_classification.sources import Labelled, LeftOut, Source, no_images
from studio.recipe.schema import Split

NO_LABEL = "it has no class"
NO_NAME = "it names no file"
NO_FILE = "its file is not there"
OUTSIDE = "its file lies outside the data folder"
AMBIGUOUS = "several files have its name"
NAMED_TWICE = "its file is named by an earlier row"
OTHER_CLASS = "its file is named by an earlier row with another class"
BAD_ROW = "the row is broken"

ITEM_NAMES = (
    "file",
    "filename",
    "file_name",
    "image",
    "image_name",
    "img",
    "path",
    "filepath",
    "name",
    "id",
    "fname",
)
LABEL_NAMES = ("label", "class", "category", "target", "species", "labels", "tags", "diagnosis", "y", "breed")
SPLIT_NAMES = ("is_valid", "is_val", "valid", "split", "set", "subset", "fold", "partition", "dataset")
SAMPLE_ROWS = 200
CLEANED = ".cleaned.csv"
"""How a corrected copy of a table ends: cleaning writes it into the project, outside the data folder."""


class Finds(Protocol):
    """Anything that knows which files a table's cell may mean."""

    def find(self, name: str, beside: str = "") -> tuple[str, ...]:
        """Keys that `name` may mean; `beside` is the table's folder."""
        ...


@dataclass(frozen=True)
class FileIndex:
    """Image files by what a table may call them: key, file name, and either without its ending.

    A name with a folder must be that key (from the data root, or from the table's folder); a bare name may
    lie in any folder, and is ambiguous where several have it.
    """

    by_name: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, keys: Sequence[str]) -> FileIndex:
        """Index keys; built once a table. A trailing dot marks a name without its ending."""
        names: dict[str, list[str]] = defaultdict(list)
        for key in keys:
            bare = key.rpartition("/")[2]
            for name in {f"/{key}", bare, f"/{_stem(key)}.", f"{_stem(bare)}."}:
                names[name].append(key)
        return cls({name: tuple(sorted(found)) for name, found in names.items()})

    def find(self, name: str, beside: str = "") -> tuple[str, ...]:
        """Keys that `name` may mean: as a key, beside the table, then as a bare name."""
        ways = [f"/{name}", f"/{name}."]
        if beside:
            ways += [f"/{beside}/{name}", f"/{beside}/{name}."]
        if "/" not in name:
            ways += [name, f"{name}."]
        return next((self.by_name[way] for way in ways if way in self.by_name), ())


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def from_table(root: Path, options: Options, split: Split) -> Source:
    """The class is written beside the file's name in a table."""
    key = options.table if options.table.endswith(CLEANED) else key_below(root, options.table)
    if key is None:
        raise UserError(
            f"The table {options.table} lies outside the data folder {root}.",
            "Name a table below the data folder.",
        )
    found = find_images(root)
    if not found.keys:
        raise no_images(root, found.left_out)
    table = read_table(root / key, reading=reading_of(options))
    return _rows(root, key, table, options, found)


def _rows(root: Path, table_key: str, table: Table, options: Options, found: Found) -> Source:
    beside = table_key.rpartition("/")[0]
    index = FileIndex.of(found.keys)
    item_column, label_column = columns_of(root, table, options, index, beside)
    item_at, label_at = table.index(item_column), table.index(label_column)
    taken: dict[str, Labelled] = {}
    left_out: list[LeftOut] = [(row_key(table_key, line), f"{BAD_ROW}: {why}") for line, why in table.bad]
    for row in table.rows:
        name, label = row.cells[item_at], row.cells[label_at]
        key, why = place_of(root, index, name, label, beside)
        if not why and key in taken:
            why = NAMED_TWICE if taken[key].label == label else OTHER_CLASS
        if why:
            left_out.append((row_key(table_key, row.line), f"{why}{f' ({name})' if name else ''}"))
        else:
            taken[key] = Labelled(key, label, dict(zip(table.columns, row.cells, strict=True)))
    if not taken:
        raise _none_taken(table, item_column, label_column, left_out)
    return Source(tuple(taken.values()), (*found.left_out, *left_out))


def row_key(table_key: str, line: int) -> str:
    """The name of a row that has no file: `labels.csv row 17`."""
    return f"{table_key} row {line}"


def place_of(root: Path, index: Finds, name: str, label: str, beside: str) -> tuple[str, str]:
    """The key that a row means, or why it is left out."""
    if not name:
        return "", NO_NAME
    key = key_below(root, name)
    if key is None:
        return "", OUTSIDE
    keys = index.find(key, beside)
    if len(keys) != 1:
        return "", AMBIGUOUS if keys else NO_FILE
    return keys[0], "" if label else NO_LABEL


def _none_taken(table: Table, item_column: str, label_column: str, left_out: Sequence[LeftOut]) -> UserError:
    rows = ", ".join(key.rpartition(" ")[2] for key, _ in left_out[:10])
    if left_out and all(why.startswith(NO_LABEL) for _, why in left_out):
        return UserError(
            f"The column “{label_column}” of {table.path.name} has no class in any row (rows {rows}).",
            "Fill the column, or choose another one as class column.",
            fix="label_column",
        )
    example = (
        f" Row {left_out[0][0].rpartition(' ')[2]}: {left_out[0][1]}." if left_out else " It has no rows."
    )
    return UserError(
        f"No row of {table.path.name} names a photo in the column “{item_column}”.{example}",
        f"Choose the column that names the photos; there are: {', '.join(table.columns)}.",
        fix="item_column",
    )


def columns_of(root: Path, table: Table, options: Options, index: Finds, beside: str) -> tuple[str, str]:
    """The columns of file and class, as asked for or as the table suggests.

    Raises
    ------
    UserError
        Where a column is not there, or none suggests itself.
    """
    item = table.columns[table.index(options.item_column)] if options.item_column else ""
    item = item or guess_item_column(table, index, beside)
    label = table.columns[table.index(options.label_column)] if options.label_column else ""
    label = label or guess_label_column(table, item)
    if item and label:
        return item, label
    wanted, field = ("names a photo", "item_column") if not item else ("holds classes", "label_column")
    raise UserError(
        f"No column of {table.path.name} {wanted}; it has: {', '.join(table.columns)}.",
        "The first row must hold the names of the columns; then choose the columns of file and class.",
        fix=field,
    )


def guess_item_column(table: Table, index: Finds, beside: str = "", n_rows: int = SAMPLE_ROWS) -> str:
    """The column whose first cells mostly name image files; else one with a telling name; else empty."""
    hits = {column: _hits(table.values(column)[:n_rows], index, beside) for column in table.columns}
    best = max(table.columns, key=lambda column: hits[column])
    return best if hits[best] >= 0.5 else _by_name(table.columns, ITEM_NAMES)


def _hits(cells: Sequence[str], index: Finds, beside: str) -> float:
    """The part of cells that name files."""
    named = sum(
        bool(cell and index.find(cell.replace("\\", "/").removeprefix("./"), beside)) for cell in cells
    )
    return named / len(cells) if cells else 0.0


def guess_label_column(table: Table, item_column: str) -> str:
    """A column with a telling name, else the one whose values repeat most without being all the same."""
    others = [c for c in table.columns if c != item_column and c.casefold() not in SPLIT_NAMES]
    named = _by_name(others, LABEL_NAMES)
    if named or not others:
        return named
    distinct = {c: len(set(table.values(c)[: SAMPLE_ROWS * 10])) for c in others}
    repeating = [c for c in others if 2 <= distinct[c] <= max(2, len(table.rows) // 2)]
    return min(repeating, key=lambda c: distinct[c]) if repeating else others[0] if len(others) == 1 else ""


def guess_split_column(table: Table) -> str:
    """A column that says which rows validate, or empty."""
    from studio.dataset.splits import column_split

    for column in table.columns:
        if column.casefold() in SPLIT_NAMES:
            sides = Counter(column_split(table.values(column)[: SAMPLE_ROWS * 10]))
            if sides[True] and sides[False] and not sides[None]:
                return column
    return ""


def _by_name(columns: Sequence[str], names: Sequence[str]) -> str:
    folded = {column.casefold().strip(): column for column in reversed(columns)}
    return next((folded[name] for name in names if name in folded), "")
