"""Findings about the classes of texts and their names. No torch, no Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from studio.engine.messages import Finding, Fix
from studio.problems.base import Dataset
from studio.problems.image_classification.findings import (
    STRATIFY,
    finding,
    many,
    quoted,
    weigh,
)
from studio.problems.label_checks import name_variants, named_missing
from studio.problems.text.items import Plan, only_in_validation
from studio.recipe.schema import Recipe

UNBALANCED_RATIO = 10.0
FEW = 10


def label_findings(dataset: Dataset, recipe: Recipe, plan: Plan) -> Iterator[Finding]:
    """Yield what the classes of a dataset mean for training."""
    counts = Counter(str(item.target) for item in dataset.items)
    if len(counts) == 1:
        yield finding(
            "one_class",
            "error",
            "Every text has the same label",
            "There is nothing to tell apart. Name another column, or train a language model only.",
            fix=Fix("Train a language model only", {"task": "language_model"}),
        )
        return
    yield from _one_sided(dataset, recipe)
    yield from _rare(counts)
    yield from name_variants(dataset, recipe, "texts")
    yield from named_missing(dataset, "text", "texts", lambda keys: [plan.named(key) for key in keys])
    yield from _unbalanced(dataset, recipe)


def _one_sided(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    """Classes that one of the two sets lacks."""
    fix = STRATIFY if recipe.data.split.kind != "stratified" else None
    unseen = only_in_validation(dataset) if dataset.train() else ()
    if unseen:
        yield finding(
            "class_only_in_validation",
            "error",
            f"Only in validation: {quoted(unseen)}",
            "The model never sees such a text in training. Training does not start.",
            unseen,
            fix,
        )
    judged = {item.target for item in dataset.valid()}
    never = sorted({str(item.target) for item in dataset.train()} - judged)
    if never and judged:
        yield finding(
            "class_only_in_training",
            "warning",
            f"Never judged: {quoted(never)}",
            "The class has no validation text, so that nothing tells how well the model knows it.",
            never,
            fix,
        )


def _rare(counts: Counter[str]) -> Iterator[Finding]:
    few = sorted(name for name, n in counts.items() if n < FEW)
    if few:
        yield finding(
            "near_empty_classes",
            "warning",
            f"{many(len(few), 'class has', 'classes have')} fewer than {FEW} texts: {quoted(few)}",
            "Too few to learn from, and to judge by. Add texts, or put such classes together (merge).",
            few,
        )


def _unbalanced(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    ranked = Counter(str(item.target) for item in dataset.train()).most_common()
    if len(ranked) > 1 and ranked[0][1] >= UNBALANCED_RATIO * ranked[-1][1]:
        yield finding(
            "unbalanced",
            "info",
            f"“{ranked[0][0]}” has {ranked[0][1] / ranked[-1][1]:.0f} times as many texts as “{ranked[-1][0]}”",
            "It trains all the same; judge it by each class's own score rather than by accuracy alone.",
            [ranked[0][0], ranked[-1][0]],
            weigh(recipe),
            count=len(ranked),
        )
