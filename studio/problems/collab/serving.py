"""A trained model of ratings made ready to leave: one graph for pairs, recommendations and new users.

The graph takes a user as numbers (factors and bias, or a network's embedding) and rates every item. The users' numbers
lie in the bundle's description. It also lists what each user has rated, up to a million ratings, so that
recommendations are new: a bundle holds ratings of people, unless the recipe says otherwise (`people`). Somebody new is
given a place by the mean and covariance of the users' numbers, which name nobody. Imports torch: engine only.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fastai.layers import sigmoid_range
from torch import Tensor, nn

from studio.errors import UserError
from studio.exports.proof import chosen
from studio.exports.serving import Serving
from studio.problems.base import Dataset
from studio.problems.collab.answers import MOST_RATED, RatingCase, asked_of, packed, prepare
from studio.problems.collab.baselines import Array
from studio.problems.collab.factors import crowd_of
from studio.problems.collab.plan import Plan, plan_of
from studio.problems.collab.results import item_weights, predicted
from studio.recipe.schema import Recipe

MOST_SEEN = 1_000_000
STRENGTH = 1.0
"""Of the ridge that gives a new user a place. On MovieLens 100k, users folded in anew from all of their ratings are
predicted as well with it as by what training learned of them (squared error 0.841 and 0.842)."""


class DotForItems(nn.Module):
    """Rates every item for users given as factors and bias: (n, n_factors + 1) -> (n, n_items)."""

    factors: Tensor
    biases: Tensor

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.register_buffer("factors", model.i_weight.weight.detach().clone())
        self.register_buffer("biases", model.i_bias.weight.detach().reshape(-1).clone())
        self._low, self._high = model.y_range

    def forward(self, vector: Tensor, asked: Tensor) -> tuple[Tensor, Tensor]:
        """Rate; `asked` (n, k) int64 is handed through."""
        raw = vector[:, :-1] @ self.factors.T + vector[:, -1:] + self.biases
        return torch.sigmoid(raw) * (self._high - self._low) + self._low, asked + 0


class NetworkForItems(nn.Module):
    """Rates every item for users given by their embedding: (n, size) -> (n, n_items)."""

    items: Tensor

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.layers: nn.Module = model.layers
        self.register_buffer("items", model.embeds[1].weight.detach().clone())

    def forward(self, vector: Tensor, asked: Tensor) -> tuple[Tensor, Tensor]:
        """Rate; `asked` (n, k) int64 is handed through."""
        n_items, size = self.items.shape
        users = vector.unsqueeze(1).expand(-1, n_items, -1)
        items = self.items.unsqueeze(0).expand(vector.shape[0], -1, -1)
        pairs = torch.cat([users, items], dim=2).reshape(-1, vector.shape[1] + size)
        rated: Tensor = self.layers(pairs)
        return rated.reshape(-1, n_items), asked + 0


def serving(learner: Any, dataset: Dataset, recipe: Recipe, root: Path) -> Serving:
    """Return what the bundle needs of a trained learner, which is copied and stays as it is.

    Raises
    ------
    UserError
        Where no validation rating is of a user and an item that training knows.
    """
    plan = plan_of(recipe, root)
    pairs = np.array(learner.dls.valid_ds.cats.values, dtype=np.int64)
    known = np.flatnonzero((pairs > 0).all(axis=1))
    if not len(known):
        raise UserError(
            "There are no validation ratings to compare the export with.", "Keep a share for validation."
        )
    pairs = pairs[known[chosen(len(known))]]
    model = copy.deepcopy(learner.model).cpu().float().eval().requires_grad_(False)
    is_dot = hasattr(model, "i_weight")
    module = (DotForItems(model) if is_dot else NetworkForItems(model)).eval()
    users, items = ([str(word) for word in learner.dls.classes[name]] for name in ("user", "item"))
    spec = without_people(input_spec(model, plan, learner, users, items), recipe, is_dot)
    asked = by_name(model, pairs, users, items) if spec["users"] else by_ratings(model, learner, pairs, spec)
    return Serving(
        module=module,
        example=(
            torch.zeros(2, user_vectors(model).shape[1]),
            torch.zeros(2, 2 + MOST_RATED, dtype=torch.int64),
        ),
        inputs=("vector", "asked"),
        outputs=("ratings", "echo"),
        spec={"input": spec},
        cases=asked.cases,
        reference=lambda: {"ratings": asked.rate(), "echo": asked.echo},
        learner_cases=tuple({"user": users[u], "item": items[i], "rating": 0.0} for u, i in pairs),
        learner_reference=lambda: predicted(model, pairs, torch.device("cpu")).reshape(
            (-1,) if is_dot else (-1, 1)
        ),
        caveat=names_people(spec),
    )


def names_people(spec: dict[str, Any]) -> str:
    """What whoever gives the bundle away should know of the people in it."""
    count = len(spec["users"][1:])
    if not count:
        return ""
    and_more = " and says what each has rated" if spec["seen"] else ""
    return (
        f"It names {count:,} people{and_more}: whoever has it can read that. Choose “Nobody” under “People in the "
        "bundle” to leave them out."
    )


def without_people(spec: dict[str, Any], recipe: Recipe, is_dot: bool) -> dict[str, Any]:
    """The description with as much of people as the recipe allows.

    Raises
    ------
    UserError
        Where nobody would be left whom the model could answer for.
    """
    people = recipe.options.get("people", "rated")
    if people == "nobody" and not is_dot:
        raise UserError(
            "A neural model answers only for people whom it knows.",
            "Keep their ids in the bundle, or train the dot product.",
            fix="people=named",
        )
    if people == "nobody":
        return {**spec, "users": [], "seen": [], "user_vectors": packed(np.zeros((0, 1)))}
    return spec if people == "rated" else {**spec, "seen": []}


@dataclass(frozen=True)
class Asked:
    """What a bundle is proven by: cases, what is asked in each (see `asked_of`), and the model's own answers."""

    cases: tuple[RatingCase, ...]
    echo: Array
    rate: Callable[[], Array]


