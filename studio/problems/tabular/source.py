"""The table itself: found below the data folder and read as text, whatever its format.

CSV and TSV are read by `studio/dataset/tables.py`. Parquet and Excel files are read by pandas, imported only then,
and written out as text, so that a value means the same in every format. Rows are numbered as a spreadsheet does:
the header is row 1. A table that would not fit into memory is refused before it is read. No torch, no Qt.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from studio.dataset.letter_encodings import encoding_title
from studio.dataset.paths import key_below
from studio.dataset.table_reading import AS_FOUND, Reading, separator_words
from studio.dataset.tables import ENDINGS, Dialect, Row, Table, column_names, read_table
from studio.errors import UserError

SHEETS = (".xlsx", ".xlsm", ".xls", ".ods")
PARQUET = (".parquet", ".pq")
BINARY = (*PARQUET, *SHEETS)
MOST_SHEETS = 8
"""So many sheets are looked at for a guess."""
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


def read(path: Path, limit: int | None = None, reading: Reading = AS_FOUND) -> Table:
    """Read a table, or its first `limit` rows; formats that say how they are written need no telling.

    Raises
    ------
    UserError
        Where it is missing, empty, or cannot be read, or not in the way that was said.
    """
    try:
        stat = path.stat()
    except OSError as error:
        raise UserError(
            f"The table {path} is not there.", "Name a table below the data folder.", fix="table"
        ) from error
    return _read(path, stat.st_mtime_ns, stat.st_size, limit, reading)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int, limit: int | None, reading: Reading) -> Table:
    """One file is read once, until it changes."""
    return (
        _read_binary(path, limit, reading)
        if path.suffix.lower() in BINARY
        else read_table(path, limit, reading)
    )


def _read_binary(path: Path, limit: int | None, reading: Reading) -> Table:
    frame, dialect = _frame(path, limit, reading)
    names = column_names([str(name) if dialect.header else "" for name in frame.columns])
    if not names or not len(frame):
        where = f"The sheet “{dialect.sheet}” of {path.name}" if dialect.sheet else f"The table {path.name}"
        more = f" Its sheets are: {', '.join(dialect.sheets)}." if len(dialect.sheets) > 1 else ""
        raise UserError(
            f"{where} is empty.{more}",
            "Choose another sheet." if more else "Give it a header row and one row for every item.",
            fix="sheet" if more else "",
        )
    columns = [[words(value) for value in frame.iloc[:, at].tolist()] for at in range(len(names))]
    first = 2 if dialect.header else 1
    rows = tuple(Row(line, cells) for line, cells in enumerate(zip(*columns, strict=True), start=first))
    return Table(path, dialect, names, rows)


def _frame(path: Path, limit: int | None, reading: Reading) -> tuple[Any, Dialect]:
    """The table as pandas reads it, and how it is written."""
    with _in_words(path):
        is_parquet = path.suffix.lower() in PARQUET
        return _parquet(path, limit, reading) if is_parquet else _sheet(path, limit, reading)


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """What the readers of tables raise, as a sentence."""
    try:
        yield
    except UserError:
        raise
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


def _parquet(path: Path, limit: int | None, reading: Reading) -> tuple[Any, Dialect]:
    import pandas as pd
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    if reading.sheet.strip():
        raise _no_sheet(path, reading.sheet, ())
    if limit is None:
        return pd.read_parquet(path), Dialect("", "")
    first = next(pq.ParquetFile(path).iter_batches(limit), None)
    return pd.read_parquet(path) if first is None else first.to_pandas(), Dialect("", "")


def _sheet(path: Path, limit: int | None, reading: Reading) -> tuple[Any, Dialect]:
    import pandas as pd

    with pd.ExcelFile(path) as book:
        sheets = tuple(str(name) for name in book.sheet_names)
        asked = reading.sheet.strip()
        sheet = (
            next((name for name in sheets if name.casefold() == asked.casefold()), "") if asked else sheets[0]
        )
        if not sheet:
            raise _no_sheet(path, asked, sheets)
        header = 0 if reading.header != "no" else None
        frame = pd.read_excel(book, sheet, header=header, nrows=limit, dtype=object, keep_default_na=False)
    return frame, Dialect("", "", header == 0, sheet, sheets)


def ways(path: Path, reading: Reading) -> Iterator[Reading]:
    """Ways to read a table whose form is to be guessed: as it was said, then the other sheets of a spreadsheet."""
    yield reading
    if path.suffix.lower() in SHEETS and not reading.sheet.strip():
        yield from (replace(reading, sheet=sheet) for sheet in _sheets_of(path)[1:MOST_SHEETS])


def _sheets_of(path: Path) -> tuple[str, ...]:
    import pandas as pd

    try:
        with _in_words(path), pd.ExcelFile(path) as book:
            return tuple(map(str, book.sheet_names))
    except UserError:  # reading it says so
        return ()


def _no_sheet(path: Path, sheet: str, sheets: Sequence[str]) -> UserError:
    if not sheets:
        return UserError(
            f"{path.name} is no spreadsheet, so that it has no sheet “{sheet}”.",
            "Leave the sheet empty.",
            fix="sheet",
        )
    return UserError(
        f"{path.name} has no sheet “{sheet}”. Its sheets are: {', '.join(sheets)}.",
        "Choose one of them, or leave the sheet empty for the first.",
        fix="sheet",
    )


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
        if table.path.suffix.lower() in PARQUET:
            return "Parquet"
        return f"the sheet “{table.dialect.sheet}” of a spreadsheet"
    return f"parted by {separator_words(table.dialect.delimiter)}, encoded in {encoding_title(table.dialect.encoding)}"


read_any = read
"""The same by another name, for modules that have a `read` of their own."""


def column_cells(table: Table, names: Sequence[str]) -> dict[str, list[str]]:
    """The cells of some columns."""
    return {name: table.values(name) for name in names}
