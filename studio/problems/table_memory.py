"""How much memory a table of text will take, foretold from its first rows, and whether there is so much.

Cells are kept as text, equal ones of a column once; so a large file takes several times its size. No torch, no Qt.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from studio.dataset.table_reading import AS_FOUND, Reading
from studio.dataset.tables import Table
from studio.engine.messages import Finding
from studio.errors import UserError
from studio.hardware.ram import read_ram
from studio.problems.tabular.findings import finding
from studio.problems.tabular.source import BINARY, read

LARGE_BYTES = 20 * 2**20
"""Smaller files are never looked at."""
PEEKED = 2000
GIB = 2**30
ROW_BYTES = 56
ITEM_BYTES = 450
"""What a row takes besides its cells: its own number, its item with key and target, its place in the sets."""
SHARE = 0.5
"""Of the free memory, from which a person is told."""


def foretold(path: Path, reading: Reading = AS_FOUND) -> tuple[int, int]:
    """Rows that a table of text has, about, and bytes that these take in memory; (0, 0) for one that is small."""
    try:
        stat = path.stat()
    except OSError:  # reading it says so
        return 0, 0
    if stat.st_size < LARGE_BYTES or path.suffix.lower() in BINARY:
        return 0, 0
    return _foretold(path, stat.st_mtime_ns, stat.st_size, reading)


@lru_cache(maxsize=8)
def _foretold(path: Path, changed: int, size: int, reading: Reading) -> tuple[int, int]:
    table = read(path, PEEKED, reading)
    if not table.rows:
        return 0, 0
    written = sum(len(cell.encode()) + 1 for row in table.rows for cell in row.cells) / len(table.rows)
    n_rows = int(size / written)
    return n_rows, int(n_rows * _bytes_of_row(table))


def _bytes_of_row(table: Table) -> float:
    cells = sum(_bytes_of_cell(table.values(name)) for name in table.columns)
    return ROW_BYTES + ITEM_BYTES + sys.getsizeof(table.rows[0].cells) + cells


def _bytes_of_cell(cells: Sequence[str]) -> float:
    """What a cell takes on average: nothing where it was seen before."""
    different = set(cells)
    share = len(different) / len(cells)
    return share * sum(map(sys.getsizeof, different)) / len(different)


def require_room(path: Path, reading: Reading = AS_FOUND) -> None:
    """Refuse a table that does not fit into memory before it is read.

    Raises
    ------
    UserError
        With what it takes and what is free.
    """
    n_rows, taken = foretold(path, reading)
    free = read_ram().free_mib * 2**20 if taken else 0.0
    if taken > free:
        raise UserError(
            f"{path.name} has about {n_rows:,} rows, which take {taken / GIB:.1f} GB of memory; "
            f"{free / GIB:.1f} GB are free.",
            "Close other programs, or save a table of fewer rows or columns and train on that.",
            fix="table",
        )


def memory_findings(table: Table, reading: Reading = AS_FOUND) -> Iterator[Finding]:
    """Tell of a table that takes much of what is free; it has been read, so that its part is free no more."""
    _, taken = foretold(table.path, reading)
    free = read_ram().free_mib * 2**20 if taken else 0.0
    if taken > SHARE * (free + taken):
        yield finding(
            "large_table",
            "warning",
            f"{table.path.name} takes about {taken / GIB:.1f} GB of memory, for {len(table.rows):,} rows",
            f"{free / GIB:.1f} GB are free besides. Training needs about as much again: close other programs, or save "
            "a table of fewer rows or columns.",
            count=len(table.rows),
        )