def by_name(model: Any, pairs: Array, users: list[str], items: list[str]) -> Asked:
    """Users and items whom the model knows."""
    cases = (RatingCase(f"user {users[u]}, item {items[i]}", users[u], items[i]) for u, i in pairs)
    echo = np.stack([asked_of(u, i) for u, i in pairs.tolist()])
    return Asked(tuple(cases), echo, lambda: all_ratings(model, pairs[:, 0], len(items)))


def by_ratings(model: Any, learner: Any, pairs: Array, spec: dict[str, Any]) -> Asked:
    """The same users as somebody new, by what they rated in training."""
    table = learner.dls.train_ds
    trained, ratings = (
        np.array(table.cats.values, dtype=np.int64),
        np.array(table.ys.values[:, 0], dtype=float),
    )
    cases = []
    for number, (user, item) in enumerate(pairs.tolist(), start=1):
        own = np.flatnonzero(trained[:, 0] == user)
        rated = {spec["items"][trained[at, 1]]: float(ratings[at]) for at in own}
        cases.append(RatingCase(f"somebody {number}", item=spec["items"][item], ratings=rated))
    given = [prepare(case, {"input": spec}) for case in cases]
    vectors = np.stack([one["vector"] for one in given])
    return Asked(tuple(cases), np.stack([one["asked"] for one in given]), lambda: rated_by(model, vectors))


def rated_by(model: Any, vectors: Array) -> Array:
    """What the trained model's own factors and biases answer for people given as numbers: (n, n_items)."""
    people, factors, biases = torch.as_tensor(vectors), model.i_weight.weight, model.i_bias.weight.reshape(-1)
    with torch.no_grad():
        rated: Tensor = sigmoid_range(people[:, :-1] @ factors.T + people[:, -1:] + biases, *model.y_range)
    return np.asarray(rated.numpy())


def user_vectors(model: Any) -> Array:
    """Users as the graph takes them: (n_users, size) float32."""
    if hasattr(model, "u_weight"):
        parts = [model.u_weight.weight, model.u_bias.weight]
        return np.asarray(torch.cat(parts, dim=1).detach().cpu().numpy())
    return np.asarray(model.embeds[0].weight.detach().cpu().numpy())


def all_ratings(model: Any, users: Array, n_items: int) -> Array:
    """What the trained model itself answers for every item: (n, n_items)."""
    every = np.arange(n_items)
    rows = [
        predicted(model, np.stack([np.full(n_items, user), every], axis=1), torch.device("cpu"))
        for user in users
    ]
    return np.stack(rows)


def input_spec(model: Any, plan: Plan, learner: Any, users: list[str], items: list[str]) -> dict[str, Any]:
    """Users, items and their names, as plain data."""
    given: dict[str, Any] = {
        "users": users,
        "items": items,
        "titles": [plan.name_of(item) for item in items],
        "y_range": list(plan.y_range),
        "user_vectors": packed(user_vectors(model)),
        "seen": _seen(np.array(learner.dls.train_ds.cats.values, dtype=np.int64), len(users)),
    }
    factors, biases = item_weights(model)
    if factors is not None and biases is not None:
        mean, covariance = crowd_of(user_vectors(model)[1:])
        given |= {
            "item_vectors": packed(np.hstack([factors, biases[:, None]])),
            "strength": STRENGTH,
            "crowd": {"mean": packed(mean[None]), "covariance": packed(covariance)},
        }
    return given


def _seen(pairs: Array, n_users: int) -> list[list[int]]:
    """Items that each user has rated in training; nothing where there are too many to carry."""
    if len(pairs) > MOST_SEEN:
        return []
    found: list[list[int]] = [[] for _ in range(n_users)]
    for user, item in pairs.tolist():
        found[user].append(item)
    return found
