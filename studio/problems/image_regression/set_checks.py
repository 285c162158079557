"""What the items alone tell: network and limits, empty sets, left-out rows and files. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Iterator

from studio.engine.messages import Finding, Fix
from studio.errors import UserError
from studio.problems.base import Dataset
from studio.problems.image_classification.findings import finding, many
from studio.problems.image_classification.items import why_no_validation
from studio.problems.image_classification.left_out_checks import REASONS as ROW_REASONS
from studio.problems.image_classification.left_out_checks import Reason, left_out_findings
from studio.problems.image_classification.table_source import NAMED_TWICE, NO_LABEL, OTHER_CLASS
from studio.problems.image_regression import file_source, targets
from studio.problems.image_regression.items import is_points, options_of
from studio.problems.image_regression.options import DEFAULT_SIZE, limits
from studio.problems.image_regression.table_source import OTHER_TARGET
from studio.problems.vision.networks import require_architecture, require_size
from studio.recipe.schema import Recipe

REASONS = (
    Reason(
        targets.TEXT,
        "target_text",
        "warning",
        "target",
        "in words where a number is expected",
        "They are left out. Write a number into the cell, or leave it empty for a missing point.",
    ),
    Reason(
        targets.NO_NUMBER,
        "missing_number",
        "warning",
        "target",
        "with a missing number",
        "A photo without its number cannot teach it and is left out.",
    ),
    Reason(
        targets.NO_POINT,
        "no_point",
        "info",
        "photo",
        "without a single known point",
        "There is nothing to learn from them. They are left out.",
    ),
    Reason(
        targets.OTHER_COUNT,
        "other_count",
        "warning",
        "target file",
        "with more or fewer targets than most",
        "Every photo must have the same ones, in the same order; missing points are written as nan. They are left out.",
    ),
    Reason(
        file_source.NO_FILE,
        "no_target_file",
        "info",
        "photo",
        "without a target file",
        "No file is called like them. They are left out.",
    ),
    Reason(
        file_source.NOT_READ,
        "target_file",
        "warning",
        "target file",
        "that cannot be read",
        "It is damaged, far too large, or no text. They are left out.",
    ),
    Reason(
        OTHER_TARGET,
        "named_twice_differently",
        "warning",
        "row",
        "contradicting an earlier one",
        "The same photo is named with two targets; the first is used.",
    ),
    *(reason for reason in ROW_REASONS if reason.why not in (NO_LABEL, OTHER_CLASS, NAMED_TWICE)),
    *(reason for reason in ROW_REASONS if reason.why == NAMED_TWICE),
)


def set_findings(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    """Yield what is wrong with the recipe and the sets, worst first."""
    yield from _network(recipe)
    yield from _limits(dataset, recipe)
    yield from _empty_set(dataset, recipe)
    yield from left_out_findings(dataset, REASONS)
    yield from _small_for_batch(dataset, recipe)
    yield from _cropped(dataset, recipe)


def _network(recipe: Recipe) -> Iterator[Finding]:
    arch = options_of(recipe).arch
    try:
        require_architecture(arch)
        require_size(arch, min(stage.size or DEFAULT_SIZE for stage in recipe.training.stages))
    except UserError as error:
        yield finding("network", "error", error.message, error.hint)


def _limits(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    """Limits that are none, or that leave targets outside."""
    text = options_of(recipe).y_range
    if is_points(dataset):
        return
    try:
        given = limits(text)
    except UserError as error:
        yield finding(
            "limits",
            "error",
            error.message,
            error.hint,
            fix=Fix("Take limits from the data", {"y_range": "data"}),
        )
        return
    if given is None:
        return
    beyond = [
        i
        for i in dataset.items
        if not given[0] <= min(targets.as_numbers(i.target)) or max(targets.as_numbers(i.target)) > given[1]
    ]
    if beyond:
        yield finding(
            "beyond_limits",
            "warning",
            f"{many(len(beyond), 'photo')} with a number outside the limits {text}",
            "The model can never answer it.",
            [f"{item.key} ({targets.said(item.target, ('',) * 99).strip()})" for item in beyond],
            Fix("Take limits from the data", {"y_range": "data"}),
        )


def _empty_set(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    fix = Fix("Keep a random share for validation", {"split": "random"})
    if not dataset.valid():
        why = why_no_validation(dataset, recipe.data.split)
        yield finding(
            "empty_validation",
            "error",
            "The validation set is empty",
            f"Nothing is left to judge the model by: {why}.",
            fix=fix,
        )
    if not dataset.train():
        yield finding(
            "empty_training",
            "error",
            "The training set is empty",
            "Every photo is kept for validation, so that there is nothing to learn from.",
            fix=fix,
        )


def _small_for_batch(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    n_train = len(dataset.train())
    wanted = [s.batch_size for s in recipe.training.stages if isinstance(s.batch_size, int)]
    if n_train and wanted and max(wanted) > n_train:
        yield finding(
            "fewer_than_batch",
            "warning",
            f"{many(n_train, 'training photo')} for a batch of {max(wanted)}",
            f"A step needs a whole batch, so that the batch is lowered to {n_train}: one step an epoch.",
            fix=Fix("Choose the batch automatically", {"batch_size": "auto"}),
            count=n_train,
        )


def _cropped(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    if options_of(recipe).resize == "crop":
        what = "points near the edges are cut off" if is_points(dataset) else "what lies there is not seen"
        yield finding(
            "cropped",
            "info",
            "Photos are cropped to a square",
            f"The ends of the longer side are cut off, so that {what}.",
            fix=Fix("Squish instead", {"resize": "squish"}),
            count=len(dataset.items),
        )
