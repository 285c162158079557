"""What the numbers tell: the same everywhere, or one far from all others. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.engine.messages import Finding
from studio.problems.base import Dataset
from studio.problems.image_classification.findings import finding, leave_out, many, quoted
from studio.problems.image_regression.targets import as_numbers

FAR = 12.0
"""In units of the distance between the quartiles: beyond that a number is looked at. Prices and ages never are."""
LEAST = 20


def number_findings(dataset: Dataset, names: Sequence[str]) -> Iterator[Finding]:
    """Yield what is odd about the numbers of training and validation."""
    if not dataset.items:
        return
    numbers = np.array([as_numbers(item.target) for item in dataset.items], dtype=np.float64)
    train = np.array([not item.valid for item in dataset.items])
    yield from _constant(numbers[train], names)
    for at, name in enumerate(names):
        yield from _outliers(dataset, numbers[:, at], name)
        yield from _beyond(dataset, numbers[:, at], train, name)


def _constant(train: NDArray[np.float64], names: Sequence[str]) -> Iterator[Finding]:
    if not len(train):
        return
    same = [name for at, name in enumerate(names) if np.ptp(train[:, at]) == 0]
    if same:
        yield finding(
            "constant_target",
            "error" if len(same) == len(names) else "warning",
            f"The same number for every training photo: {quoted(same)}",
            "There is nothing to learn from it. Choose other target columns.",
            same,
        )


def _outliers(dataset: Dataset, values: NDArray[np.float64], name: str) -> Iterator[Finding]:
    if len(values) < LEAST:
        return
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    spread = high - low or values.std()
    far = [
        at
        for at in np.argsort(-np.abs(values - middle))
        if spread and abs(values[at] - middle) > FAR * spread
    ]
    keys = [dataset.items[at].key for at in far]
    if keys:
        yield finding(
            "outliers",
            "warning",
            f"{many(len(keys), 'number')} far from all others in “{name}”",
            f"Most lie between {low:.4g} and {high:.4g}. A few such numbers decide the loss: are they right?",
            [f"{dataset.items[at].key} ({values[at]:.6g})" for at in far],
            leave_out(keys),
        )


def _beyond(
    dataset: Dataset,
    values: NDArray[np.float64],
    train: NDArray[np.bool_],
    name: str,
) -> Iterator[Finding]:
    """Validation numbers outside what training has: the model would have to guess beyond what it saw."""
    if not train.any():
        return
    low, high = values[train].min(), values[train].max()
    margin = 0.1 * (high - low)
    beyond = [at for at in np.flatnonzero(~train) if not low - margin <= values[at] <= high + margin]
    if beyond:
        yield finding(
            "beyond_training",
            "info",
            f"{many(len(beyond), 'validation number')} outside what training has in “{name}”",
            f"Training goes from {low:.4g} to {high:.4g}; the model cannot be expected to answer beyond.",
            [f"{dataset.items[at].key} ({values[at]:.6g})" for at in beyond],
        )
