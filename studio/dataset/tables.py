"""CSV and TSV files as people have them: any delimiter, any encoding, and bad rows named instead of guessed.

Cells are text, stripped of surrounding spaces; a cell that says NA, None or null is that text, not "missing".
The first row is the header unless a person says that there is none. Equal cells of a column are kept once, which
takes half of the memory. Nothing is ever written. No torch, no Qt, no pandas.
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from studio.dataset.letter_encodings import AUTO, better_encoding, encoding_title
from studio.dataset.table_reading import AS_FOUND, Reading, separator_word, separator_words
from studio.errors import UserError

DELIMITERS = (",", ";", "\t", "|")
ENDINGS = (".csv", ".tsv", ".txt", ".tab")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SNIFF_ROWS = 50
MOST_KNOWN = 50_000
"""Different cells of a column that are remembered while a table is read."""


@dataclass(frozen=True)
class Dialect:
    """How a table is written; no encoding and no delimiter where its format has none.

    Attributes
    ----------
    header : bool
        Whether the first row names the columns.
    sheet, sheets : str, tuple of str
        Which sheet of a spreadsheet was read, of which.
    """

    encoding: str
    delimiter: str
    header: bool = True
    sheet: str = ""
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line of the file that it ends on (the header is line 1), and its cells."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Table:
    """A table as read; one is equal to itself only, so that a large one can be looked up in a cache at once.
    `bad` names rows that were not taken: (line, why); `padded` rows with spaces."""

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


def read_table(path: Path, limit: int | None = None, reading: Reading = AS_FOUND) -> Table:
    """Read a table, or its first `limit` rows; how it is written is found out unless it is said.

    Raises
    ------
    UserError
        Where the file is missing, empty, or no table, or cannot be read in the way that was said.
    """
    dialect = sniff(path, limit is not None, reading)
    try:
        with path.open(encoding=dialect.encoding, errors="replace", newline="") as file:
            rows = _rows(file, dialect.delimiter)
            first = next(rows, None)
            if first is None:
                raise _no_rows(path)
            table = _table(path, dialect, first, rows, limit)
        _require_parted(table, reading)
        return table
    except csv.Error as error:
        raise UserError(
            f"The table {path.name} cannot be read: {error}.",
            "Open it in a spreadsheet and save it as CSV again.",
        ) from error


def sniff(path: Path, quick: bool = False, reading: Reading = AS_FOUND) -> Dialect:
    """Find out encoding and delimiter, unless they are said; `quick` judges by the first 256 kB.

    Raises
    ------
    UserError
        Where the file is missing or empty, or there is no such sheet, encoding or delimiter.
    """
    if reading.sheet.strip():
        raise UserError(
            f"{path.name} is a text file, which has no sheet “{reading.sheet}”.",
            "Leave the sheet empty; only spreadsheets have some.",
            fix="sheet",
        )
    encoding = reading.encoding
    try:
        encoding = _named(path, encoding) or _encoding(path, 256 * 1024 if quick else None)
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            lines = list(islice((line for line in file if line.strip()), SNIFF_ROWS))
    except UnicodeError as error:
        raise UserError(
            f"The table {path.name} cannot be read as {encoding_title(encoding)}: its letters are not written so.",
            "Let the encoding be found out.",
            fix="encoding=auto",
        ) from error
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
    return Dialect(encoding, reading.delimiter or _delimiter(lines), reading.header != "no")


def _require_parted(table: Table, reading: Reading) -> None:
    """Refuse a delimiter that was said and parts nothing, where another one would."""
    said = reading.delimiter
    if not said or (len(table.columns) > 1 and (table.rows or not table.bad)):
        return
    better = sniff(table.path, True, replace(reading, separator=AUTO)).delimiter
    if better == said:
        return
    raise UserError(
        f"{table.path.name} is not parted by {separator_words(said)}: "
        + (
            "that makes a single column."
            if len(table.columns) == 1
            else "no row has as many cells as the first."
        ),
        f"It looks parted by {separator_words(better)} (separator={separator_word(better)}); “Find out” takes them.",
        fix="separator=auto",
    )


def _named(path: Path, encoding: str) -> str:
    """The encoding that was asked for, unless the file's own mark says better; "" where none was."""
    wanted = encoding.strip()
    if wanted.lower() in ("", AUTO):
        return ""
    try:
        "".encode(wanted)
    except (LookupError, ValueError) as error:
        raise UserError(
            f"There is no encoding called “{wanted}”.", "Choose one of the list.", fix="encoding=auto"
        ) from error
    return _marked(path) or wanted


def _marked(path: Path) -> str:
    """The encoding that the mark at a file's beginning tells; "" where there is none."""
    with path.open("rb") as file:
        head = file.read(4)
    return next((name for mark, name in BOMS if head.startswith(mark)), "")


def _no_rows(path: Path) -> UserError:
    return UserError(f"The table {path.name} is empty.", "Give it a header row and one row for every item.")


def _encoding(path: Path, limit: int | None) -> str:
    """The file's own mark, or UTF-8, or what makes words of its letters, or Windows' own, or Latin-1."""
    marked = _marked(path)
    if marked or _reads(path, "utf-8", limit):
        return marked or "utf-8"
    likely = better_encoding(path, "cp1252")
    if likely == "utf-8":  # all but a few bytes: these are shown as what they are
        return likely
    return next((name for name in (likely, "cp1252") if name and _reads(path, name, limit)), "latin-1")


def _reads(path: Path, encoding: str, limit: int | None) -> bool:
    with path.open("rb") as file:
        return _decodes(iter(lambda: file.read(1 << 16), b""), encoding, limit)


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
    path: Path,
    dialect: Dialect,
    first: tuple[int, list[str]],
    rest: Iterator[tuple[int, list[str]]],
    limit: int | None,
) -> Table:
    if any("\0" in cell for cell in first[1]):
        raise UserError(f"{path.name} is not a table of text.", "Save it as CSV (UTF-8) again.")
    columns = column_names(first[1] if dialect.header else [""] * len(first[1]))
    known: tuple[dict[str, str], ...] = tuple({} for _ in columns)
    good: list[Row] = []
    bad: list[tuple[int, str]] = []
    padded: list[int] = []
    for line, cells in islice(rest if dialect.header else chain([first], rest), limit):
        why = _why_bad(cells, len(columns))
        if why:
            bad.append((line, why))
            continue
        stripped = [cell.strip() for cell in cells]
        if stripped != cells:
            padded.append(line)
        good.append(Row(line, tuple(map(_once, stripped, known))))
    return Table(path, dialect, columns, tuple(good), tuple(bad), tuple(padded))


def _once(cell: str, known: dict[str, str]) -> str:
    """The same text for equal cells of a column, as long as they are few enough to be worth remembering."""
    if len(known) < MOST_KNOWN:
        return known.setdefault(cell, cell)
    return known.get(cell, cell)


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
