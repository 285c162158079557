"""The scale that ratings are given on, guessed from them. Standard library only."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

MOST_STEPS = 100


def step_of(ratings: Collection[float]) -> float:
    """The smallest distance between two different ratings; for a scale without steps a hundredth of its length."""
    values = sorted(set(ratings))
    if len(values) < 2:
        return 1.0
    length = values[-1] - values[0]
    step = min(b - a for a, b in pairwise(values))
    return step if step * MOST_STEPS >= length else length / MOST_STEPS


def proposed_range(ratings: Collection[float]) -> tuple[float, float]:
    """Half a step beyond the lowest and the highest rating: a sigmoid reaches its ends only in infinity."""
    half = step_of(ratings) / 2
    low, high = min(ratings) - half, max(ratings) + half
    plain = round(low, 6), round(high, 6)  # without the noise of binary fractions
    return plain if plain[0] < min(ratings) and plain[1] > max(ratings) else (low, high)
