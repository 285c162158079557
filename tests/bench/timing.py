"""Interleaved repeats: every case once, then every case again, so that a slow minute hits all alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One case: median, fastest and slowest of its repeats, and the ratio of its median to the first case's."""

    case: str
    unit: str
    median: float
    low: float
    high: float
    ratio: float | None = None
    remark: str = ""


def interleaved(cases: Mapping[str, Callable[[], float]], unit: str, repeats: int = 3) -> list[Row]:
    """Measure each case `repeats` times in turn; a case returns its own figure in `unit`."""
    figures: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(repeats):
        for name, measure in cases.items():
            figures[name].append(measure())
    return rows(figures, unit)


def rows(figures: Mapping[str, list[float]], unit: str) -> list[Row]:
    """Turn repeats into rows; the first case is what the others are compared with."""
    base = statistics.median(next(iter(figures.values())))
    return [_row(name, values, unit, base) for name, values in figures.items()]


def _row(name: str, values: list[float], unit: str, base: float) -> Row:
    middle = statistics.median(values)
    return Row(name, unit, middle, min(values), max(values), middle / base if base else None)


def show(title: str, found: list[Row], console: Console) -> None:
    """Print one table."""
    table = Table(title=title, title_justify="left")
    for heading in ("case", "median", "low", "high", "unit", "ratio", ""):
        table.add_column(heading, justify="left" if heading in ("case", "unit", "") else "right")
    for row in found:
        ratio = "" if row.ratio is None else f"{row.ratio:.3f}"
        table.add_row(
            row.case, f"{row.median:.4g}", f"{row.low:.4g}", f"{row.high:.4g}", row.unit, ratio, row.remark
        )
    console.print(table)
