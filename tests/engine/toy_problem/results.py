"""What the model answers for every point."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from studio.problems.base import Dataset, Item
from studio.project.results import ItemResult, Results
from studio.recipe.schema import Recipe


def evaluate(
    learner: Any, dataset: Dataset, recipe: Recipe, progress: Callable[[str, int, int], None]
) -> Results:
    """Answer for every item, worst first."""
    found: list[ItemResult] = []
    for items, loader in ((dataset.train(), learner.dls.train), (dataset.valid(), learner.dls.valid)):
        points = [loader.dataset[i] for i in range(len(items))]
        scores = learner.model.eval()(torch.stack([p for p, _ in points])).detach()
        losses = functional.cross_entropy(scores, torch.stack([t for _, t in points]), reduction="none")
        best = scores.argmax(1).tolist()
        found += [
            ItemResult(i.key, i.valid, i.target, dataset.classes[b], float(loss))
            for i, b, loss in zip(items, best, losses, strict=True)
        ]
        progress("Predicting", len(found), len(dataset.items))
    right = [i.predicted == i.target for i in found if i.valid]
    found.sort(key=lambda item: -(item.loss or 0.0))
    return Results("toy_clouds", dataset.classes, {"accuracy": sum(right) / len(right)}, tuple(found))


def shown(
    learner: Any, items: Sequence[Item], dataset: Dataset, recipe: Recipe, folder: Path
) -> tuple[ItemResult, ...]:
    """Answer for a few items; draws random numbers as careless code does, and writes a picture of the first."""
    random.random(), np.random.rand(), torch.rand(1)
    (folder / "0.jpg").write_bytes(b"a picture")
    places = {item.key: place for place, item in enumerate(dataset.valid())}
    points = torch.stack([learner.dls.valid.dataset[places[item.key]][0] for item in items])
    scores = learner.model.eval()(points).detach().softmax(1)
    sure, best = scores.max(1)
    return tuple(
        ItemResult(i.key, i.valid, i.target, dataset.classes[b], None, s, words=f"the point {i.key}")
        for i, b, s in zip(items, best.tolist(), sure.tolist(), strict=True)
    )
