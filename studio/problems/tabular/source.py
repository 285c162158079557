"""The table itself: found below the data folder and read as text, whatever its format.

CSV and TSV are read by `studio/dataset/tables.py`. Parquet and Excel files are read by pandas, imported only then,
and written out as text, so that a value means the same in every format. Rows are numbered as a spreadsheet does:
the header is row 1. No torch, no Qt.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from studio.dataset.letter_encodings import AUTO, encoding_title
from studio.dataset.paths import key_below
from studio.dataset.tables import DELIMITER_WORDS, ENDINGS, Dialect, Row, Table, column_names, read_table
from studio.errors import UserError

SHEETS = (".xlsx", ".xlsm", ".xls", ".ods")
PARQUET = (".parquet", ".pq")
BINARY = (*PARQUET, *SHEETS)
READERS = {".xlsx": "openpyxl", ".xlsm": "openpyxl", ".xls": "xlrd", ".ods": "odfpy"}


def is_table_name(name: str) -> bool:
    """Whether a file's name is one of a table that can be read."""
    return Path(name).suffix.lower() in (*ENDINGS, *BINARY)


def find_tables(folder: Path, most: int = 200) -> list[str]:
    """Names of the tables directly in a folder, sorted."""
    try:
        names = sorted(
            entry.name for entry in folder.iterdir() if entry.is_file() and is_table_name(entry.name)
        )
    except OSError:  # a folder that may not be read has no tables for us
        return []
    return [name for name in names if not name.startswith((".", "~$"))][:most]


def table_path(root: Path, table: str) -> Path:
    """The table that the recipe names; the only one in the folder where it names none.

    Raises
    ------
    UserError
        Where it lies outside the data folder, or there are none or several to choose from.
    """
    if table:
        key = key_below(root, table)
        if key is None:
            raise UserError(
                f"The table “{table}” lies outside the data folder.", "Name a file below it.", fix="table"
            )
        return root / key
    found = find_tables(root)
    if len(found) == 1:
        return root / found[0]
    hint = (
        f"Choose one of: {', '.join(found[:8])}." if found else "Put a CSV, TSV, Parquet or Excel file there."
    )
    raise UserError(f"There {'are several tables' if found else 'is no table'} in {root}.", hint, fix="table")


def read(path: Path, limit: int | None = None, encoding: str = AUTO) -> Table:
    """Read a table, or its first `limit` rows; formats that say their encoding need none.

    Raises
    ------
    UserError
        Where it is missing, empty, or cannot be read.
    """
    try:
        stat = path.stat()
    except OSError as error:
        raise UserError(
            f"The table {path} is not there.", "Name a table below the data folder.", fix="table"
        ) from error
    return _read(path, stat.st_mtime_ns, stat.st_size, limit, encoding)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int, limit: int | None, encoding: str) -> Table:
    """One file is read once, until it changes."""
    return _read_binary(path, limit) if path.suffix.lower() in BINARY else read_table(path, limit, encoding)


def _read_binary(path: Path, limit: int | None) -> Table:
    frame = _frame(path, limit)
    names = column_names([str(name) for name in frame.columns])
    if not names or not len(frame):
        raise UserError(
            f"The table {path.name} is empty.", "Give it a header row and one row for every item."
        )
    columns = [[words(value) for value in frame.iloc[:, at].tolist()] for at in range(len(names))]
    rows = tuple(Row(line, cells) for line, cells in enumerate(zip(*columns, strict=True), start=2))
    return Table(path, Dialect("", ""), names, rows)


def _frame(path: Path, limit: int | None) -> Any:
    import pandas as pd

    try:
        if path.suffix.lower() in PARQUET:
            frame = pd.read_parquet(path)
            return frame if limit is None else frame.head(limit)
        return pd.read_excel(path, nrows=limit, dtype=object, keep_default_na=False)
    except ImportError as error:
        need = READERS.get(path.suffix.lower(), "pyarrow")
        raise UserError(
            f"{path.name} cannot be read: the package {need} is not installed.",
            f"Install {need}, or save the table as CSV.",
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        first = str(error).strip().splitlines()[:1]
        raise UserError(
            f"{path.name} cannot be read: {' '.join(first)}.", "Open it and save it as CSV (UTF-8)."
        ) from error
    except Exception as error:  # zip and spreadsheet readers share no other base
        raise UserError(
            f"{path.name} is damaged or is no such table.", "Open it and save it as CSV (UTF-8)."
        ) from error


def words(value: Any) -> str:
    """A value of a typed table as the text that a CSV file would hold; "" where it is missing."""
    if (
        value is None
        or (isinstance(value, float) and math.isnan(value))
        or type(value).__name__ in ("NAType", "NaTType")
    ):
        return ""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, float):
        return repr(value)
    return str(value).strip()


def described(table: Table) -> str:
    """How a table is written, for a sentence."""
    if not table.dialect.delimiter:
        return "Parquet" if table.path.suffix.lower() in PARQUET else "a spreadsheet's first sheet"
    return f"parted by {DELIMITER_WORDS[table.dialect.delimiter]}, encoded in {encoding_title(table.dialect.encoding)}"


read_any = read
"""The same by another name, for modules that have a `read` of their own."""


def column_cells(table: Table, names: Sequence[str]) -> dict[str, list[str]]:
    """The cells of some columns."""
    return {name: table.values(name) for name in names}
