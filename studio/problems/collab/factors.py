"""What a dot-product model has learned: similar items, a map of them, and a place in it for a new user.

Arrays in, arrays out: numpy only. Copied into every bundle.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def logit(ratings: Array, low: float, high: float) -> Array:
    """What must go into the sigmoid for these ratings to come out: (n,) to (n,)."""
    share = np.clip((ratings - low) / (high - low), 1e-3, 1 - 1e-3)
    return np.asarray(np.log(share / (1 - share)))


def crowd_of(users: Array) -> tuple[Array, Array]:
    """Where the known users lie: the mean of their factors and bias (k,), and their covariance (k, k)."""
    return users.mean(axis=0).astype(np.float64), np.atleast_2d(
        np.cov(users.astype(np.float64), rowvar=False)
    )


def fold_in(
    factors: Array,
    biases: Array,
    ratings: Array,
    y_range: tuple[float, float],
    crowd: tuple[Array, Array],
    strength: float,
) -> Array:
    """A new user's factors and bias from a few ratings, by ridge regression on the items' factors.

    The ridge pulls towards the mean of the known users, and as strongly in every direction as they lie close
    together in it: with few ratings somebody new is like everybody else, with many like nobody else.

    Parameters
    ----------
    factors : (n, n_factors)
        Of the items that were rated; `biases` (n,) theirs.
    ratings : (n,)
        On the scale of the ratings.
    crowd : (n_factors + 1,), (n_factors + 1, n_factors + 1)
        Mean and covariance of the known users' factors and biases, by `crowd_of`.
    strength : float
        How little a single rating can be trusted: the variance of what goes into the sigmoid.

    Returns
    -------
    (n_factors + 1,)
        The factors, then the bias.
    """
    known = np.hstack([factors, np.ones((len(factors), 1))]).astype(np.float64)
    usual, spread = crowd
    pull = strength * np.linalg.inv(spread + 1e-6 * np.eye(known.shape[1]))
    wanted = logit(ratings, *y_range) - biases - known @ usual
    return np.asarray(usual + np.linalg.solve(known.T @ known + pull, known.T @ wanted))


def similar(factors: Array, place: int, most: int) -> list[int]:
    """Places of the items nearest in direction to one of them, the nearest first."""
    lengths = np.maximum(np.linalg.norm(factors, axis=1), 1e-12)
    close = factors @ factors[place] / (lengths * lengths[place])
    close[place] = -np.inf
    return [int(at) for at in np.argsort(-close, kind="stable")[:most]]


def flat_map(factors: Array) -> Array:
    """The two directions in which the items differ most (principal components): (n, n_factors) to (n, 2)."""
    centred = factors - factors.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    turned = np.where(np.abs(directions).max(axis=1) == directions.max(axis=1), 1.0, -1.0)  # a sign for good
    places = centred @ (directions * turned[:, None])[:2].T
    return places if places.shape[1] == 2 else np.hstack([places, np.zeros((len(places), 1))])
