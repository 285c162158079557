"""Which rows were answered rightly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from studio.problems.base import Dataset
from studio.project.results import ItemResult, Results
from studio.recipe.schema import Recipe
from tests.problems.toy_flowers.data import rows_of

Progress = Callable[[str, int, int], None]


def evaluate(learner: Any, dataset: Dataset, recipe: Recipe, progress: Progress) -> Results:
    """Answer for every row, worst first."""
    rows = rows_of(dataset.items, dataset, recipe, Path(learner.dls.path))
    scores = learner.model.eval()(torch.stack([x for x, _ in rows])).detach()
    losses = functional.cross_entropy(scores, torch.stack([y for _, y in rows]), reduction="none").tolist()
    answers = [dataset.classes[n] for n in scores.argmax(1).tolist()]
    found = [
        ItemResult(item.key, item.valid, item.target, answer, loss)
        for item, answer, loss in zip(dataset.items, answers, losses, strict=True)
    ]
    right = [item.predicted == item.target for item in found if item.valid]
    worst = tuple(sorted(found, key=lambda item: -(item.loss or 0.0)))
    return Results(recipe.problem, dataset.classes, {"accuracy": sum(right) / len(right)}, worst)
