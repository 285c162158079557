"""Photos and their tags from a table: finding its columns, then the file and the tags of every row. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from studio.dataset.images import find_images
from studio.dataset.merging import read_merges
from studio.dataset.paths import key_below
from studio.dataset.table_reading import reading_of
from studio.dataset.tables import Table, read_table
from studio.errors import UserError
from studio.problems.base import names_in
from studio.problems.image_classification.sources import Labelled, LeftOut, Source, no_images
from studio.problems.image_classification.table_source import (
    BAD_ROW,
    CLEANED,
    LABEL_NAMES,
    NAMED_TWICE,
    SAMPLE_ROWS,
    SPLIT_NAMES,
    Finds,
    guess_item_column,
    place_of,
    row_key,
)
from studio.problems.image_classification.table_source import FileIndex as FileIndex
from studio.problems.multi_label.options import Options
from studio.problems.multi_label.tags import (
    DELIMITERS,
    guess_delimiter,
    is_tag_column,
    is_unknown,
    said,
    tags_of,
)

NO_TAGS = "it has no tags"
UNKNOWN_TAGS = "its tags are not known"
NO_FLAG = "a tag column holds neither 1 nor 0"
OTHER_TAGS = "its file is named by an earlier row with other tags"


@dataclass(frozen=True)
class Columns:
    """Where a table says what: the photo's column, the tags' columns (one where they are delimited), and the
    character between tags (empty for columns of 1 and 0, and for single tags)."""

    item: str
    tags: tuple[str, ...]
    delimiter: str
    one_hot: bool

    def read(self, cells: Sequence[str]) -> tuple[tuple[str, ...], str]:
        """The tags in a row's cells of `tags`, and why they cannot be used."""
        if any(is_unknown(cell) for cell in cells):
            return (), UNKNOWN_TAGS
        if not any(cells):
            return (), NO_TAGS
        if not self.one_hot:
            found = tags_of(cells[0], self.delimiter)
            return found, "" if found else NO_TAGS
        flags = [said(cell) for cell in cells]
        wrong = next(
            (f" ({c}: {v})" for c, v, f in zip(self.tags, cells, flags, strict=True) if f is None), ""
        )
        if wrong:
            return (), NO_FLAG + wrong
        return tuple(sorted(name for name, flag in zip(self.tags, flags, strict=True) if flag)), ""


def table_of(root: Path, options: Options) -> tuple[str, Table]:
    """The key of the recipe's table, and the table.

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
    return key, read_table(root / key, reading=reading_of(options))


def read_source(root: Path, options: Options) -> tuple[Source, dict[str, tuple[str, ...]]]:
    """Find every photo that the table names; the tags of each by its key.

    Raises
    ------
    UserError
        Where there is no photo, no table, no such column, or no row with a photo and tags.
    """
    found = find_images(root)
    if not found.keys:
        raise no_images(root, found.left_out)
    table_key, table = table_of(root, options)
    beside = table_key.rpartition("/")[0]
    index = FileIndex.of(found.keys)
    columns = find_columns(table, options, index, beside)
    merges = read_merges(options.merge)
    tags: dict[str, tuple[str, ...]] = {}
    cells: dict[str, dict[str, str]] = {}
    left_out: list[LeftOut] = [(row_key(table_key, line), f"{BAD_ROW}: {why}") for line, why in table.bad]
    item_at, tags_at = table.index(columns.item), [table.index(name) for name in columns.tags]
    for row in table.rows:
        name = row.cells[item_at]
        key, why = place_of(root, index, name, "any", beside)
        own, lacking = columns.read([row.cells[at] for at in tags_at])
        own = tuple(sorted({merges.get(tag, tag) for tag in own}))
        if not why and lacking and (lacking != NO_TAGS or options.no_tags == "leave_out"):
            why = lacking
        if not why and key in tags:
            why = NAMED_TWICE if tags[key] == own else OTHER_TAGS
        if why:
            left_out.append((row_key(table_key, row.line), f"{why}{f' ({name})' if name else ''}"))
        else:
            tags[key], cells[key] = own, dict(zip(table.columns, row.cells, strict=True))
    if not tags:
        raise _none_taken(table, columns, left_out)
    labelled = tuple(Labelled(key, ", ".join(tags[key]), cells[key]) for key in sorted(tags))
    return Source(labelled, tuple(sorted((*found.left_out, *left_out)))), tags


def find_columns(table: Table, options: Options, index: Finds, beside: str) -> Columns:
    """The columns as asked for, or as the table suggests.

    Raises
    ------
    UserError
        Where a column is not there, or none suggests itself.
    """
    item = table.columns[table.index(options.item_column)] if options.item_column else ""
    item = item or guess_item_column(table, index, beside)
    if not item:
        raise _no_column(table, "names a photo", "item_column")
    if options.labels == "one_hot":
        tags = named_columns(table, options) or guess_tag_columns(table, item)
        if not tags:
            raise _no_column(table, "holds only 1 and 0", "tag_columns")
        return Columns(item, tags, "", True)
    label = table.columns[table.index(options.label_column)] if options.label_column else ""
    label = label or guess_label_column(table, item)
    if not label:
        raise _no_column(table, "lists tags", "label_column")
    name = guess_delimiter(table.values(label)) if options.delimiter == "auto" else options.delimiter
    return Columns(item, (label,), DELIMITERS.get(name, ""), False)


def columns_of(root: Path, table: Table, options: Options, index: Finds, beside: str) -> tuple[str, str]:
    """The columns of the photo and of its tags (the first, where every tag has its own)."""
    columns = find_columns(table, options, index, beside)
    return columns.item, columns.tags[0]


def relabelled(cells: list[str], table: Table, options: Options, item: str, value: Any) -> list[str]:
    """A row's cells with other tags, written the way the table writes them."""
    tags = names_in(value)
    columns = find_columns(table, _told(options, item), FileIndex({}), "")
    if not columns.one_hot:
        cells[table.index(columns.tags[0])] = (columns.delimiter or " ").join(tags)
        return cells
    strange = [tag for tag in tags if tag not in columns.tags]
    if strange:
        raise UserError(
            f"{table.path.name} has no column for the tag “{strange[0]}”.",
            "Add the column to your table, or take back the mark.",
        )
    for name in columns.tags:
        cells[table.index(name)] = "1" if name in tags else "0"
    return cells


