"""Ratings and titles as their files have them: with or without a header, any delimiter, any encoding.

No torch, no pandas (but for Parquet and Excel, through `tabular/source.py`), no Qt.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from studio.dataset.letter_encodings import AUTO
from studio.dataset.paths import key_below
from studio.dataset.tables import ENDINGS, Row, Table
from studio.errors import UserError
from studio.problems.tabular.cells import number
from studio.problems.tabular.source import BINARY, read_any

MORE_ENDINGS = (".data", ".dat", ".item", ".base")
DEFAULT_NAMES = ("user", "item", "rating")


@dataclass(frozen=True)
class Found:
    """A table, and whether its first row names the columns."""

    table: Table
    has_header: bool


def path_of(root: Path, name: str, field: str) -> Path:
    """A file of the recipe below the data folder; raises `UserError` where it lies outside."""
    key = key_below(root, name)
    if key is None:
        raise UserError(f"“{name}” lies outside the data folder.", "Name a file below it.", fix=field)
    return root / key


def read(path: Path, header: str = "auto", limit: int | None = None, encoding: str = AUTO) -> Found:
    """Read a table.

    Parameters
    ----------
    header : {"auto", "yes", "no"}
        Whether the first row names the columns. Without a header they are called user, item, rating, column 4, ...

    Raises
    ------
    UserError
        Where it is missing, empty, or cannot be read.
    """
    return _read(read_any(path, limit, encoding), header)


@lru_cache(maxsize=4)
def _read(table: Table, header: str) -> Found:
    has_header = (
        header == "yes" or (header == "auto" and looks_like_header(table)) or not table.dialect.delimiter
    )
    if has_header:
        return Found(table, True)
    first = first_cells(table)
    names = tuple(
        DEFAULT_NAMES[at] if at < len(DEFAULT_NAMES) else f"column {at + 1}" for at in range(len(first))
    )
    return Found(replace(table, columns=names, rows=(Row(1, first), *table.rows)), False)


def looks_like_header(table: Table) -> bool:
    """Whether the first row differs from the others: no number stands where nearly all others have one."""
    first, rows = first_cells(table), table.rows[:200]
    if not rows:
        return True
    for at, cell in enumerate(first):
        others = sum(number(row.cells[at]) is not None for row in rows)
        if number(cell) is not None and others >= 0.9 * len(rows):
            return False
    return any(
        sum(number(row.cells[at]) is not None for row in rows) >= 0.9 * len(rows) for at in range(len(first))
    )


def first_cells(table: Table) -> tuple[str, ...]:
    """The first row as it stands in the file."""
    with table.path.open(encoding=table.dialect.encoding, errors="replace", newline="") as file:
        for cells in csv.reader(file, delimiter=table.dialect.delimiter or ","):
            if any(cell.strip() for cell in cells):
                return tuple(cell.strip() for cell in cells)
    return ()


def candidates(folder: Path, most: int = 40) -> list[str]:
    """Names of files in a folder that may be tables, the largest first."""
    try:
        entries = [
            entry for entry in folder.iterdir() if entry.is_file() and not entry.name.startswith((".", "~$"))
        ]
    except OSError:  # a folder that may not be read has no tables for us
        return []
    endings = (*ENDINGS, *BINARY, *MORE_ENDINGS)
    named = [entry for entry in entries if entry.suffix.lower() in endings]
    return [entry.name for entry in sorted(named, key=lambda e: (-e.stat().st_size, e.name))[:most]]
