"""Gain or luck: the spread of a score over seeds, and what a difference between two runs is worth beside it.

Runs that repeat one recipe share a `group`. No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev
from typing import Final

from studio.project.record import RunRecord

SURE: Final = 2.0  # standard errors of the difference


@dataclass(frozen=True)
class Spread:
    """Scores of one recipe over seeds: the runs, their mean and standard deviation."""

    runs: tuple[int, ...]
    mean: float
    deviation: float


def group_of(run: RunRecord) -> int:
    """The run that a run repeats, itself where it repeats none."""
    return run.group if run.group is not None else run.number


def spreads(runs: Iterable[RunRecord]) -> dict[int, Spread]:
    """The spread of each group with two scores or more, by the group's first run."""
    groups: dict[int, list[tuple[int, float]]] = {}
    for run in runs:
        if run.score is not None and run.status in ("finished", "stopped") and run.everything is None:
            groups.setdefault(group_of(run), []).append((run.number, run.score))
    return {
        first: Spread(tuple(n for n, _ in found), mean(s for _, s in found), stdev(s for _, s in found))
        for first, found in groups.items()
        if len(found) > 1
    }


def verdict(one: RunRecord, other: RunRecord, known: dict[int, Spread], words: Callable[[float], str]) -> str:
    """Whether two runs differ by more than luck, in a sentence; empty where either has no score."""
    if one.score is None or other.score is None:
        return ""
    if group_of(one) == group_of(other):
        return f"Runs {one.number} and {other.number} repeat one recipe: their difference is luck."
    first, second = known.get(group_of(one)), known.get(group_of(other))
    if first is None and second is None:
        return (
            f"Runs {one.number} and {other.number} are {words(abs(one.score - other.score))} apart. Whether that is "
            "more than luck shows once one of them was repeated with other seeds."
        )
    found = [spread for spread in (first, second) if spread is not None]
    deviation = sqrt(mean(spread.deviation**2 for spread in found))
    left, n_left = (first.mean, len(first.runs)) if first is not None else (one.score, 1)
    right, n_right = (second.mean, len(second.runs)) if second is not None else (other.score, 1)
    apart, noise = abs(left - right), SURE * deviation * sqrt(1 / n_left + 1 / n_right)
    seeds = max(n_left, n_right)
    compared = f"{words(apart)} apart; over {seeds} seeds luck alone makes up to {words(noise)}"
    if apart > noise:
        return f"Runs {one.number} and {other.number} are {compared}: a real difference."
    return f"Runs {one.number} and {other.number} are {compared}: this difference is noise."
