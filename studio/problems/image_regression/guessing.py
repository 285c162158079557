"""Whether a folder holds photos with numbers or points: in a table, or in a file for each. No torch, no Qt.

Reads the first rows of a few tables, or a few small files; never a photo. A DeepLabCut table is sure. Columns of whole
numbers of which there are few different ones, or of 1 and 0, may as well be classes or tags: those types bid higher.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from studio.dataset.paths import key_below
from studio.dataset.table_reading import Reading, reading_told
from studio.dataset.tables import ENDINGS, Table
from studio.problems.base import Guess
from studio.problems.image_classification.guessing import BUDGET, MOST_FOLDERS, Budget, OnDisk, first_guess
from studio.problems.image_classification.table_source import guess_item_column, guess_split_column
from studio.problems.image_regression.columns import Columns, find_columns
from studio.problems.image_regression.deeplabcut import PHOTO, is_deeplabcut
from studio.problems.image_regression.file_source import Read, file_of, read_file, schema_of
from studio.problems.image_regression.options import Options
from studio.problems.image_regression.table_source import under_one_header
from studio.problems.image_regression.targets import Bad, Schema
from studio.problems.multi_label.tags import is_tag_column
from studio.problems.table_options import NOTHING
from studio.problems.tabular.options import joined
from studio.recipe.schema import Split

NAME = "image_regression"
ROWS = 500
PEEKED = 40
MOST_TABLES = 5
FILES_LOOKED_AT = 12
FILE_ENDINGS = (".txt", ".json", ".csv", ".pts")
FEW = 12
"""Up to so many different whole numbers may be classes."""


def guess_at(path: Path, told: Mapping[str, Any] = NOTHING) -> Guess | None:
    """Propose values for a folder or a table, or None where no photo has numbers.

    Raises
    ------
    UserError
        Where no table can be read in the way that was told.
    """
    reading = reading_told(told)
    if path.is_file():
        return _by_tables(path.parent, [path.name], reading) if path.suffix.lower() in ENDINGS else None
    if not path.is_dir():
        return None
    return _by_tables(path, _tables(path), reading) or _by_files(path)


def _tables(path: Path) -> list[str]:
    try:
        names = sorted(p.name for p in path.iterdir() if p.suffix.lower() in ENDINGS and p.is_file())
    except OSError:
        return []
    return names[:MOST_TABLES]


@dataclass(frozen=True)
class Tails:
    """Which files on the disk a cell may mean, also where the table knows other folders above them."""

    files: OnDisk

    def find(self, name: str, beside: str = "") -> tuple[str, ...]:
        """The first file, by the longest end of the name."""
        parts = name.split("/")
        ways = ("/".join(parts[at:]) for at in range(len(parts)))
        return next((found for way in ways if (found := self.files.find(way))), ())


def _by_tables(folder: Path, names: Sequence[str], reading: Reading) -> Guess | None:
    if not names:
        return None
    files = Tails(OnDisk(folder, ("", *Budget().peek(folder, BUDGET // 4)[0][:MOST_FOLDERS])))
    return first_guess(folder, names, reading, ROWS, lambda table: _of_table(table, files, reading))


def _of_table(raw: Table, files: Tails, reading: Reading) -> Guess | None:
    table, is_dlc = under_one_header(raw), is_deeplabcut(raw)
    item = PHOTO if is_dlc else guess_item_column(table, files, n_rows=PEEKED)
    named = [cell.replace("\\", "/") for cell in table.values(item)[:PEEKED] if cell] if item else []
    if not any(files.find(name) for name in named):
        return None
    columns = find_columns(table, msgspec.structs.replace(Options(), decimal=reading.decimal), item)
    split = guess_split_column(table)
    options = {"source": "table", "table": table.path.name, "kind": columns.schema.kind}
    if not is_dlc:
        options |= {"item_column": item, "targets": joined(columns.schema.names)}
    return Guess(
        NAME,
        0.97 if is_dlc else _sure(table, columns),
        _sentence(table.path.name, columns.schema, is_dlc),
        options,
        Split(kind="column", column=split) if split else Split(kind="random"),
    )


def _sure(table: Table, columns: Columns) -> float:
    """Little where the numbers may be classes, or flags of tags."""
    if columns.schema.kind == "points":
        return 0.93
    cells = [table.values(table.columns[at]) for at in columns.places]
    if all(is_tag_column(column) for column in cells):
        return 0.3
    different = [set(column) for column in cells]
    if (
        len(cells) == 1
        and len(different[0]) <= FEW
        and all(v.lstrip("-").isdigit() for v in different[0] if v)
    ):
        return 0.35
    return 0.88


def _sentence(name: str, schema: Schema, is_dlc: bool) -> str:
    names = ", ".join(schema.names[:4]) + (", …" if len(schema.names) > 4 else "")
    if schema.kind == "numbers":
        what = "a number" if len(schema.names) == 1 else f"{len(schema.names)} numbers"
        return f"A table of photos with {what} for each ({names}), {name}: numbers from images."
    count = "1 point" if len(schema.names) == 1 else f"{len(schema.names)} points"
    whose = "DeepLabCut's table of photos" if is_dlc else "A table of photos"
    return f"{whose} with {count} for each ({names}), {name}: key points."


def _by_files(path: Path) -> Guess | None:
    """A file with numbers for every photo, beside it or in a folder of its own."""
    budget = Budget()
    folders, images = budget.peek(path, BUDGET // 4)
    photos = [
        (folder, name) for folder in folders[:MOST_FOLDERS] for name in budget.peek(path / folder, PEEKED)[1]
    ]
    some = [("", name) for name in images] or photos
    keys = [f"{folder}/{name}".lstrip("/") for folder, name in some[:: max(1, len(some) // FILES_LOOKED_AT)]]
    for suffix in FILE_ENDINGS if len(keys) >= 2 else ():
        for labels in ("", *folders[:MOST_FOLDERS]):
            options = Options(source="files", labels=labels, label_suffix=suffix)
            if labels and keys[0].count("/") == 1:
                options = _with_images(options, keys[0])
            read = list(_read_some(path, keys[:FILES_LOOKED_AT], options))
            if len(read) * 2 > min(len(keys), FILES_LOOKED_AT):
                return _of_files(read, options)
    return None


def _with_images(options: Options, key: str) -> Options:
    return msgspec.structs.replace(options, images=key.partition("/")[0])


def _read_some(root: Path, keys: Sequence[str], options: Options) -> list[Read]:
    found = []
    for key in islice(keys, FILES_LOOKED_AT):
        try:
            if key_below(root, key):
                found.append(read_file(root, file_of(root, key, options)))
        except Bad:  # this one has none
            continue
    return found


def _of_files(read: Sequence[Read], options: Options) -> Guess | None:
    schema = schema_of(read, options)
    lengths = {len(one.rows) for one in read}
    if len(lengths) > 1 and schema.kind == "numbers":
        return None  # boxes, texts: something else that happens to hold numbers
    what = f"{len(schema.names)} points" if schema.kind == "points" else f"{len(schema.names)} numbers"
    where = f"in {options.labels}" if options.labels else "beside it"
    values = {"source": "files", "kind": schema.kind, "label_suffix": options.label_suffix}
    values |= {"labels": options.labels, "images": options.images} if options.labels else {}
    sentence = (
        f"Photos with a file each {where} ({options.label_suffix}) that holds {what}: image regression."
    )
    return Guess(NAME, 0.8, sentence, values, Split(kind="random"))