def _told(options: Options, item: str) -> Options:
    """The options with the column of the photo told, which needs no files to be known."""
    return msgspec.structs.replace(options, item_column=item)


def named_columns(table: Table, options: Options) -> tuple[str, ...]:
    """The tag columns that the recipe names, as the table writes them."""
    names = [name.strip() for name in options.tag_columns.split(",") if name.strip()]
    return tuple(table.columns[table.index(name)] for name in names)


def guess_tag_columns(table: Table, item: str) -> tuple[str, ...]:
    """Columns that hold only 1 and 0, but for the one that says which rows validate."""
    others = [c for c in table.columns if c != item and c.casefold() not in SPLIT_NAMES]
    return tuple(c for c in others if is_tag_column(table.values(c)))


def guess_label_column(table: Table, item: str) -> str:
    """A column whose cells hold several tags, one with a telling name first; else one with such a name."""
    others = [c for c in table.columns if c != item and c.casefold() not in SPLIT_NAMES]
    order = {name: at for at, name in enumerate(("tags", "labels", *LABEL_NAMES))}
    others.sort(key=lambda c: order.get(c.casefold().strip(), len(order)))
    several = [c for c in others if guess_delimiter(table.values(c)[: SAMPLE_ROWS * 10])]
    named = [c for c in others if c.casefold().strip() in order]
    return next(iter(several or named or (others if len(others) == 1 else [])), "")


def _no_column(table: Table, wanted: str, field: str) -> UserError:
    return UserError(
        f"No column of {table.path.name} {wanted}; it has: {', '.join(table.columns)}.",
        "The first row must hold the names of the columns; then choose the columns of file and tags.",
        fix=field,
    )


def _none_taken(table: Table, columns: Columns, left_out: Sequence[LeftOut]) -> UserError:
    if left_out and all(why.startswith((NO_TAGS, UNKNOWN_TAGS)) for _, why in left_out):
        return UserError(
            f"The column “{columns.tags[0]}” of {table.path.name} has no tag in any row.",
            "Choose another column for the tags.",
            fix="label_column",
        )
    example = f" {left_out[0][0]}: {left_out[0][1]}." if left_out else " It has no rows."
    return UserError(
        f"No row of {table.path.name} gives a photo with tags in the columns “{columns.item}” and "
        f"“{columns.tags[0]}”.{example}",
        f"Choose the columns; there are: {', '.join(table.columns)}.",
        fix="item_column",
    )
