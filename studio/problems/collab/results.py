"""What the model answers for every rating, what it has learned of the items, and what it would recommend.

Imports torch: engine only. No Qt.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from studio.problems.base import Dataset, Item
from studio.problems.collab import baselines
from studio.problems.collab.baselines import Array
from studio.problems.collab.figures import Learned, learned_figures, ranking, recommendations
from studio.problems.collab.plan import Plan, plan_of
from studio.problems.image_classification.results import worst_first
from studio.project.results import Figure, ItemResult, Results
from studio.recipe.schema import Recipe

Progress = Callable[[str, int, int], None]
BATCH = 8192


def no_progress(text: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Set:
    """One side of the split: items, pairs (n, 2) of numbers, ratings (n,), and the model's answers (n,)."""

    items: tuple[Item, ...]
    pairs: Array
    ratings: Array
    answers: Array


def evaluate(learner: Any, dataset: Dataset, recipe: Recipe, progress: Progress = no_progress) -> Results:
    """Predict every rating, training and validation, and judge the validation set.

    Parameters
    ----------
    learner : Learner
        Built with this recipe's loaders; its model is left in evaluation mode.
    """
    plan = plan_of(recipe, Path(learner.dls.path))
    progress("Predicting every rating", 0, 0)
    train, valid = (_answered(learner, dataset, side) for side in (0, 1))
    words = _words(plan)
    return Results(
        problem=recipe.problem,
        classes=(),
        metrics=metrics_of(valid.answers, valid.ratings),
        items=tuple(worst_first([*_items(train, words), *_items(valid, words)])),
        figures=tuple(_figures(learner, plan, train, valid, progress)),
    )


def shown(learner: Any, items: Sequence[Item], dataset: Dataset, recipe: Recipe) -> tuple[ItemResult, ...]:
    """What the model answers for a few validation ratings now."""
    plan, table, wanted = (
        plan_of(recipe, Path(learner.dls.path)),
        learner.dls.valid_ds,
        {i.key for i in items},
    )
    at = [place for place, row in enumerate(table.items.index) if dataset.items[row].key in wanted]
    pairs = np.array(table.cats.values[at], dtype=np.int64)
    few = tuple(dataset.items[row] for row in table.items.index[at])
    ratings = np.array([float(item.target) for item in few])
    part = Set(few, pairs, ratings, predicted(learner.model, pairs, learner.dls.device))
    found = {one.key: one for one in _items(part, _few_words(plan, wanted))}
    return tuple(found[item.key] for item in items)


def predicted(model: Any, pairs: Array, device: Any) -> Array:
    """The model's answers (n,) for pairs (n, 2) of numbers of users and items."""
    model.eval()
    found = []
    for first in range(0, len(pairs), BATCH):
        batch = torch.as_tensor(np.ascontiguousarray(pairs[first : first + BATCH]), device=device).long()
        with torch.no_grad():
            found.append(model(batch).float().reshape(-1).cpu().numpy())
    return np.concatenate(found) if found else np.zeros(0, dtype=np.float32)


def _answered(learner: Any, dataset: Dataset, side: int) -> Set:
    table = learner.dls.train_ds if side == 0 else learner.dls.valid_ds
    pairs = np.array(table.cats.values, dtype=np.int64)
    items = tuple(dataset.items[at] for at in table.items.index)
    ratings = np.array([float(item.target) for item in items])
    return Set(items, pairs, ratings, predicted(learner.model, pairs, learner.dls.device))


def _words(plan: Plan) -> dict[str, str]:
    triples = zip(plan.table.rows, plan.ids(plan.user), plan.ids(plan.item), strict=True)
    return {str(row.line): f"user: {user}, item: {plan.name_of(item)}" for row, user, item in triples}


def _few_words(plan: Plan, keys: set[str]) -> dict[str, str]:
    """The same for a few rows of a long table."""
    rows = [row for row in plan.table.rows if str(row.line) in keys]
    few = replace(plan, table=replace(plan.table, rows=tuple(rows)))
    return _words(few)


def _items(part: Set, words: dict[str, str]) -> list[ItemResult]:
    return [
        ItemResult(
            key=item.key,
            valid=item.valid,
            target=item.target,
            predicted=answer,
            loss=(answer - item.target) ** 2 if math.isfinite(answer) else None,
            words=words[item.key],
        )
        for item, answer in zip(part.items, part.answers.astype(float).tolist(), strict=True)
    ]


def metrics_of(answers: Array, ratings: Array) -> dict[str, float | None]:
    """Errors of the validation ratings."""
    if not len(ratings):
        return {"valid_loss": None}
    errors = answers.astype(np.float64) - ratings
    squares = float((errors**2).mean())
    return {"valid_loss": squares, "mse": squares, "rmse": squares**0.5, "mae": float(np.abs(errors).mean())}


def _figures(learner: Any, plan: Plan, train: Set, valid: Set, progress: Progress) -> list[Figure]:
    progress("Comparing with means and biases", 0, 0)
    by_biases, strength = baselines.biases(train.pairs, train.ratings, valid.pairs)
    usual = baselines.mean(train.ratings, valid.pairs)
    models = {"This model": valid.answers, "User + item bias": by_biases, "Mean rating": usual}
    found: list[Figure] = [ranking(models, valid.ratings, strength)]
    learned = learned_of(learner, plan, train)
    if learned.factors is not None:
        progress("Drawing the map", 0, 0)
        found += learned_figures(learned)
    return [
        *found,
        recommendations(
            learned, train.pairs, lambda pairs: predicted(learner.model, pairs, learner.dls.device)
        ),
    ]


def learned_of(learner: Any, plan: Plan, train: Set) -> Learned:
    """The items' names, how often they were rated, and (of a dot product) their factors and biases."""
    users, items = ([str(word) for word in learner.dls.classes[name]] for name in ("user", "item"))
    counts = np.bincount(train.pairs[:, 1], minlength=len(items))
    weights = item_weights(learner.model)
    return Learned(users, [plan.name_of(item) for item in items], counts, *weights)


def item_weights(model: Any) -> tuple[Array | None, Array | None]:
    """The items' factors (n_items, n_factors) and biases (n_items,); None for a network that has none."""
    if not hasattr(model, "i_weight"):
        return None, None
    tensors = (model.i_weight.weight, model.i_bias.weight.reshape(-1))
    factors, biases = (tensor.detach().cpu().float().numpy() for tensor in tensors)
    return factors, biases
