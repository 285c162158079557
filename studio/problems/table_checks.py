"""How a table was read: its dialect, and letters that look wrong. For every problem that reads one.

Reads the beginning of the file again, so that it needs no table of a certain shape. No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from studio.dataset.letter_encodings import AUTO, better_encoding, encoding_title
from studio.dataset.tables import DELIMITER_WORDS, sniff
from studio.engine.messages import Finding, Fix
from studio.errors import UserError
from studio.problems.image_classification.findings import finding, many

EXAMPLES = 3
LETTERS = 24
NOT_READ = "\ufffd"


def reading_findings(path: Path, encoding: str) -> Iterator[Finding]:
    """Say how a table beside photos was read, and whether its letters look right."""
    try:
        dialect = sniff(path, True, encoding)
    except UserError:  # the table went away since it was collected; the next scan says so
        return
    written = f"parted by {DELIMITER_WORDS[dialect.delimiter]}, encoded in {encoding_title(dialect.encoding)}"
    yield finding(
        "table", "info", f"{path.name} is {written}", "The targets are read from it; it is not changed."
    )
    yield from letter_findings(path, dialect.encoding, encoding)


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
