"""From the cells of a column to what the network is fed: categories and numbers.

A column of dates becomes several: the same parts, by the same names and arithmetic, as fastai's `add_datepart`.
Copied into every bundle. Needs the standard library only.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from studio.problems.tabular.cells import category, date, finite

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1)


def _flag(value: bool) -> str:
    return "1" if value else "0"


def _ends_month(when: datetime) -> bool:
    return when.day == monthrange(when.year, when.month)[1]


CATEGORY_PARTS: Mapping[str, Callable[[datetime], str]] = {
    "Month": lambda when: str(when.month),
    "Week": lambda when: str(when.isocalendar().week),
    "Day": lambda when: str(when.day),
    "Dayofweek": lambda when: str(when.weekday()),
    "Is_month_end": lambda when: _flag(_ends_month(when)),
    "Is_month_start": lambda when: _flag(when.day == 1),
    "Is_quarter_end": lambda when: _flag(when.month % 3 == 0 and _ends_month(when)),
    "Is_quarter_start": lambda when: _flag(when.month % 3 == 1 and when.day == 1),
    "Is_year_end": lambda when: _flag(when.month == 12 and when.day == 31),
    "Is_year_start": lambda when: _flag(when.month == 1 and when.day == 1),
    "Hour": lambda when: str(when.hour),
    "Minute": lambda when: str(when.minute),
    "Second": lambda when: str(when.second),
}
NUMBER_PARTS: Mapping[str, Callable[[datetime], float]] = {
    "Year": lambda when: float(when.year),
    "Dayofyear": lambda when: float(when.timetuple().tm_yday),
    "Elapsed": lambda when: float((when - EPOCH).total_seconds() // 1),
}
"""`Elapsed` counts seconds since 1970."""


def part_name(column: str, part: str) -> str:
    """What a part of a date is called."""
    return f"{column} {part}"


def categories(column: Mapping[str, Any], written: Sequence[str]) -> dict[str, list[str]]:
    """The categorical features of a column; "" stands for a missing one.

    Parameters
    ----------
    column : mapping
        `name`, `kind` ("text", "number" or "date"), `role` ("categorical", "continuous" or "date"), `decimal`, `form`
        (of its dates) and `parts` (of a date, that are used).
    written : sequence of str
        The column's cells, stripped.
    """
    name = column["name"]
    if column["role"] == "categorical":
        is_number, decimal = column["kind"] == "number", column["decimal"]
        return {name: _each(written, lambda cell: category(cell, is_number, decimal))}
    if column["role"] != "date":
        return {}
    parts = {part: CATEGORY_PARTS[part] for part in column["parts"] if part in CATEGORY_PARTS}
    whens = dates(column, written)
    return {part_name(name, p): ["" if w is None else of(w) for w in whens] for p, of in parts.items()}


def numbers(column: Mapping[str, Any], written: Sequence[str]) -> dict[str, list[float]]:
    """The continuous features of a column; nan stands for a missing one. See `categories`."""
    name = column["name"]
    if column["role"] == "continuous":
        return {name: _each(written, lambda cell: finite(cell, column["decimal"]))}
    if column["role"] != "date":
        return {}
    parts = {part: NUMBER_PARTS[part] for part in column["parts"] if part in NUMBER_PARTS}
    whens = dates(column, written)
    return {part_name(name, p): [math.nan if w is None else of(w) for w in whens] for p, of in parts.items()}


def dates(column: Mapping[str, Any], written: Sequence[str]) -> list[datetime | None]:
    """A column's cells as dates."""
    return _each(written, lambda cell: date(cell, column["form"]))


def _each(written: Sequence[str], read: Callable[[str], T]) -> list[T]:
    """Read every cell, equal ones once."""
    known = {cell: read(cell) for cell in set(written)}
    return [known[cell] for cell in written]
