"""What the items alone tell: classes, sets, left-out files and rows. No file is opened. No torch, no Qt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from studio.engine.messages import Finding, Fix
from studio.errors import UserError
from studio.problems.base import Dataset
from studio.problems.image_classification import items as collecting
from studio.problems.image_classification.findings import (
    STRATIFY,
    finding,
    leave_out,
    many,
    quoted,
    weigh,
)
from studio.problems.image_classification.left_out_checks import left_out_findings
from studio.problems.image_classification.options import DEFAULT_SIZE, require_architecture, require_size
from studio.problems.label_checks import MISSING_WORDS as MISSING_WORDS
from studio.problems.label_checks import name_variants, named_missing
from studio.recipe.schema import Recipe

UNBALANCED_RATIO = 3.0
FEW_ODD = 0.1
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def set_findings(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    """Yield what is wrong with classes and sets, worst first."""
    for look in (_network, _one_class, _empty_set, _only_in_validation, _single_items, _only_in_training):
        yield from look(dataset, recipe)
    yield from name_variants(dataset, recipe)
    yield from _mixed_names(dataset)
    yield from named_missing(dataset)
    yield from left_out_findings(dataset)
    yield from _small_for_batch(dataset, recipe)
    yield from _unbalanced(dataset, recipe)


def _network(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    arch = collecting.options_of(recipe).arch
    try:
        require_architecture(arch)
        require_size(arch, min(stage.size or DEFAULT_SIZE for stage in recipe.training.stages))
    except UserError as error:
        yield finding("network", "error", error.message, error.hint)


def _one_class(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    if len(dataset.classes) == 1:
        yield finding(
            "one_class",
            "error",
            f"There is only one class, “{dataset.classes[0]}”",
            "A model needs two classes or more to tell apart. Add a folder, or rows, of another class.",
            count=len(dataset.items),
        )


def _empty_set(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    split = recipe.data.split
    if not dataset.valid():
        yield finding(
            "empty_validation",
            "error",
            "The validation set is empty",
            f"Nothing is left to judge the model by: {collecting.why_no_validation(dataset, split)}.",
            fix=STRATIFY if split.kind != "stratified" else None,
        )
    if not dataset.train():
        yield finding(
            "empty_training",
            "error",
            "The training set is empty",
            "Every item is kept for validation, so that there is nothing to learn from.",
            fix=STRATIFY if split.kind != "stratified" else None,
        )


def _only_in_validation(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    names = collecting.only_in_validation(dataset) if dataset.train() else ()
    if names:
        yield finding(
            "class_only_in_validation",
            "error",
            f"Only in validation: {quoted(names)}",
            "The model never sees one in training and can only get it wrong. Training does not start.",
            names,
            STRATIFY if recipe.data.split.kind != "stratified" else None,
        )


def _single_items(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    counts = Counter(item.target for item in dataset.items)
    names = sorted(name for name, n in counts.items() if n == 1)
    if names and len(counts) > 1:
        yield finding(
            "single_item_class",
            "warning",
            f"{many(len(names), 'class has', 'classes have')} a single item: {quoted(names)}",
            "One item cannot both teach and judge; the model will hardly learn the class. Add items of it.",
            names,
        )


def _only_in_training(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    judged = {item.target for item in dataset.valid()}
    counts = Counter(item.target for item in dataset.train())
    names = sorted(name for name, n in counts.items() if name not in judged and n > 1)
    if names and judged:
        yield finding(
            "class_only_in_training",
            "warning",
            f"Never judged: {quoted(names)}",
            "The class has no validation item, so that nothing tells how well the model knows it.",
            names,
            STRATIFY if recipe.data.split.kind != "stratified" else None,
        )


def _mixed_names(dataset: Dataset) -> Iterator[Finding]:
    """Numbers among words, or words among numbers: most often a cell of another column."""
    counts = Counter(item.target for item in dataset.items)
    numbers = {name for name in counts if NUMBER.fullmatch(name)}
    share = sum(counts[name] for name in numbers) / max(1, len(dataset.items))
    odd = numbers if share < 0.5 else counts.keys() - numbers
    keys = [item.key for item in dataset.items if item.target in odd]
    if keys and len(keys) <= FEW_ODD * len(dataset.items):
        what, others = ("numbers", "words") if share < 0.5 else ("words", "numbers")
        yield finding(
            "mixed_class_names",
            "warning",
            f"{many(len(odd), 'class is', 'classes are')} {what} where the others are {others}: {quoted(sorted(odd))}",
            "Such a cell is often one that slipped in from another column. Correct it, or leave its photos out.",
            keys,
            leave_out(keys, "Leave their photos out"),
        )


def _small_for_batch(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    n_train = len(dataset.train())
    wanted = [s.batch_size for s in recipe.training.stages if isinstance(s.batch_size, int)]
    if n_train and wanted and max(wanted) > n_train:
        yield finding(
            "fewer_than_batch",
            "warning",
            f"{many(n_train, 'training item')} for a batch of {max(wanted)}",
            f"A step needs a whole batch, so that the batch is lowered to {n_train}: one step an epoch.",
            fix=Fix("Choose the batch automatically", {"batch_size": "auto"}),
            count=n_train,
        )


def _unbalanced(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    counts = Counter(item.target for item in dataset.train())
    if len(counts) < 2:
        return
    (most, n_most), (least, n_least) = counts.most_common()[0], counts.most_common()[-1]
    if n_most >= UNBALANCED_RATIO * n_least:
        yield finding(
            "unbalanced",
            "info",
            f"“{most}” has {n_most / n_least:.0f} times as many items as “{least}”",
            f"{n_most:,} against {n_least:,} in training. It trains all the same; judge it by each class's "
            "own score rather than by accuracy alone.",
            [most, least],
            weigh(recipe),
            count=len(counts),
        )
