"""Columns that give the target away: copies of it, parts that add up to it, and single columns that nearly know it.

numpy only: no torch, no pandas, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.engine.messages import Finding
from studio.problems.base import Dataset
from studio.problems.tabular.cells import finite
from studio.problems.tabular.findings import finding, leave_out, quoted
from studio.problems.tabular.options import Options
from studio.problems.tabular.plan import Plan

SAME = 0.99
"""The share of rows in which columns must add up to the target for it to be no accident."""
KNOWS = 0.99
MOST_PAIRED = 80
BINS = 100
MOST_SOLVED = 2000
FEWEST_ROWS = 30

Array = NDArray[Any]


def leak_findings(
    dataset: Dataset, plan: Plan, options: Options, progress: Callable[[str, int, int], None]
) -> Iterator[Finding]:
    """Yield columns, or pairs of them, that give the target away."""
    if len(dataset.items) < FEWEST_ROWS or not dataset.train() or not dataset.valid():
        return
    progress("Looking for columns that give the target away", 0, 0)
    table = _Columns(dataset, plan)
    told: set[str] = set()
    if not dataset.classes:
        numbers = {
            name: table.numbers(name)
            for name in plan.named("continuous", "categorical")
            if plan.profiles[name].kind == "number"
        }
        few = (*_copies(numbers, table.targets), *_sums(numbers, table.targets))
        for names, sentence in few or _long_sums(numbers, table.targets):
            told |= set(names)
            yield _leak(names, f"{sentence} = {plan.target}", options)
    for name in plan.named("categorical", "continuous"):
        if name in told:
            continue
        known = table.known_by(name)
        if known >= KNOWS and known - table.base >= (1 - table.base) / 2:
            meaning = f"{name} alone knows the target ({known:.1%} of it on the validation rows)"
            yield _leak([name], meaning, options)


def _leak(names: Sequence[str], why: str, options: Options) -> Finding:
    return finding(
        "leak",
        "warning",
        f"{quoted(names)} {'gives' if len(names) == 1 else 'give'} the target away",
        f"{why}. A model that sees this learns nothing else, and fails where it is not known beforehand.",
        names,
        leave_out(names, options),
    )


def _copies(numbers: dict[str, Array], target: Array) -> Iterator[tuple[list[str], str]]:
    for name, values in numbers.items():
        known = np.isfinite(values)
        if known.mean() < SAME or values[known].std() == 0:
            continue
        slope, offset = np.polyfit(values[known], target[known], 1)
        off = np.abs(values[known] * slope + offset - target[known])
        if (off <= 1e-6 * max(1.0, float(np.abs(target).max()))).mean() >= SAME:
            yield [name], name if (slope, offset) == (1.0, 0.0) else f"{slope:.4g} × {name} + {offset:.4g}"


def _sums(numbers: dict[str, Array], target: Array) -> Iterator[tuple[list[str], str]]:
    names = list(numbers)[:MOST_PAIRED]
    few = np.linspace(0, len(target) - 1, min(len(target), 500)).astype(int)
    for a, b in combinations(names, 2):
        for sign, form in ((1, "{a} + {b}"), (-1, "{a} - {b}"), (-2, "{b} - {a}")):
            first, second = (numbers[b], numbers[a]) if sign == -2 else (numbers[a], numbers[b])
            factor = 1 if sign == 1 else -1
            if _equal(first[few] + factor * second[few], target[few]) and _equal(
                first + factor * second, target
            ):
                yield [a, b], form.format(a=a, b=b)


def _long_sums(numbers: dict[str, Array], target: Array) -> Iterator[tuple[list[str], str]]:
    """Three columns or more that add up to the target, some of them taken away: least squares, whole weights."""
    names = [name for name, values in numbers.items() if np.isfinite(values).all() and np.ptp(values) > 0]
    if len(names) < 3:
        return
    table = np.column_stack([numbers[name] for name in names[:MOST_PAIRED]])
    few = np.linspace(0, len(target) - 1, min(len(target), MOST_SOLVED)).astype(int)
    weights = np.linalg.lstsq(table[few], target[few], rcond=None)[0]
    whole = np.rint(weights)
    used = [(name, int(weight)) for name, weight in zip(names, whole, strict=False) if weight]
    is_sum = len(used) >= 3 and np.abs(whole).max() <= 1 and np.abs(weights - whole).max() < 1e-3
    if is_sum and _equal(table @ whole, target):
        said = " ".join(f"{'-' if weight < 0 else '+'} {name}" for name, weight in used).removeprefix("+ ")
        yield [name for name, _ in used], said


def _equal(values: Array, target: Array) -> bool:
    return bool((np.abs(values - target) <= 1e-6 * np.maximum(1.0, np.abs(target))).mean() >= SAME)


class _Columns:
    """The dataset's rows by column, and how well one column alone predicts the target."""

    def __init__(self, dataset: Dataset, plan: Plan) -> None:
        self._plan, self._is_class = plan, bool(dataset.classes)
        at = {str(row.line): place for place, row in enumerate(plan.table.rows)}
        self._places = [at[item.key] for item in dataset.items]
        self._valid = np.array([item.valid for item in dataset.items])
        targets = [item.target for item in dataset.items]
        self.targets: Array = (
            np.unique(targets, return_inverse=True)[1] if self._is_class else np.array(targets, dtype=float)
        )
        self.base = self._score(np.zeros(len(targets), dtype=int))

    def cells(self, name: str) -> list[str]:
        """A column's cells, in the dataset's order."""
        cells = self._plan.table.values(name)
        return [cells[place] for place in self._places]

    def numbers(self, name: str) -> Array:
        """A column of numbers: (n,) float64, nan where there is none."""
        decimal = self._plan.profiles[name].decimal
        return np.array([finite(cell, decimal) for cell in self.cells(name)])

    def known_by(self, name: str) -> float:
        """Accuracy, or R2, on the validation rows of the best answer for each value of a column."""
        if self._plan.roles[name].role == "categorical":
            return self._score(np.unique(self.cells(name), return_inverse=True)[1])
        values = self.numbers(name)
        edges = np.unique(np.nanquantile(values[~self._valid], np.linspace(0, 1, BINS + 1)[1:-1]))
        return self._score(np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values)))

    def _score(self, codes: Array) -> float:
        """Learn an answer for every code on the training rows; judge it on the validation rows."""
        n, train = int(codes.max()) + 1, ~self._valid
        if self._is_class:
            counts = np.zeros((n, int(self.targets.max()) + 1))
            np.add.at(counts, (codes[train], self.targets[train]), 1)
            counts[counts.sum(axis=1) == 0] = counts.sum(axis=0)
            return float((counts.argmax(axis=1)[codes[self._valid]] == self.targets[self._valid]).mean())
        sums, times = (
            np.bincount(codes[train], weights=w, minlength=n)
            for w in (self.targets[train], np.ones(train.sum()))
        )
        means = np.where(times > 0, sums / np.maximum(times, 1), self.targets[train].mean())
        wanted = self.targets[self._valid]
        spread = float(((wanted - wanted.mean()) ** 2).sum())
        return 1 - float(((means[codes[self._valid]] - wanted) ** 2).sum()) / spread if spread else 0.0
