"""What needs no network: the mean of all ratings, and a bias for every user and item. numpy only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
ROUNDS = 15
STRENGTHS = (1.0, 3.0, 5.0, 10.0)
HELD_BACK = 10
"""Every tenth training rating chooses the strength; validation ratings have no say in it."""


def mean(train: Array, pairs: Array) -> Array:
    """The mean rating for every pair."""
    return np.full(len(pairs), train.mean())


def biases(trained: Array, ratings: Array, pairs: Array) -> tuple[Array, float]:
    """Mean + bias of the user + bias of the item, drawn to nothing where ratings are few.

    Parameters
    ----------
    trained : (n, 2) int
        Users and items of the training ratings (n,).
    pairs : (m, 2) int
        Those to answer for.

    Returns
    -------
    answers, strength
        (m,), and the regularisation chosen on every tenth training rating.
    """
    held = np.arange(len(ratings)) % HELD_BACK == 0
    errors = {s: _error(trained[~held], ratings[~held], trained[held], ratings[held], s) for s in STRENGTHS}
    strength = min(errors, key=lambda s: errors[s])
    return _answers(trained, ratings, pairs, strength), strength


def _error(trained: Array, ratings: Array, pairs: Array, wanted: Array, strength: float) -> float:
    return float(((_answers(trained, ratings, pairs, strength) - wanted) ** 2).mean())


def _answers(trained: Array, ratings: Array, pairs: Array, strength: float) -> Array:
    usual = ratings.mean()
    sizes = np.maximum(trained.max(axis=0), pairs.max(axis=0)) + 1
    of_users, of_items = np.zeros(sizes[0]), np.zeros(sizes[1])
    for _ in range(ROUNDS):
        of_items = _fit(trained[:, 1], ratings - usual - of_users[trained[:, 0]], sizes[1], strength)
        of_users = _fit(trained[:, 0], ratings - usual - of_items[trained[:, 1]], sizes[0], strength)
    return np.asarray(usual + of_users[pairs[:, 0]] + of_items[pairs[:, 1]])


def _fit(codes: Array, left: Array, size: int, strength: float) -> Array:
    sums = np.bincount(codes, weights=left, minlength=size)
    return np.asarray(sums / (np.bincount(codes, minlength=size) + strength))
