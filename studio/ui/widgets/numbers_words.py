"""Numbers of a column in words, so that they can be compared by eye: all with as many decimals as are needed.

Must not import: Qt, numpy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from studio.project.scores import percent

_FIGURES: Final = 4
_MOST_DECIMALS: Final = 6
_LIKE: Final = 10
"""Within so many times each other numbers are scores of one kind, which are compared to the last figure."""
_LARGE: Final = 1e9


def column_words(values: Sequence[str | int | float | None], share: bool = False) -> list[str]:
    """The words of a column; nothing for None, per cent for shares.

    Floats share a number of decimals: enough for four figures of the largest one, none where all are whole; one more
    where they are of about one size and the smallest needs it, so that a table says the same as the score above it.
    """
    if share:
        return [percent(v) if isinstance(v, int | float) else _other(v) for v in values]
    if not any(isinstance(v, float) for v in values):
        return [_other(v) for v in values]
    digits = decimals([v for v in values if isinstance(v, int | float) and math.isfinite(v)])
    return [_number(v, digits) if isinstance(v, int | float) else _other(v) for v in values]


def decimals(values: Sequence[float]) -> int:
    """How many decimals all of these need."""
    sizes = [abs(v) for v in values if v]
    if not sizes:
        return 0
    largest, smallest = (_FIGURES - 1 - math.floor(math.log10(size)) for size in (max(sizes), min(sizes)))
    one_more = max(sizes) <= _LIKE * min(sizes)
    most = max(0, min(_MOST_DECIMALS, smallest, largest + 1) if one_more else min(_MOST_DECIMALS, largest))
    return next((d for d in range(most) if all(abs(v - round(v, d)) < 0.5 * 10**-most for v in values)), most)


def _number(value: float, digits: int) -> str:
    if not math.isfinite(value):
        return "none"
    small = value != 0 and abs(value) < 0.5 * 10**-digits
    return f"{value:.2g}" if small or abs(value) >= _LARGE else f"{value:,.{digits}f}"


def _other(value: str | int | float | None) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else str(value)
