"""The figures of a run on ratings: ranking, biases, similar items, a map, recommendations.

Arrays in, plain figures out. No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from studio.problems.collab.baselines import Array
from studio.problems.collab.factors import flat_map, similar
from studio.project.results import Bars, Figure, Grid, Samples, Scatter

SHOWN = 12
MAPPED = 1000
SIMILAR = 5
USERS = 8
OFTEN = 20
"""Ratings from which an item's bias is more than chance; fewer only where there are not enough such items."""


@dataclass(frozen=True)
class Learned:
    """What a model has learned; everything in the order of the vocabularies, whose first entry means "unknown".

    Attributes
    ----------
    users, names : list of str
        Users by id, items by name.
    counts : (n_items,) int
        Training ratings of each item.
    factors, biases : array or None
        (n_items, n_factors) and (n_items,) of a dot product.
    """

    users: list[str]
    names: list[str]
    counts: Array
    factors: Array | None
    biases: Array | None

    def known(self, least: int = 1) -> Array:
        """Places of items with so many ratings; of all that have any where there are hardly such."""
        often = np.flatnonzero(self.counts >= least)
        often = often[often > 0]
        every = np.flatnonzero(self.counts > 0)
        return often if len(often) >= 2 * SHOWN else every[every > 0]


def ranking(models: Mapping[str, Array], ratings: Array, strength: float) -> Grid:
    """Every model by its error on the validation ratings, the best first."""
    errors = {name: answers.astype(np.float64) - ratings for name, answers in models.items()}
    rows = [
        (
            name,
            round(float((e**2).mean()), 4),
            round(float((e**2).mean()) ** 0.5, 4),
            round(float(np.abs(e).mean()), 4),
        )
        for name, e in errors.items()
    ]
    rows.sort(key=lambda row: row[1])
    place = [row[0] for row in rows].index("This model") + 1
    first = (
        "This model comes first."
        if place == 1
        else f"{rows[0][0]} comes first, this model is number {place}."
    )
    sentence = (
        f"{first} All learned from the same ratings; biases are drawn to nothing as by {strength:g} more."
    )
    return Grid("Beside simpler answers", ("Model", "MSE", "RMSE", "MAE"), tuple(rows), sentence, best=0)


def learned_figures(learned: Learned) -> list[Figure]:
    """Biases, similar items and the map of a dot product."""
    assert learned.factors is not None and learned.biases is not None
    often = learned.known(OFTEN)
    order = often[np.argsort(-learned.biases[often], kind="stable")]
    return [
        _bars(
            "Highest item biases",
            order[:SHOWN],
            learned,
            "Liked more than their viewers' and their own kind explain.",
        ),
        _bars(
            "Lowest item biases", order[::-1][:SHOWN], learned, "Disliked even by those who like such things."
        ),
        _similar(learned),
        _map(learned),
    ]


def _bars(title: str, places: Array, learned: Learned, sentence: str) -> Bars:
    assert learned.biases is not None
    values = tuple(round(float(learned.biases[at]), 4) for at in places)
    return Bars(title, tuple(learned.names[at] for at in places), values, "", sentence)


def _popular(learned: Learned, most: int) -> Array:
    known = learned.known()
    return known[np.argsort(-learned.counts[known], kind="stable")][:most]


def _similar(learned: Learned) -> Samples:
    assert learned.factors is not None
    often = learned.known(OFTEN)
    at = {int(place): row for row, place in enumerate(often)}
    entries = []
    for place in _popular(learned, SHOWN):
        if int(place) in at:
            near = similar(learned.factors[often], at[int(place)], SIMILAR)
            entries.append((learned.names[place], "; ".join(learned.names[often[n]] for n in near)))
    return Samples(
        "Most similar items",
        tuple(entries),
        "Items whose factors point the same way: the same people like them.",
    )


def _map(learned: Learned) -> Scatter:
    assert learned.factors is not None
    places = _popular(learned, MAPPED)
    points = flat_map(learned.factors[places].astype(np.float64))
    return Scatter(
        "Map of the items",
        "First component",
        "Second component",
        tuple(round(float(x), 5) for x in points[:, 0]),
        tuple(round(float(y), 5) for y in points[:, 1]),
        tuple(learned.names[at] for at in places),
        sentence="The two directions in which the factors of the most rated items differ most (principal components).",
    )


def recommendations(learned: Learned, trained: Array, answer: Callable[[Array], Array]) -> Samples:
    """What some users, from the busiest to the rarest, have not rated yet and would like most."""
    users, times = np.unique(trained[:, 0], return_counts=True)
    order = users[np.argsort(-times, kind="stable")]
    chosen = order[np.unique(np.linspace(0, len(order) - 1, min(USERS, len(order))).round().astype(int))]
    items = learned.known()
    entries = []
    for user in chosen:
        fresh = items[~np.isin(items, trained[trained[:, 0] == user, 1])]
        scores = answer(np.stack([np.full(len(fresh), user), fresh], axis=1))
        best = np.argsort(-scores, kind="stable")[:SIMILAR]
        said = "; ".join(f"{learned.names[fresh[n]]} ({scores[n]:.2f})" for n in best)
        entries.append((f"User {learned.users[user]}", said or "everything is rated already"))
    return Samples(
        "Recommendations", tuple(entries), "Not rated yet, with the rating that the model expects."
    )
