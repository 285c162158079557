"""What the model answers for every item: losses, scores, confusion, one line a class.

Items are read in the dataset's order and without augmentation, a batch at a time; only numbers are kept.
Imports torch: engine only. No Qt.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from studio.problems.base import Dataset, Item
from studio.problems.image_classification.data import labelled
from studio.project.results import ClassScore, ItemResult, Results
from studio.recipe.schema import Recipe

Progress = Callable[[str, int, int], None]
Counts = NDArray[np.int64]


def no_progress(text: str, done: int, total: int) -> None:
    """Tell nobody."""


def evaluate(learner: Any, dataset: Dataset, recipe: Recipe, progress: Progress = no_progress) -> Results:
    """Predict every item, training and validation, and judge the validation set.

    Parameters
    ----------
    learner : Learner
        Built with this recipe's loaders; its model is left in evaluation mode.
    progress : callable
        Told (text, items done, items) after every batch; what it raises ends the evaluation.

    Raises
    ------
    UserError
        Naming a photo that cannot be read any more.
    """
    answered: list[ItemResult] = []
    for results in _batches(learner, dataset):
        answered += results
        progress("Predicting every item", len(answered), len(dataset.items))
    valid = [item for item in answered if item.valid]
    confusion = confusion_of(valid, dataset.classes)
    return Results(
        problem=recipe.problem,
        classes=dataset.classes,
        metrics=metrics_of(valid),
        items=tuple(worst_first(answered)),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
        per_class=class_scores(confusion, dataset.classes),
    )


def shown(learner: Any, items: Sequence[Item], dataset: Dataset, recipe: Recipe) -> tuple[ItemResult, ...]:
    """What the model answers for a few items now."""
    few = replace(dataset, items=tuple(items))
    return tuple(result for results in _batches(learner, few) for result in results)


def _batches(learner: Any, dataset: Dataset) -> Iterator[list[ItemResult]]:
    """Answers of one batch after the other, in the dataset's order."""
    loader = learner.dls.test_dl(labelled(dataset, Path(learner.dls.path)), with_labels=True)
    learner.model.to(loader.device).eval()  # fastai moves a model only when it fits
    at = 0
    for pictures, targets in loader:  # (batch, 3, size, size), (batch,)
        with torch.no_grad():
            scores = learner.model(pictures).float()  # (batch, classes)
        items = dataset.items[at : at + len(targets)]
        at += len(targets)
        yield _answers(items, scores.as_subclass(Tensor), targets.as_subclass(Tensor), dataset.classes)


def _answers(
    items: Sequence[Item], scores: Tensor, targets: Tensor, classes: Sequence[str]
) -> list[ItemResult]:
    """Results of a batch from raw scores (batch, classes) and class numbers (batch,)."""
    losses = functional.cross_entropy(scores, targets.long(), reduction="none").cpu().tolist()  # (batch,)
    shares = scores.softmax(dim=1).cpu()  # (batch, classes)
    best = shares.argmax(dim=1).tolist()
    return [
        ItemResult(
            key=item.key,
            valid=item.valid,
            target=item.target,
            predicted=classes[answer],
            loss=loss if math.isfinite(loss) else None,
            confidence=_finite(row[answer]),
            scores=tuple(row) if all(map(math.isfinite, row)) else (),
        )
        for item, loss, row, answer in zip(items, losses, shares.tolist(), best, strict=True)
    ]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def worst_first(items: Sequence[ItemResult]) -> list[ItemResult]:
    """Sorted by loss, largest first; a loss that is no number comes last, equal ones by key."""
    return sorted(items, key=lambda item: (item.loss is None, -(item.loss or 0.0), item.key))


def confusion_of(items: Sequence[ItemResult], classes: Sequence[str]) -> Counts:
    """Count answers: `confusion[target][predicted]`, (classes, classes)."""
    number = {name: at for at, name in enumerate(classes)}
    cells = [number[item.target] * len(classes) + number[item.predicted] for item in items]
    counts = np.bincount(np.asarray(cells, dtype=np.int64), minlength=len(classes) ** 2)
    return counts.reshape(len(classes), len(classes))


def metrics_of(items: Sequence[ItemResult]) -> dict[str, float | None]:
    """Validation loss, accuracy and error rate by fastai's names; None where there is nothing to judge."""
    if not items:
        return {"valid_loss": None, "accuracy": None, "error_rate": None}
    losses = [item.loss for item in items if item.loss is not None]
    right = sum(item.predicted == item.target for item in items) / len(items)
    loss = sum(losses) / len(losses) if len(losses) == len(items) else None
    return {"valid_loss": loss, "accuracy": right, "error_rate": 1.0 - right}


def class_scores(confusion: Counts, classes: Sequence[str]) -> tuple[ClassScore, ...]:
    """Precision, recall and F1 of every class; None where there is no item, or no answer, to divide by."""
    hits, asked, answered = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    return tuple(
        _class_score(name, int(hits[at]), int(asked[at]), int(answered[at]))
        for at, name in enumerate(classes)
    )


def _class_score(name: str, hits: int, asked: int, answered: int) -> ClassScore:
    recall = hits / asked if asked else None
    precision = hits / answered if answered else None
    f1 = 2 * hits / (asked + answered) if asked else None
    return ClassScore(name, asked, precision, recall, f1)
