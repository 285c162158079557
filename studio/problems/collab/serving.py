"""A trained model of ratings made ready to leave: one graph for pairs, recommendations and new users.

The graph takes a user as numbers (factors and bias, or a network's embedding) and rates every item. The users' numbers
lie in the bundle's description, so that somebody new can be given a place among them without torch. The description
also lists what each user has rated, up to a million ratings, so that recommendations are new: a bundle holds ratings
of people. Imports torch: engine only.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from studio.errors import UserError
from studio.exports.proof import chosen
from studio.exports.serving import Serving
from studio.problems.base import Dataset
from studio.problems.collab.answers import RatingCase, packed
from studio.problems.collab.baselines import Array
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
        """Rate; `asked` (n, 2) is handed through."""
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
        """Rate; `asked` (n, 2) is handed through."""
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
    vectors = user_vectors(model)
    cases = [RatingCase(f"user {users[u]}, item {items[i]}", users[u], items[i]) for u, i in pairs]
    return Serving(
        module=module,
        example=(torch.zeros(2, vectors.shape[1]), torch.zeros(2, 2, dtype=torch.int64)),
        inputs=("vector", "asked"),
        outputs=("ratings", "echo"),
        spec={"input": input_spec(model, plan, learner, users, items)},
        cases=tuple(cases),
        reference=lambda: {"ratings": all_ratings(model, pairs[:, 0], len(items)), "echo": pairs},
        learner_cases=tuple({"user": users[u], "item": items[i], "rating": 0.0} for u, i in pairs),
        learner_reference=lambda: predicted(model, pairs, torch.device("cpu")).reshape(
            (-1,) if is_dot else (-1, 1)
        ),
    )


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
        given |= {"item_vectors": packed(np.hstack([factors, biases[:, None]])), "strength": STRENGTH}
    return given


def _seen(pairs: Array, n_users: int) -> list[list[int]]:
    """Items that each user has rated in training; nothing where there are too many to carry."""
    if len(pairs) > MOST_SEEN:
        return []
    found: list[list[int]] = [[] for _ in range(n_users)]
    for user, item in pairs.tolist():
        found[user].append(item)
    return found
