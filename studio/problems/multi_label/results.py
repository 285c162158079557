"""What the model says of every photo: scores, the threshold of each tag, and what saying the same always is worth.

Items are read in the dataset's order and without augmentation, a batch at a time; only numbers are kept.
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
from torch import Tensor
from torch.nn import functional

from studio.problems.base import Dataset, Item, names_in
from studio.problems.image_classification.results import worst_first
from studio.problems.multi_label import figures
from studio.problems.multi_label import thresholds as choosing
from studio.problems.multi_label.data import tagged
from studio.problems.multi_label.items import options_of
from studio.problems.multi_label.thresholds import Flags, Scores
from studio.project.results import ClassScore, ItemResult, Results
from studio.recipe.schema import Recipe

Progress = Callable[[str, int, int], None]


def no_progress(text: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Answered:
    """Items with the model's scores (n, tags), their true flags (n, tags) and losses (n,)."""

    items: tuple[Item, ...]
    scores: Scores
    true: Flags
    losses: tuple[float, ...]

    def part(self, valid: bool) -> Answered:
        """The items of one side of the split."""
        at = [place for place, item in enumerate(self.items) if item.valid == valid]
        losses = tuple(self.losses[place] for place in at)
        return Answered(tuple(self.items[place] for place in at), self.scores[at], self.true[at], losses)


def evaluate(learner: Any, dataset: Dataset, recipe: Recipe, progress: Progress = no_progress) -> Results:
    """Predict every item, choose the thresholds on the validation set, and judge it.

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
    options = options_of(recipe)
    answered = answers_of(learner, dataset, progress)
    valid, train = answered.part(True), answered.part(False)
    chosen, is_own = choosing.choose(valid.scores, valid.true, options.beta, options.threshold)
    said = valid.scores >= np.array(chosen)
    metrics = metrics_of(valid, options.threshold, options.beta)
    metrics["fbeta_score_own_thresholds"] = choosing.by_item(said, valid.true, options.beta)
    return Results(
        problem=recipe.problem,
        classes=dataset.classes,
        metrics=metrics,
        items=tuple(worst_first(item_results(answered, dataset.classes, chosen))),
        per_class=class_scores(said, valid.true, dataset.classes),
        figures=figures.of(train.true, valid.scores, valid.true, dataset.classes, chosen, is_own, options),
        thresholds=chosen,
    )


def shown(learner: Any, items: Sequence[Item], dataset: Dataset, recipe: Recipe) -> tuple[ItemResult, ...]:
    """What the model answers for a few items now, at the threshold of the options."""
    answered = answers_of(learner, replace(dataset, items=tuple(items)), no_progress)
    every = (options_of(recipe).threshold,) * len(dataset.classes)
    return tuple(item_results(answered, dataset.classes, every))


def thresholds_of(learner: Any, dataset: Dataset, recipe: Recipe) -> tuple[float, ...]:
    """The threshold of every tag, chosen on the validation set by a trained learner."""
    options = options_of(recipe)
    valid = answers_of(learner, replace(dataset, items=dataset.valid()), no_progress)
    return choosing.choose(valid.scores, valid.true, options.beta, options.threshold)[0]


def answers_of(learner: Any, dataset: Dataset, progress: Progress) -> Answered:
    """Scores of every item of a dataset, in its order."""
    loader = learner.dls.test_dl(tagged(dataset, Path(learner.dls.path)), with_labels=True)
    learner.model.to(loader.device).eval()  # fastai moves a model only when it fits
    scores, losses = list[Tensor](), list[float]()
    for pictures, targets in loader:  # (batch, 3, size, size), (batch, tags)
        with torch.no_grad():
            raw = learner.model(pictures).float().as_subclass(Tensor)  # (batch, tags)
        flags = targets.as_subclass(Tensor).float()
        each = functional.binary_cross_entropy_with_logits(raw, flags, reduction="none").mean(dim=1)
        losses += each.cpu().tolist()
        scores.append(raw.sigmoid().double().cpu())
        progress("Predicting every item", len(losses), len(dataset.items))
    found = torch.cat(scores).numpy() if scores else np.zeros((0, len(dataset.classes)))
    return Answered(dataset.items, found, flags_of(dataset.items, dataset.classes), tuple(losses))


def flags_of(items: Sequence[Item], classes: Sequence[str]) -> Flags:
    """Which tags the items have: (n_items, n_tags)."""
    number = {name: at for at, name in enumerate(classes)}
    flags = np.zeros((len(items), len(classes)), dtype=np.bool_)
    for row, item in enumerate(items):
        flags[row, [number[name] for name in names_in(item.target)]] = True
    return flags


def item_results(answered: Answered, classes: Sequence[str], chosen: Sequence[float]) -> list[ItemResult]:
    """Results of every item; targets and answers are tuples of tags in the order of the classes."""
    said = answered.scores >= np.array(chosen)
    return [
        ItemResult(
            key=item.key,
            valid=item.valid,
            target=_named(classes, true),
            predicted=_named(classes, answer),
            loss=loss if math.isfinite(loss) else None,
            scores=tuple(row) if all(map(math.isfinite, row)) else (),
        )
        for item, true, answer, loss, row in zip(
            answered.items, answered.true, said, answered.losses, answered.scores.tolist(), strict=True
        )
    ]


def _named(classes: Sequence[str], flags: Flags) -> tuple[str, ...]:
    return tuple(name for name, flag in zip(classes, flags, strict=True) if flag)


def metrics_of(valid: Answered, threshold: float, beta: float) -> dict[str, float | None]:
    """Validation loss and the metrics by fastai's names, at the usual threshold; None with nothing to judge."""
    if not valid.items:
        return dict.fromkeys(("valid_loss", "fbeta_score", "accuracy_multi", "hamming_loss"))
    said = valid.scores >= threshold
    right = float((said == valid.true).mean())
    loss = sum(valid.losses) / len(valid.losses)
    return {
        "valid_loss": loss if math.isfinite(loss) else None,
        "fbeta_score": choosing.by_item(said, valid.true, beta),
        "accuracy_multi": right,
        "hamming_loss": 1.0 - right,
    }


def class_scores(said: Flags, true: Flags, classes: Sequence[str]) -> tuple[ClassScore, ...]:
    """Precision, recall and F1 of every tag; None where there is no item, or no answer, to divide by."""
    counts = zip(classes, (said & true).sum(axis=0), true.sum(axis=0), said.sum(axis=0), strict=True)
    return tuple(
        ClassScore(
            name=name,
            items=int(asked),
            precision=float(hits / answered) if answered else None,
            recall=float(hits / asked) if asked else None,
            f1=float(2 * hits / (asked + answered)) if asked else None,
        )
        for name, hits, asked, answered in counts
    )
