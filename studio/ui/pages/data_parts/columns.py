"""The names in the first line of a table, for fields that name a column.

Rules: reads the beginning of the file only; called on another thread. Must not import: pandas, Qt.
"""

from __future__ import annotations

import csv
from pathlib import Path

_BEGINNING = 65536


def table_columns(path: Path) -> tuple[str, ...]:
    """Names of the columns of a CSV or TSV file; none where there is no such file or it is no table."""
    try:
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING)
    except OSError:
        return ()
    lines = beginning.decode("utf-8-sig", errors="replace").splitlines()
    if not lines or "\0" in lines[0]:
        return ()
    ways = [next(csv.reader(lines[:1], delimiter=separator), []) for separator in ",\t;"]
    return tuple(name.strip() for name in max(ways, key=len) if name.strip())
