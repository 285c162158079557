"""What the model answers for every row, how it ranks beside simpler models, and which columns it relies on.

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

from studio.problems.base import Dataset, Item
from studio.problems.image_classification.results import class_scores, confusion_of, worst_first
from studio.problems.tabular import figures
from studio.problems.tabular.baselines import MOST_ROWS, Array, Rows, baselines
from studio.problems.tabular.data import framed, row_words
from studio.problems.tabular.learner import number_metrics
from studio.problems.tabular.plan import Plan, plan_of
from studio.project.results import Figure, ItemResult, Results
from studio.recipe.schema import Recipe

Progress = Callable[[str, int, int], None]
BATCH = 1024


def no_progress(text: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Set:
    """One side of the split: its items, in the order of its prepared rows, and the network's outputs for them."""

    items: tuple[Item, ...]
    rows: Rows
    outputs: Tensor


def evaluate(learner: Any, dataset: Dataset, recipe: Recipe, progress: Progress = no_progress) -> Results:
    """Predict every row, training and validation, and judge the validation set.

    Parameters
    ----------
    learner : Learner
        Built with this recipe's loaders; its model is left in evaluation mode.
    """
    plan = plan_of(recipe, Path(learner.dls.path))
    words = row_texts(dataset, plan)
    train, valid = (_answered(learner, dataset, at, progress) for at in (0, 1))
    results = [
        one for part in (train, valid) for one in _items(part, dataset.classes, learner.loss_func, words)
    ]
    judged = [item for item in results if item.valid]
    confusion = confusion_of(judged, dataset.classes) if dataset.classes else np.zeros((0, 0), dtype=np.int64)
    return Results(
        problem=recipe.problem,
        classes=dataset.classes,
        metrics=metrics_of(judged),
        items=tuple(worst_first(results)),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
        per_class=class_scores(confusion, dataset.classes),
        figures=tuple(figures_of(learner, dataset, plan, train, valid, progress)),
    )


def shown(learner: Any, items: Sequence[Item], dataset: Dataset, recipe: Recipe) -> tuple[ItemResult, ...]:
    """What the model answers for a few validation rows now."""
    plan, table, wanted = (
        plan_of(recipe, Path(learner.dls.path)),
        learner.dls.valid_ds,
        {i.key for i in items},
    )
    at = [place for place, row in enumerate(table.items.index) if dataset.items[row].key in wanted]
    every = prepared(table, dataset)
    rows = Rows(every.categories[at], every.numbers[at], every.targets[at])
    few = tuple(dataset.items[row] for row in table.items.index[at])
    part = Set(few, rows, outputs_of(learner, rows.categories, rows.numbers))
    texts = row_texts(replace(dataset, items=few), plan)
    found = {one.key: one for one in _items(part, dataset.classes, learner.loss_func, texts)}
    return tuple(found[item.key] for item in items)


def row_texts(dataset: Dataset, plan: Plan) -> dict[str, str]:
    """Every row in one line: the columns that the model sees, as written."""
    names = plan.named("categorical", "continuous", "date")
    at = [plan.table.index(name) for name in names]
    wanted = {item.key for item in dataset.items}
    cells = {key: row.cells for row in plan.table.rows if (key := str(row.line)) in wanted}
    return {
        i.key: row_words([(n, cells[i.key][p]) for n, p in zip(names, at, strict=True)])
        for i in dataset.items
    }


def outputs_of(learner: Any, categories: Array, numbers: Array) -> Tensor:
    """The network's raw outputs (n, n_out) float32 on the CPU for prepared rows."""
    device, found = learner.dls.device, []
    learner.model.eval()
    for first in range(0, len(categories), BATCH):
        batch = (
            torch.as_tensor(categories[first : first + BATCH].astype(np.int64), device=device),
            torch.as_tensor(numbers[first : first + BATCH].astype(np.float32), device=device),
        )
        with torch.no_grad():
            found.append(learner.model(*batch).float().cpu())
    return torch.cat(found)


def prepared(table: Any, dataset: Dataset) -> Rows:
    """One side's rows as the network takes them: codes of the categories, standardised numbers, targets."""
    categories, numbers = (
        np.array(table.cats.values, dtype=np.int64),
        np.array(table.conts.values, dtype=np.float64),
    )
    return Rows(
        categories,
        numbers,
        np.array(table.targ.values[:, 0], dtype=np.int64 if dataset.classes else np.float64),
    )


