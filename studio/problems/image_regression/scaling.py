"""How numbers are standardised and limited: from the training photos, as plain data. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.problems.base import Dataset
from studio.problems.image_regression.items import count_of
from studio.problems.image_regression.options import Options, limits
from studio.problems.image_regression.targets import as_numbers

MARGIN = 0.1
"""How far beyond the training data numbers may go, as a part of its range."""


def training_numbers(dataset: Dataset) -> NDArray[np.float64]:
    """The training photos' numbers: (photos, k)."""
    return np.array([as_numbers(item.target) for item in dataset.train()], dtype=np.float64)


def scale_of(dataset: Dataset) -> tuple[list[float], list[float]]:
    """Mean and deviation of every number over the training photos; 1 for a deviation of nothing."""
    numbers = training_numbers(dataset)
    return numbers.mean(axis=0).tolist(), [float(d) or 1.0 for d in numbers.std(axis=0)]


def bounds_of(dataset: Dataset, options: Options) -> tuple[list[float], list[float]] | None:
    """The lowest and the highest answers, standardised; None for no limits.

    Raises
    ------
    UserError
        Where the recipe's limits are none.
    """
    if options.y_range == "none":
        return None
    given, count = limits(options.y_range), count_of(dataset)
    low, high = ([given[0]] * count, [given[1]] * count) if given is not None else _beyond(dataset)
    return _standardised(low, dataset), _standardised(high, dataset)


def _beyond(dataset: Dataset) -> tuple[list[float], list[float]]:
    numbers = training_numbers(dataset)
    low, high = numbers.min(axis=0), numbers.max(axis=0)
    margin = MARGIN * np.where(high > low, high - low, 1.0)
    return (low - margin).tolist(), (high + margin).tolist()


def _standardised(values: Sequence[float], dataset: Dataset) -> list[float]:
    return [
        (value - mean) / deviation for value, mean, deviation in zip(values, *scale_of(dataset), strict=True)
    ]
