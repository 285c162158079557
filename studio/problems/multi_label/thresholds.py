"""From scores to tags: the threshold of each tag, and how well sets of tags agree. numpy only; no torch, no Qt.

F-beta of an item is (1 + b^2) hits / (said + b^2 true), 1 where there is neither a tag nor an answer; the score
of a model is its mean over the items (scikit-learn's `fbeta_score` with `average="samples"`). The threshold of a
tag is the one with the best F-beta of that tag alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Flags = NDArray[np.bool_]

STEPS = np.arange(1, 100) / 100
LEAST_ITEMS = 5
"""A tag with fewer validation items keeps the usual threshold: fitting one to a handful says nothing."""


def choose(
    scores: Scores, true: Flags, beta: float, usual: float
) -> tuple[tuple[float, ...], tuple[bool, ...]]:
    """The threshold of every tag, and whether it was chosen here.

    Parameters
    ----------
    scores : (n_items, n_tags) float64
        Between 0 and 1; a tag is said where its score is the threshold or more.
    true : (n_items, n_tags) bool
    usual : float
        For tags with too few items.
    """
    found = [_best(scores[:, at], true[:, at], beta) for at in range(true.shape[1])]
    return (
        tuple(usual if one is None else one for one in found),
        tuple(one is not None for one in found),
    )


def _best(scores: Scores, true: Flags, beta: float) -> float | None:
    """The middle of the thresholds that tie for the best F-beta of one tag; None for too few items."""
    if true.sum() < LEAST_ITEMS:
        return None
    said = scores[:, None] >= STEPS  # (n_items, n_steps)
    values = fbeta((said & true[:, None]).sum(axis=0), said.sum(axis=0), true.sum(), beta)
    best = np.flatnonzero(values == values.max())
    return float(STEPS[best[len(best) // 2]])


def fbeta(hits: NDArray[np.int64], said: NDArray[np.int64], true: NDArray[np.int64], beta: float) -> Scores:
    """F-beta from counts; 1 where nothing was true and nothing was said."""
    below = np.asarray(said + beta**2 * true, dtype=np.float64)
    return np.divide((1 + beta**2) * hits, below, out=np.ones_like(below), where=below > 0)


def by_item(said: Flags, true: Flags, beta: float) -> float | None:
    """The mean F-beta of the items; None where there are none."""
    if not len(true):
        return None
    return float(fbeta((said & true).sum(axis=1), said.sum(axis=1), true.sum(axis=1), beta).mean())


def crossed(scores: Scores, true: Flags, beta: float, usual: float) -> float | None:
    """F-beta with thresholds chosen on every other item and judged on those between, both ways round."""
    if len(true) < 2:
        return None
    said = np.zeros_like(true)
    for first in (0, 1):
        chosen, _ = choose(scores[first::2], true[first::2], beta, usual)
        said[1 - first :: 2] = scores[1 - first :: 2] >= np.array(chosen)
    return by_item(said, true, beta)


def most_common(true: Flags, beta: float) -> tuple[int, ...]:
    """The tags to say of every photo alike that have the best F-beta: the most common ones, as many as help."""
    order = np.argsort(-true.sum(axis=0), kind="stable")
    asked = true.sum(axis=1)
    hits, best = np.zeros_like(asked), (-1.0, 0)
    for count, tag in enumerate(order, start=1):
        hits += true[:, tag]
        value = float(fbeta(hits, np.full_like(asked, count), asked, beta).mean())
        best = max(best, (value, -count))
    return tuple(int(tag) for tag in order[: -best[1]])


def constant(tags: Sequence[int], shape: tuple[int, ...]) -> Flags:
    """The same tags said of every item: (n_items, n_tags)."""
    said = np.zeros(shape, dtype=np.bool_)
    said[:, list(tags)] = True
    return said