def _answered(learner: Any, dataset: Dataset, side: int, progress: Progress) -> Set:
    table = learner.dls.train_ds if side == 0 else learner.dls.valid_ds
    rows = prepared(table, dataset)
    progress("Predicting every row", 0, 0)
    items = tuple(dataset.items[at] for at in table.items.index)
    return Set(items, rows, outputs_of(learner, rows.categories, rows.numbers))


def _items(part: Set, classes: Sequence[str], loss: Any, words: dict[str, str]) -> list[ItemResult]:
    if classes:
        return _class_items(part, classes, words)
    answers = loss.activation(part.outputs.double()).reshape(-1).tolist()
    return [
        ItemResult(
            key=item.key,
            valid=item.valid,
            target=item.target,
            predicted=answer,
            loss=_finite(((answer - item.target) / loss.deviation) ** 2),
            words=words[item.key],
        )
        for item, answer in zip(part.items, answers, strict=True)
    ]


def _class_items(part: Set, classes: Sequence[str], words: dict[str, str]) -> list[ItemResult]:
    targets = torch.as_tensor(part.rows.targets)
    losses = functional.cross_entropy(part.outputs, targets, reduction="none").tolist()
    shares = part.outputs.softmax(dim=1)  # (n, classes)
    best = shares.argmax(dim=1).tolist()
    return [
        ItemResult(
            key=item.key,
            valid=item.valid,
            target=item.target,
            predicted=classes[answer],
            loss=_finite(loss),
            confidence=_finite(row[answer]),
            scores=tuple(row) if all(map(math.isfinite, row)) else (),
            words=words[item.key],
        )
        for item, loss, row, answer in zip(part.items, losses, shares.tolist(), best, strict=True)
    ]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def metrics_of(items: Sequence[ItemResult]) -> dict[str, float | None]:
    """Validation loss and scores by name; numbers in their own unit."""
    losses = [item.loss for item in items if item.loss is not None]
    loss = sum(losses) / len(losses) if losses and len(losses) == len(items) else None
    if not items:
        return {"valid_loss": None}
    if isinstance(items[0].target, str):
        right = sum(item.predicted == item.target for item in items) / len(items)
        return {"valid_loss": loss, "accuracy": right, "error_rate": 1.0 - right}
    predicted, target = (
        torch.tensor([v], dtype=torch.float64)
        for v in ([i.predicted for i in items], [i.target for i in items])
    )
    return {"valid_loss": loss, **number_metrics(predicted[0], target[0])}


def figures_of(
    learner: Any, dataset: Dataset, plan: Plan, train: Set, valid: Set, progress: Progress
) -> list[Figure]:
    """The ranking, the importance of columns and, for numbers, predicted against true."""
    is_class = bool(dataset.classes)

    def answer(categories: Array, numbers: Array) -> Array:
        outputs = outputs_of(learner, categories, numbers)
        return np.asarray(
            outputs.argmax(dim=1) if is_class else learner.loss_func.activation(outputs.double())[:, 0]
        )

    answers = answer(valid.rows.categories, valid.rows.numbers)
    simpler = baselines(train.rows, valid.rows, is_class, progress)
    is_limited = len(train.items) > MOST_ROWS
    found: list[Figure] = [figures.ranking(answers, simpler, valid.rows.targets, is_class, is_limited)]
    progress("Shuffling columns", 0, 0)
    found.append(figures.importance(answer, valid.rows, groups_of(learner, dataset, plan), is_class))
    if not is_class:
        keys = [item.key for item in valid.items]
        found.append(figures.against(answers, valid.rows.targets, keys, plan.target))
    return found


def groups_of(learner: Any, dataset: Dataset, plan: Plan) -> dict[str, tuple[list[int], list[int]]]:
    """For each column of the table, where its features are among the categories and the numbers."""
    sources = framed(Dataset(dataset.items[:1]), plan).sources
    sources |= {f"{name}_na": source for name, source in sources.items()}
    table = learner.dls.train_ds
    found: dict[str, tuple[list[int], list[int]]] = {}
    for place, names in enumerate((table.cat_names, table.cont_names)):
        for at, name in enumerate(names):
            found.setdefault(sources[name], ([], []))[place].append(at)
    return found
