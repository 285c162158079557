"""What a target is: a number, several numbers, or points; read from cells, said in words. No torch, no Qt.

A photo's target is plain data: a float; a tuple of floats, one a column; or a tuple with a pair (x, y) for every
point, None for one that is not known. Points are in pixels of the photo as it is seen, upright, from its upper left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from studio.errors import UserError
from studio.problems.tabular.cells import is_empty, number

Kind = Literal["numbers", "points"]
Point = tuple[float, float]
Target = float | tuple[float, ...] | tuple[Point | None, ...]

NO_NUMBER = "its target is missing"
TEXT = "its target is not a number"
NO_POINT = "none of its points is known"
OTHER_COUNT = "it has another number of targets than most"


@dataclass(frozen=True)
class Schema:
    """What is predicted: numbers or points, and their names."""

    kind: Kind
    names: tuple[str, ...]


class Bad(Exception):
    """A target that cannot be used, and why."""


def kind_of(target: Any) -> Kind:
    """Whether a target is numbers or points."""
    if isinstance(target, list | tuple) and any(
        part is None or isinstance(part, list | tuple) for part in target
    ):
        return "points"
    return "numbers"


def as_numbers(target: Any) -> tuple[float, ...]:
    """A target of one number or several as a tuple."""
    return tuple(map(float, target)) if isinstance(target, list | tuple) else (float(target),)


def as_points(target: Any) -> NDArray[np.float32]:
    """A target of points as an array (points, 2) float32; nan for those that are not known."""
    missing = (math.nan, math.nan)
    return np.array([missing if point is None else tuple(point) for point in target], dtype=np.float32)


def plain_points(places: NDArray[Any]) -> tuple[Point | None, ...]:
    """An array (points, 2) as a target."""
    return tuple((float(x), float(y)) if math.isfinite(x + y) else None for x, y in places.tolist())


def read_cells(cells: Sequence[str], kind: Kind, decimal: str = ".") -> Target:
    """Read the target in some cells: one for every number, two for every point.

    Raises
    ------
    Bad
        Where a number is missing, no point is known, or a cell holds words.
    """
    values = [_read(cell, decimal) for cell in cells]
    if kind == "points":
        return known_points(list(zip(values[::2], values[1::2], strict=True)))
    if any(math.isnan(value) for value in values):
        raise Bad(NO_NUMBER)
    return values[0] if len(values) == 1 else tuple(values)


def known_points(pairs: Sequence[Point]) -> tuple[Point | None, ...]:
    """Pairs as a target: None where either coordinate is missing; raises `Bad` where all are."""
    points = tuple(pair if math.isfinite(pair[0] + pair[1]) else None for pair in pairs)
    if not any(points):
        raise Bad(NO_POINT)
    return points


def _read(cell: str, decimal: str) -> float:
    if is_empty(cell):
        return math.nan
    value = number(cell, decimal)
    if value is None or math.isinf(value):
        raise Bad(f"{TEXT} ({cell[:40]})")
    return value


def typed(text: str) -> Target:
    """The target that a person typed: numbers parted by commas; points as ``120 80, 64 12, none``.

    Raises
    ------
    UserError
        Where it is no such target.
    """
    parts = [part.split() for part in text.split(",")]
    pairs = any(len(words) == 2 for words in parts)
    wanted = 2 if pairs else 1
    cells = [c for words in parts for c in (["", ""] if pairs and is_empty("".join(words)) else words)]
    try:
        if len(cells) == wanted * len(parts):
            return read_cells(cells, "points" if pairs else "numbers")
    except Bad:
        pass
    raise UserError(
        f"“{text}” is no target of numbers or points.",
        "Write numbers parted by commas (19, 1, 0), or points as x and y (120 80, 64 12, none).",
    )


def said(target: Any, names: Sequence[str]) -> str:
    """A target in words: ``12.5``; ``n_rbc 19, n_wbc 1``; ``snout 21 265, tail 87 153``."""
    if kind_of(target) == "points":
        pairs = zip(names, target, strict=False)
        return ", ".join(
            f"{name} {point[0]:.0f} {point[1]:.0f}" for name, point in pairs if point is not None
        )
    values = as_numbers(target)
    if len(values) == 1:
        return f"{values[0]:.6g}"
    return ", ".join(f"{name} {value:.5g}" for name, value in zip(names, values, strict=False))


def missing_of(target: Any) -> str:
    """Which points of a target are missing, as a pattern; alike for those that are alike."""
    return "".join("-" if point is None else "x" for point in target)
