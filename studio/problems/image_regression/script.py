"""The same run as a plain fastai script: the same losses batch for batch.

The script takes its photos, targets and sets from a table beside it, so that cleaning, skipped files and the split
are exactly those of the run. Only text is made here: no torch, no fastai, no Qt.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from studio.engine.messages import StagePlan
from studio.problems.base import Dataset
from studio.problems.image_classification.script import RESIZE, Words, composed
from studio.problems.image_classification.script_parts import HEAD, PHOTO_PART
from studio.problems.image_regression.items import is_points, metric_names_of, options_of, schema_for
from studio.problems.image_regression.options import AUGMENT, Options, mirrors, miss_of
from studio.problems.image_regression.scaling import bounds_of, scale_of
from studio.problems.image_regression.script_parts import (
    AIMED_PART,
    BLOCK_PART,
    BOUNDED_AFTER,
    BOUNDED_PART,
    HEAD_AFTER,
    HEAD_PART,
    LIMITS,
    MISSED,
    MISSED_PART,
    NUMBER_PART,
    POINT_FIGURE,
    POINT_FIGURES,
    POINT_PART,
    POOLED_AFTER,
    SHOWN,
    TOLD_PART,
    ZERO_AFTER,
)
from studio.problems.image_regression.targets import Schema, as_numbers
from studio.problems.measures.parts import Words as Told
from studio.problems.measures.parts import number_words
from studio.recipe.schema import Recipe

UNITS, BEYOND, NEAR = 128, 1.1, {"points": 0.1, "numbers": 1.0}
"""Those of `heads.py` and `losses.py`, which import torch."""


def write(
    recipe: Recipe,
    dataset: Dataset,
    root: Path,
    plans: Sequence[StagePlan],
    precision: str,
    folder: Path,
    slug: str,
) -> dict[str, str]:
    """Return the script and its table, by file name; the script comes first.

    Parameters
    ----------
    root : Path
        The absolute data root; `--data` overrides it. The names of the targets are read from it.
    plans : sequence of StagePlan
        The stages as run, with the batch sizes that were used.
    folder : Path
        The run's folder: a relative weights file is looked for in it and above it.
    """
    options, schema = options_of(recipe), schema_for(recipe, root)
    names, points = metric_names_of(dataset, recipe), is_points(dataset)
    own, after, loss = _of_points(options) if points else _of_numbers(dataset, options)
    told = _told_points(names, options.resize) if points else number_words(names, "NumberLoss()")
    words = Words(
        head=_head(),
        data=_data(options, schema, slug) + own,
        loss=loss,
        told=told,
        names=names,
        after=after,
    )
    named = replace(dataset, classes=schema.names)
    text = composed(recipe, named, root, plans, precision, folder, slug, options, words)
    return {f"{slug}.py": text, f"{slug}.csv": table(dataset, schema)}


def _head() -> str:
    """The beginning of every script of photos, in the words of targets."""
    return (
        HEAD.replace("lists the photos, their classes", "lists the photos, their targets")
        .replace("CLASSES = ", "NAMES = ")
        .replace("from fastai.vision.all import *\n", "from fastai.vision.all import *\n{hooks}")
        .replace("{hooks}", "from fastai.callback.hook import num_features_model\n")
    )


def _data(options: Options, schema: Schema, slug: str) -> str:
    """The part that makes the loaders."""
    points = schema.kind == "points"
    block = (
        BLOCK_PART.replace("{slug}", slug)
        .replace("{what}", schema.kind)
        .replace("{shape}", ".reshape(-1, 2)" if points else "")
        .replace("{block}", "PointBlock" if points else "RegressionBlock(n_out=len(NAMES))")
        .replace("{resize}", RESIZE[options.resize])
        .replace("{augment}", augmentation(options, points))
    )
    columns = (
        'COLUMNS = [f"{name} {axis}" for name in NAMES for axis in "xy"]' if points else "COLUMNS = NAMES"
    )
    return f"\n{columns}\n{AIMED_PART.replace('{what}', schema.kind)}{PHOTO_PART}{block}"


def augmentation(options: Options, points: bool) -> str:
    """The random changes as an expression."""
    arguments = AUGMENT[options.augment]
    if arguments is None:
        return "[]"
    given = {"do_flip": mirrors(options, points), **arguments}
    written = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return f"aug_transforms({written}, pad_mode=PadMode.Zeros)"


def _told_points(names: Sequence[str], method: str) -> Told:
    """The metrics of points."""
    figures = (
        POINT_FIGURE.format(name=name, words=words, figure=figure)
        for name in names
        for words, figure in (POINT_FIGURES[name],)
    )
    functions = TOLD_PART.format(shown=SHOWN[method]) + "".join(figures)
    return Told(tuple(f"PointMetric({name})" for name in names), functions)


def _of_points(options: Options) -> tuple[str, str, str]:
    """Loss and head of points, what happens to the learner, and the loss as an expression."""
    if options.head == "pooled":
        part, after = BOUNDED_PART, POOLED_AFTER.format(beyond=BEYOND)
    else:
        part, after = HEAD_PART.format(units=UNITS), HEAD_AFTER.format(dropout=repr(options.dropout))
    return _missed(options, "points") + POINT_PART + part, after, "PointLoss()"


def _of_numbers(dataset: Dataset, options: Options) -> tuple[str, str, str]:
    """The same of numbers."""
    bounds, (means, deviations) = bounds_of(dataset, options), scale_of(dataset)
    limits = "" if bounds is None else LIMITS.format(low=bounds[0], high=bounds[1])
    text = _missed(options, "numbers")
    text += NUMBER_PART.format(means=means, deviations=deviations, limits=limits)
    if bounds is None:
        return text, ZERO_AFTER, "NumberLoss()"
    return text + BOUNDED_PART, ZERO_AFTER + BOUNDED_AFTER, "NumberLoss()"


def _missed(options: Options, kind: str) -> str:
    """The part that says how a miss counts."""
    written = MISSED[miss_of(options, kind == "points")].format(near=NEAR[kind])
    return MISSED_PART.format(missed=written)


def table(dataset: Dataset, schema: Schema) -> str:
    """Return the items as CSV: photo (below the data folder), targets, valid (yes or no)."""
    points = schema.kind == "points"
    names = [f"{name} {axis}" for name in schema.names for axis in "xy"] if points else list(schema.names)
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(("photo", *names, "valid"))
    for item in dataset.items:
        pairs = (
            [number for point in item.target for number in point or ("", "")]
            if points
            else as_numbers(item.target)
        )
        rows.writerow((item.key, *map(_cell, pairs), "yes" if item.valid else "no"))
    return written.getvalue()


def _cell(number: float | str) -> str:
    return number if isinstance(number, str) else repr(float(number))
