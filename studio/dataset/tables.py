"""CSV and TSV files as people have them: any delimiter, any encoding, and bad rows named instead of guessed.

Cells are text, stripped of surrounding spaces; a cell that says NA, None or null is that text, not "missing".
The first row is the header. Nothing is ever written. No torch, no Qt, no pandas.
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from studio.errors import UserError

DELIMITERS = (",", ";", "\t", "|")
DELIMITER_WORDS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
ENDINGS = (".csv", ".tsv", ".txt", ".tab")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SNIFF_ROWS = 50


@dataclass(frozen=True)
class Dialect:
    """How a table is written."""

    encoding: str
    delimiter: str


@dataclass(frozen=True)
class Row:
    """One row: the line of the file that it ends on (the header is line 1), and its cells."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table as read. `bad` names rows that were not taken: (line, why); `padded` rows with spaces."""

    path: Path
    dialect: Dialect
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    bad: tuple[tuple[int, str], ...] = ()
    padded: tuple[int, ...] = ()

    def index(self, column: str) -> int:
        """Return the position of a column, exactly named or else regardless of case.

        Raises
        ------
        UserError
            Naming the columns there are.
        """
        if column in self.columns:
            return self.columns.index(column)
        same = [c for c in self.columns if c.casefold() == column.strip().casefold()]
        if len(same) == 1:
            return self.columns.index(same[0])
        raise UserError(
            f"The table {self.path.name} has no column “{column}”.",
            f"Choose one of its columns: {', '.join(self.columns)}.",
        )

    def values(self, column: str) -> list[str]:
        """Return a column's cells."""
        at = self.index(column)
        return [row.cells[at] for row in self.rows]


def read_table(path: Path, limit: int | None = None) -> Table:
    """Read a table, or its first `limit` rows.

    Raises
    ------
    UserError
        Where the file is missing, empty, or no table.
    """
    dialect = sniff(path, quick=limit is not None)
    try:
        with path.open(encoding=dialect.encoding, errors="replace", newline="") as file:
            rows = _rows(file, dialect.delimiter)
            header = next(rows, None)
            if header is None:
                raise _no_rows(path)
            return _table(path, dialect, header, islice(rows, limit))
    except csv.Error as error:
        raise UserError(
            f"The table {path.name} cannot be read: {error}.",
            "Open it in a spreadsheet and save it as CSV again.",
        ) from error


def sniff(path: Path, quick: bool = False) -> Dialect:
    """Find out encoding and delimiter; `quick` judges by the first 256 kB.

    Raises
    ------
    UserError
        Where the file is missing or empty.
    """
    try:
        encoding = _encoding(path, 256 * 1024 if quick else None)
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            lines = list(islice((line for line in file if line.strip()), SNIFF_ROWS))
    except FileNotFoundError as error:
        raise UserError(
            f"The table {path} is not there.", "Name a CSV or TSV file below the data folder."
        ) from error
    except OSError as error:
        raise UserError(
            f"The table {path} cannot be read: {error.strerror}.", "Choose another file."
        ) from error
    if not lines:
        raise _no_rows(path)
    return Dialect(encoding, _delimiter(lines))


def _no_rows(path: Path) -> UserError:
    return UserError(f"The table {path.name} is empty.", "Give it a header row and one row for every item.")


def _encoding(path: Path, limit: int | None) -> str:
    """The first encoding that can read the file: by its mark, UTF-8, Windows' own, Latin-1."""
    with path.open("rb") as file:
        head = file.read(4)
        for bom, name in BOMS:
            if head.startswith(bom):
                return name
        for name in ("utf-8", "cp1252"):
            file.seek(0)
            if _decodes(iter(lambda: file.read(1 << 16), b""), name, limit):
                return name
    return "latin-1"


def _decodes(chunks: Iterator[bytes], encoding: str, limit: int | None) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    seen = 0
    try:
        for chunk in chunks:
            decoder.decode(chunk)
            seen += len(chunk)
            if limit is not None and seen >= limit:
                return True
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(lines: Sequence[str]) -> str:
    """The delimiter that cuts most lines into the same number (two or more) of cells."""
    return max(DELIMITERS, key=lambda d: (_agreement(lines, d), -DELIMITERS.index(d)))


def _agreement(lines: Sequence[str], delimiter: str) -> float:
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0.0
    width, times = Counter(widths).most_common(1)[0]
    return times / len(widths) * min(width, 4) if width > 1 and widths[0] > 1 else 0.0


def _rows(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _table(
    path: Path, dialect: Dialect, header: tuple[int, list[str]], rows: Iterator[tuple[int, list[str]]]
) -> Table:
    if any("\0" in cell for cell in header[1]):
        raise UserError(f"{path.name} is not a table of text.", "Save it as CSV (UTF-8) again.")
    columns = column_names(header[1])
    good: list[Row] = []
    bad: list[tuple[int, str]] = []
    padded: list[int] = []
    for line, cells in rows:
        why = _why_bad(cells, len(columns))
        if why:
            bad.append((line, why))
            continue
        stripped = tuple(cell.strip() for cell in cells)
        if stripped != tuple(cells):
            padded.append(line)
        good.append(Row(line, stripped))
    return Table(path, dialect, columns, tuple(good), tuple(bad), tuple(padded))


def _why_bad(cells: Sequence[str], width: int) -> str:
    if any("\0" in cell for cell in cells):
        return "it holds a NUL byte"
    if len(cells) != width:
        return f"it has {len(cells)} cells where the header has {width}"
    return ""


def column_names(header: Sequence[str]) -> tuple[str, ...]:
    """Name every column: blank ones by their place, repeated ones by their count."""
    names: list[str] = []
    for place, cell in enumerate(header, start=1):
        name = base = cell.strip() or f"column {place}"
        times = 1
        while name in names:
            times += 1
            name = f"{base} ({times})"
        names.append(name)
    return tuple(names)
