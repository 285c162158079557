"""How a table was read: its dialect, its first row, and letters that look wrong. For every problem that reads one.

Of tables beside photos the beginning of the file is read again, so that none of a certain shape is needed. No torch,
no Qt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from studio.dataset.headers import FORMATS
from studio.dataset.letter_encodings import AUTO, better_encoding, encoding_title
from studio.dataset.table_reading import DECIMALS, Reading, separator_words
from studio.dataset.tables import Row, Table, read_table, sniff
from studio.engine.messages import Finding, Fix
from studio.errors import UserError
from studio.problems.image_classification.findings import finding, many
from studio.problems.table_memory import memory_findings
from studio.problems.tabular.cells import number
from studio.problems.tabular.profiles import Profile, profile

EXAMPLES = 3
LETTERS = 24
NOT_READ = "\ufffd"
PEEKED = 200
NEARLY_ALL = 0.9
FEWEST_ROWS = 10
FEW_WORDS = 0.2
"""The share of its rows that a column of a few words has different ones."""


def reading_findings(path: Path, reading: Reading) -> Iterator[Finding]:
    """Say how a table beside photos was read, and whether its first row and its letters look right."""
    try:
        table = read_table(path, PEEKED, reading)
    except UserError:  # the table went away since it was collected; the next scan says so
        return
    dialect = table.dialect
    written = f"parted by {separator_words(dialect.delimiter)}, encoded in {encoding_title(dialect.encoding)}"
    yield finding(
        "table", "info", f"{path.name} is {written}", "The targets are read from it; it is not changed."
    )
    yield from form_findings(table, reading)


def form_findings(table: Table, reading: Reading) -> Iterator[Finding]:
    """Whether the sheet, the first row and the letters of a table look right, and whether memory suffices."""
    yield from _sheets(table, reading)
    yield from header_findings(table)
    yield from letter_findings(table.path, table.dialect.encoding, reading.encoding)
    yield from memory_findings(table, reading)


def _sheets(table: Table, reading: Reading) -> Iterator[Finding]:
    sheet, sheets = table.dialect.sheet, table.dialect.sheets
    if len(sheets) > 1 and not reading.sheet.strip():
        others = [name for name in sheets if name != sheet]
        yield finding(
            "sheets",
            "warning",
            f"{table.path.name} has {len(sheets)} sheets; “{sheet}” was read",
            f"It is the first, and nobody chose one. The others, not read: {', '.join(others)}.",
            others,
            Fix(f"Keep “{sheet}”", {"sheet": sheet}),
        )


def header_findings(table: Table) -> Iterator[Finding]:
    """A first row that was taken for names and looks like data, or the other way round."""
    if not table.dialect.header and looks_like_names(table.rows[0].cells, table.rows[1:PEEKED]):
        yield finding(
            "header_as_row",
            "warning",
            f"The first row of {table.path.name} looks like names of columns",
            f"It is read as data: {_shown(table.rows[0].cells)}.",
            fix=Fix("Take it for names", {"header": "yes"}),
        )
    if (
        table.dialect.header
        and table.dialect.delimiter
        and looks_like_data(table.columns, table.rows[:PEEKED])
    ):
        yield finding(
            "row_as_header",
            "warning",
            f"The first row of {table.path.name} looks like data",
            f"It is taken for the names of the columns, and so left out: {_shown(table.columns)}.",
            fix=Fix("Read it as data", {"header": "no"}),
        )


def looks_like_data(first: Sequence[str], rows: Sequence[Row]) -> bool:
    """Whether a first row has a number wherever nearly all others have one, and there are such columns.

    Where there is none, whether every word in it stands below itself again; or whether it names a photo.
    """
    if len(rows) < 2:
        return False
    if any(Path(cell).suffix.lower() in FORMATS for cell in first):
        return True
    numbers = [number(first[at]) is not None for at in _numeric(first, rows)]
    if numbers:
        return all(numbers)
    return all(cell in {row.cells[at] for row in rows} for at, cell in enumerate(first))


def looks_like_names(first: Sequence[str], rows: Sequence[Row]) -> bool:
    """Whether a first row has a word wherever nearly all others have a number, and there are such columns.

    Where there is none, whether it differs from all the few words that a column has.
    """
    if len(rows) < FEWEST_ROWS:
        return False
    words = [bool(first[at]) and number(first[at]) is None for at in _numeric(first, rows)]
    if words:
        return all(words)
    columns = [{row.cells[at] for row in rows} for at in range(len(first))]
    odd = [first[at] not in cells for at, cells in enumerate(columns) if len(cells) <= len(rows) * FEW_WORDS]
    return bool(odd) and all(odd)


def _numeric(first: Sequence[str], rows: Sequence[Row]) -> list[int]:
    """Places where nearly all filled cells are numbers."""
    columns = {at: [row.cells[at] for row in rows if row.cells[at]] for at in range(len(first))}
    return [
        at
        for at, cells in columns.items()
        if cells and sum(number(cell) is not None for cell in cells) >= NEARLY_ALL * len(cells)
    ]


def _shown(cells: Sequence[str]) -> str:
    return ", ".join(cells[:5]) + (", …" if len(cells) > 5 else "")


def decimal_findings(table: Table, profiles: Mapping[str, Profile], reading: Reading) -> Iterator[Finding]:
    """Columns that are numbers by another decimal mark than the one that was said."""
    if not reading.decimal_sign:
        return
    words = [name for name, seen in profiles.items() if seen.kind == "text" and seen.filled]
    lost = [name for name in words if profile(name, table.values(name)).kind == "number"]
    if lost:
        mark = DECIMALS[reading.decimal].partition(":")[0].lower()
        yield finding(
            "decimal_mark",
            "error",
            f"{many(len(lost), 'column')} of numbers cannot be read with {mark} as the decimal mark",
            "They are taken for words. Let the mark be found out.",
            lost,
            Fix("Find out the decimal mark", {"decimal": AUTO}),
        )


def letter_findings(path: Path, used: str, asked: str) -> Iterator[Finding]:
    """Letters that cannot be read by the encoding, or that another one makes words of.

    Parameters
    ----------
    used : str
        The encoding that the table was read by; "" for a format that says its own.
    asked : str
        The recipe's: "auto", or a name.
    """
    if not used:
        return
    try:
        better = better_encoding(path, used)
        broken, odd = _lines(path, used)
    except OSError:  # as above
        return
    fix = None
    if better:
        value = AUTO if asked != AUTO and sniff(path).encoding == better else better
        fix = Fix(f"Read it as {encoding_title(better)}", {"encoding": value})
    if broken:
        yield finding(
            "letters_not_read",
            "warning",
            f"{many(len(broken), 'row')} of {path.name} {'holds' if len(broken) == 1 else 'hold'} letters that "
            f"cannot be read as {encoding_title(used)}",
            "They are shown as �, so that a name with one is another name. Correct them in the table"
            + (", or read it another way." if fix else "."),
            [f"row {line}" for line in broken],
            fix,
        )
    elif fix:
        examples = ", ".join(f"“{text}”" for _, text in odd[:EXAMPLES])
        yield finding(
            "letters_look_wrong",
            "warning",
            f"The letters of {path.name} look wrong: {examples}",
            f"It is read as {encoding_title(used)}; as {encoding_title(better)} they are words.",
            [f"row {line}" for line, _ in odd],
            fix,
        )


def _lines(path: Path, encoding: str) -> tuple[list[int], list[tuple[int, str]]]:
    """Lines with letters that cannot be read, and those with letters outside English: their first such word."""
    broken, odd = list[int](), list[tuple[int, str]]()
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        for number, line in enumerate(file, start=1):
            if line.isascii():
                continue
            if NOT_READ in line:
                broken.append(number)
            odd.append((number, _first_odd(line)))
    return broken, odd


def _first_odd(line: str) -> str:
    word = next((word for word in line.split() if not word.isascii()), "")
    at = next((place for place, letter in enumerate(word) if not letter.isascii()), 0)
    return word[max(0, at - 4) :][:LETTERS]
