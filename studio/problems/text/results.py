"""What the model answers for every text, the words that moved it, and how it ranks beside TF-IDF.

Imports torch: engine only. No Qt.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from studio.problems.base import Dataset, Item
from studio.problems.image_classification.results import class_scores, confusion_of, worst_first
from studio.problems.text import figures
from studio.problems.text.baselines import simpler
from studio.problems.text.data import Read, corpus_of, vocab_of
from studio.problems.text.items import Plan, plan_of
from studio.problems.text.language import language_results
from studio.problems.text.learner import LANGUAGE_MODEL_FILE, is_language_model
from studio.problems.text.moved import moved_words
from studio.problems.text.tokens import cleaned
from studio.project.results import Figure, ItemResult, Results
from studio.recipe.schema import Recipe

Progress = Callable[[str, int, int], None]
MOST_LETTERS = 3000
WRONGEST, SUREST = 8, 4


def no_progress(text: str, done: int, total: int) -> None:
    """Tell nobody."""


def evaluate(
    learner: Any,
    dataset: Dataset,
    recipe: Recipe,
    progress: Progress = no_progress,
    folder: Path | None = None,
) -> Results:
    """Predict every text, training and validation, and judge the validation set.

    Parameters
    ----------
    learner : Learner
        Built with this recipe's loaders; its model is left in evaluation mode.
    folder : Path or None
        The run's folder, where its language model is kept once it has become a classifier.
    """
    plan = plan_of(recipe, Path(learner.dls.path))
    if is_language_model(learner):
        return _of_language(learner, dataset, recipe, plan, progress)
    items = [
        *_answered(learner, dataset.train(), plan, progress),
        *_answered(learner, dataset.valid(), plan, progress),
    ]
    judged = [item for item in items if item.valid]
    confusion = confusion_of(judged, dataset.classes)
    metrics = metrics_of(judged)
    found = _figures(learner, dataset, recipe, plan, judged, progress)
    kept = None if folder is None else folder / LANGUAGE_MODEL_FILE
    if kept is not None and kept.is_file():
        perplexity, samples = language_results(learner, dataset, recipe, plan, kept, progress)
        metrics["perplexity"] = perplexity
        found.append(samples)
    return Results(
        problem=recipe.problem,
        classes=dataset.classes,
        metrics=metrics,
        items=tuple(worst_first(items)),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
        per_class=class_scores(confusion, dataset.classes),
        figures=tuple(found),
    )


def shown(learner: Any, items: Sequence[Item], dataset: Dataset, recipe: Recipe) -> tuple[ItemResult, ...]:
    """Answers for a few items while the model trains; none of a language model."""
    if is_language_model(learner):
        return ()
    plan = plan_of(recipe, Path(learner.dls.path))
    return tuple(_answered(learner, tuple(items), plan, no_progress))


def _answered(learner: Any, items: Sequence[Item], plan: Plan, progress: Progress) -> list[ItemResult]:
    """Answers in the order of the items, through the learner's own loader."""
    if not items:
        return []
    progress("Predicting every text", 0, 0)
    texts, classes = plan.texts(), list(learner.dls.train.vocab)
    scores = class_scores_of(learner, [texts[item.key] for item in items])
    targets = torch.tensor([classes.index(item.target) for item in items])
    losses = functional.nll_loss(scores.clamp_min(1e-12).log(), targets, reduction="none").tolist()
    return [
        ItemResult(
            key=item.key,
            valid=item.valid,
            target=item.target,
            predicted=classes[max(range(len(row)), key=row.__getitem__)],
            loss=loss if math.isfinite(loss) else None,
            confidence=max(row) if all(map(math.isfinite, row)) else None,
            scores=tuple(row) if all(map(math.isfinite, row)) else (),
            words=shortened(texts[item.key], plan),
        )
        for item, loss, row in zip(items, losses, scores.tolist(), strict=True)
    ]


def class_scores_of(learner: Any, texts: Sequence[Any]) -> Tensor:
    """Scores of the classes (n, n_classes) float32 on the CPU, in the order of the texts."""
    with learner.no_bar(), learner.no_logging():
        model, training = learner.model, learner.model.training
        loader = learner.dls.test_dl(list(texts))
        model.eval()
        order = loader.get_idxs()
        found = torch.zeros(len(texts), len(learner.dls.train.vocab))
        at = 0
        for batch in loader:
            with torch.no_grad():
                answer = model(batch[0])[0].float().softmax(dim=1).cpu().as_subclass(Tensor)
            found[torch.tensor(order[at : at + len(answer)])] = answer
            at += len(answer)
        model.train(training)
    return found


def shortened(text: str, plan: Plan) -> str:
    """The beginning of a text, as it is read."""
    words = cleaned(text, plan.options.html == "remove")
    return words if len(words) <= MOST_LETTERS else f"{words[:MOST_LETTERS].rstrip()} …"


def metrics_of(items: Sequence[ItemResult]) -> dict[str, float | None]:
    """Validation loss and scores by name."""
    losses = [item.loss for item in items if item.loss is not None]
    if not items:
        return {"valid_loss": None}
    right = sum(item.predicted == item.target for item in items) / len(items)
    loss = sum(losses) / len(losses) if len(losses) == len(items) else None
    return {"valid_loss": loss, "accuracy": right, "error_rate": 1.0 - right}


def _figures(
    learner: Any,
    dataset: Dataset,
    recipe: Recipe,
    plan: Plan,
    judged: Sequence[ItemResult],
    progress: Progress,
) -> list[Figure]:
    cut = corpus_of(dataset, recipe, plan).tokens
    others = simpler(dataset, cut, progress)
    right = sum(item.predicted == item.target for item in judged) / len(judged)
    ranked = sorted(judged, key=lambda item: -(item.loss or 0.0))
    looked_at = [*ranked[:WRONGEST], *ranked[max(WRONGEST, len(ranked) - SUREST) :]]
    explained = moved_words(
        looked_at,
        cut,
        plan.options.most_tokens,
        lambda read: class_scores_of(learner, [Read(r) for r in read]),
        progress,
    )
    return [figures.ranking(right, others), *figures.words(explained)]


def _of_language(learner: Any, dataset: Dataset, recipe: Recipe, plan: Plan, progress: Progress) -> Results:
    perplexity, samples = language_results(learner, dataset, recipe, plan, None, progress)
    loss = math.log(perplexity) if perplexity and perplexity > 0 else None
    metrics: Mapping[str, float | None] = {"valid_loss": loss, "perplexity": perplexity}
    known = len(vocab_of(learner.dls))
    return Results(
        recipe.problem,
        (),
        dict(metrics),
        (),
        figures=(samples, figures.vocabulary(known, dataset)),
        loss="cross-entropy of the next word",
    )
