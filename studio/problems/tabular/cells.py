"""What a cell of a table says: a number, a date, or nothing.

Used to look at a table, to train on it and, copied into every bundle, to answer for new rows: a cell means the same
in all three. Needs the standard library only.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

EMPTY_WORDS = frozenset(("", "na", "n/a", "nan", "null", "none", "?", "-", "#n/a", "<na>", "nat", "missing"))
"""Words that stand for "no number" in a column of numbers. In a column of words only an empty cell is missing."""

PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
GROUPED_BY_DOTS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?", re.ASCII)
COMMA = re.compile(r"[+-]?\d*,?\d+([eE][+-]?\d+)?", re.ASCII)
INFINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)

DATE_FORMATS = (
    "iso",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%m/%d/%Y",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d-%m-%Y",
    "%d-%m-%Y %H:%M",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
)
ISO = re.compile(r"\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}.*)?)?")


def is_empty(cell: str) -> bool:
    """Whether a cell of a column of numbers or dates stands for nothing."""
    return cell.casefold() in EMPTY_WORDS


def number(cell: str, decimal: str = ".") -> float | None:
    """Read a number; None where the cell is none.

    Parameters
    ----------
    cell : str
        Stripped. `inf` is a number, `nan` stands for nothing.
    decimal : {".", ","}
        What parts the whole from the fraction; the other one may group thousands.
    """
    if decimal == ",":
        if GROUPED_BY_DOTS.fullmatch(cell):
            cell = cell.replace(".", "")
        elif not COMMA.fullmatch(cell):
            return float(cell) if INFINITE.fullmatch(cell) else None
        return float(cell.replace(",", "."))
    if PLAIN.fullmatch(cell) or INFINITE.fullmatch(cell):
        return float(cell)
    return float(cell.replace(",", "")) if GROUPED.fullmatch(cell) else None


def finite(cell: str, decimal: str = ".") -> float:
    """Read a number to compute with; nan where the cell has none, or one that is infinite."""
    found = None if is_empty(cell) else number(cell, decimal)
    return found if found is not None and math.isfinite(found) else math.nan


def date(cell: str, form: str) -> datetime | None:
    """Read a date written in one of `DATE_FORMATS`, in whole seconds; None where the cell is none.

    A time zone is taken into account: the date returned is that of Greenwich.
    """
    try:
        found = _iso(cell) if form == "iso" else datetime.strptime(cell, form)
    except ValueError:
        return None
    if found is not None and found.tzinfo is not None:
        found = found.astimezone(UTC)
    return None if found is None else found.replace(tzinfo=None, microsecond=0)


def _iso(cell: str) -> datetime | None:
    if not ISO.fullmatch(cell):
        return None
    return datetime.fromisoformat(f"{cell}-01" if len(cell) == 7 else cell)


def category(cell: str, is_number: bool, decimal: str = ".") -> str:
    """The name of a category; "" where the cell is empty. In a column of numbers 12, 12.0 and 012 are one."""
    if not is_number:
        return cell
    found = finite(cell, decimal)
    if math.isnan(found):
        return ""
    return str(int(found)) if found.is_integer() else repr(found)
