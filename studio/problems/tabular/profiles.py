"""What a column of a table looks like: numbers, dates or words, how many, and which cells do not fit.

Looks at every cell once. Standard library only: no torch, no pandas, no Qt.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Literal

from studio.problems.tabular.cells import DATE_FORMATS, date, is_empty, number

Kind = Literal["number", "date", "text"]

FITS = 0.95
"""The share of a column's cells that must be numbers (dates) for it to be one of numbers (dates)."""
PEEK = 200


@dataclass(frozen=True)
class Profile:
    """One column.

    Attributes
    ----------
    kind : {"number", "date", "text"}
        What nearly all of its cells are.
    filled : int
        Cells that say something; `missing` those that do not.
    distinct : int
        Different values among the filled ones that fit the kind.
    whole : bool
        A column of numbers in which each is written without a fraction.
    decimal : {".", ","}
        What parts the whole from the fraction.
    form : str
        How its dates are written, one of `cells.DATE_FORMATS`; "" for other kinds.
    odd : tuple of int
        Places of the filled cells that do not fit; `infinite` those that are infinite.
    nearly : float
        Share of filled cells that are numbers, where the column is one of words.
    counted : bool
        A column of numbers that goes up by one from row to row.
    """

    name: str
    kind: Kind
    filled: int
    missing: int
    distinct: int
    whole: bool = False
    decimal: str = "."
    form: str = ""
    odd: tuple[int, ...] = ()
    infinite: tuple[int, ...] = ()
    nearly: float = 0.0
    counted: bool = False

    @property
    def rows(self) -> int:
        """All cells."""
        return self.filled + self.missing


def profile(name: str, cells: Sequence[str], decimal: str = "") -> Profile:
    """Look at a column's cells, stripped. Each different cell is read once, however often it occurs.

    Parameters
    ----------
    decimal : {"", ".", ","}
        What parts the whole from the fraction; empty: found out.
    """
    counts = Counter(cells)
    filled = {cell: n for cell, n in counts.items() if not is_empty(cell)}
    if not filled:
        return Profile(name, "text", 0, len(cells), 0)
    decimal, share = (decimal, _share(filled, decimal)) if decimal else _decimal(filled)
    if share >= FITS:
        return _of_numbers(name, cells, filled, decimal)
    form = _form(filled)
    if form:
        return _of_dates(name, cells, filled, form)
    return Profile(name, "text", len(cells) - counts[""], counts[""], len(counts.keys() - {""}), nearly=share)


def _decimal(filled: Mapping[str, int]) -> tuple[str, float]:
    """The sign that makes most cells numbers, and the share that are."""
    shares = {".": _share(filled, ".")}
    if shares["."] < FITS:
        shares[","] = _share(filled, ",")
    best = max(shares, key=lambda sign: (shares[sign], sign == "."))
    return best, shares[best]


def _share(filled: Mapping[str, int], decimal: str) -> float:
    return sum(n for cell, n in filled.items() if number(cell, decimal) is not None) / sum(filled.values())


def _of_numbers(name: str, cells: Sequence[str], filled: Mapping[str, int], decimal: str) -> Profile:
    read = {cell: number(cell, decimal) for cell in filled}
    values = {value for value in read.values() if value is not None and math.isfinite(value)}
    n_filled = sum(filled.values())
    return Profile(
        name,
        "number",
        filled=n_filled,
        missing=len(cells) - n_filled,
        distinct=len(values),
        whole=all(_is_whole(cell, value) for cell, value in read.items()),
        decimal=decimal,
        odd=_places(cells, {cell for cell, value in read.items() if value is None}),
        infinite=_places(
            cells, {cell for cell, value in read.items() if value is not None and math.isinf(value)}
        ),
        counted=len(values) == len(cells) > 1 and _steps_by_one([read[cell] for cell in cells]),
    )


def _places(cells: Sequence[str], wanted: set[str]) -> tuple[int, ...]:
    return tuple(place for place, cell in enumerate(cells) if cell in wanted) if wanted else ()


def _steps_by_one(values: Sequence[float | None]) -> bool:
    return all(a is not None and b is not None and b - a == 1 for a, b in pairwise(values))


def _is_whole(cell: str, value: float | None) -> bool:
    return value is None or (math.isfinite(value) and value.is_integer() and cell.lstrip("+-").isdigit())


def _form(filled: Mapping[str, int]) -> str:
    """The way in which nearly all cells are dates; "" where there is none."""
    first = dict(islice(filled.items(), PEEK))
    for form in DATE_FORMATS:
        if _dated(first, form) and _dated(filled, form):
            return form
    return ""


def _dated(filled: Mapping[str, int], form: str) -> bool:
    most = int((1 - FITS) * sum(filled.values()))
    bad = 0
    for cell, n in filled.items():
        bad += n if date(cell, form) is None else 0
        if bad > most:
            return False
    return True


def _of_dates(name: str, cells: Sequence[str], filled: Mapping[str, int], form: str) -> Profile:
    read = {cell: date(cell, form) for cell in filled}
    n_filled = sum(filled.values())
    return Profile(
        name,
        "date",
        filled=n_filled,
        missing=len(cells) - n_filled,
        distinct=len(set(read.values()) - {None}),
        form=form,
        odd=_places(cells, {cell for cell, when in read.items() if when is None}),
    )


def most_common(cells: Sequence[str], most: int) -> list[tuple[str, int]]:
    """The commonest filled cells and how often they occur."""
    return Counter(cell for cell in cells if cell).most_common(most)
