"""Ratings and titles as their files have them: with or without a header, any delimiter, any encoding.

No torch, no pandas (but for Parquet and Excel, through `tabular/source.py`), no Qt.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from studio.dataset.paths import key_below
from studio.dataset.table_reading import AS_FOUND, Reading
from studio.dataset.tables import ENDINGS, Table
from studio.errors import UserError
from studio.problems.tabular.cells import number
from studio.problems.tabular.source import BINARY, read_any

MORE_ENDINGS = (".data", ".dat", ".item", ".base")
DEFAULT_NAMES = ("user", "item", "rating")
PEEKED = 201


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


def read(path: Path, header: str = "auto", limit: int | None = None, reading: Reading = AS_FOUND) -> Found:
    """Read a table.

    Parameters
    ----------
    header : {"auto", "yes", "no"}
        Whether the first row names the columns. Without a header they are called user, item, rating, column 4, ...
    reading : Reading
        How it is written, where that is said; its header counts for nothing.

    Raises
    ------
    UserError
        Where it is missing, empty, or cannot be read, or not in the way that was said.
    """
    if header == "auto":
        header = "yes" if looks_like_header(read_any(path, PEEKED, replace(reading, header="no"))) else "no"
    return _called(read_any(path, limit, replace(reading, header=header)))


@lru_cache(maxsize=4)
def _called(table: Table) -> Found:
    if table.dialect.header:
        return Found(table, True)
    names = (*DEFAULT_NAMES, *table.columns[len(DEFAULT_NAMES) :])[: len(table.columns)]
    return Found(replace(table, columns=names), False)


def looks_like_header(table: Table) -> bool:
    """Whether the first row of a table read without a header differs from the others, so that it is one.

    No number stands where nearly all others have one, and a word where all others have numbers.
    """
    if table.dialect.header or len(table.rows) < 2:
        return True
    first, rows = table.rows[0].cells, table.rows[1:]
    counted = [
        sum(number(row.cells[at]) is not None for row in rows) >= 0.9 * len(rows) for at in range(len(first))
    ]
    if any(number(cell) is not None and of_numbers for cell, of_numbers in zip(first, counted, strict=True)):
        return False
    return any(counted)


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
