"""The same run as a plain fastai script: what a person would have written, and the same losses batch for batch.

The script takes its rows, targets and sets from a table beside it, so that cleaning, rows left out and the split are
exactly those of the run. Only text is made here: no torch, no fastai, no pandas, no Qt.
"""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import studio
from studio.engine.messages import StagePlan
from studio.problems.base import Dataset
from studio.problems.fit_words import fit_words
from studio.problems.measures.parts import Words, class_words, number_words
from studio.problems.tabular import script_parts as parts
from studio.problems.tabular.cells import category, date, finite
from studio.problems.tabular.features import CATEGORY_PARTS, part_name
from studio.problems.tabular.items import metric_names_of
from studio.problems.tabular.options import Options, layer_sizes
from studio.problems.tabular.plan import Plan, plan_of
from studio.recipe.schema import Recipe


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
    dataset : Dataset
        As trained on, edits applied.
    plans : sequence of StagePlan
        The stages as run, with the batch sizes that were used.
    precision : {"fp32", "fp16", "bf16"}
        What the run was computed in.
    slug : str
        Stem of the file names.
    """
    from studio.problems.tabular import PROBLEM

    options, plan = PROBLEM.options_of(recipe), plan_of(recipe, root)
    dates = plan.named("date")
    names, is_class = metric_names_of(dataset, recipe), bool(dataset.classes)
    told = class_words(names) if is_class else number_words(names, "StandardisedLoss(*SCALE)")
    fit = fit_words(recipe, plans, names)
    block = "CategoryBlock(vocab=CLASSES)" if dataset.classes else "RegressionBlock()"
    text = [
        _head(recipe, dataset, plan, plans, slug, told.imports),
        parts.WORD if dates else "",
        parts.LOADERS.format(slug=slug, block=block, dates=parts.DATES if dates else ""),
        _learner(options, is_class, precision, told),
        parts.TRAIN.format(
            fit=fit.lines,
            classes=fit.classes,
            slug=slug,
            named=", ".join(_text(name) for name in ("valid_loss", *names)),
        ),
    ]
    return {f"{slug}.py": "".join(text), f"{slug}.csv": table(dataset, plan)}


def valid_name(plan: Plan) -> str:
    """A name for the column of the sets that no column of the table has."""
    name = "validation"
    while name in plan.table.columns:
        name += "_"
    return name


def table(dataset: Dataset, plan: Plan) -> str:
    """Return the rows as CSV: the columns that the network sees, the target, and validation (yes or no)."""
    at = {str(row.line): place for place, row in enumerate(plan.table.rows)}
    columns = [
        [_written(column, cell) for cell in plan.table.values(column["name"])] for column in plan.inputs
    ]
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow((*(column["name"] for column in plan.inputs), plan.target, valid_name(plan)))
    for item in dataset.items:
        cells = [column[at[item.key]] for column in columns]
        target = item.target if isinstance(item.target, str) else repr(float(item.target))
        rows.writerow((*cells, target, "yes" if item.valid else "no"))
    return written.getvalue()


def _written(column: dict[str, Any], cell: str) -> str:
    """A cell as every program reads it the same: categories by name, numbers with a dot, dates as ISO writes them."""
    if column["role"] == "categorical":
        return category(cell, column["kind"] == "number", column["decimal"])
    if column["role"] == "date":
        when = date(cell, column["form"])
        return "" if when is None else when.isoformat()
    value = finite(cell, column["decimal"])
    return "" if value != value else repr(value)


def _head(
    recipe: Recipe, dataset: Dataset, plan: Plan, plans: Sequence[StagePlan], slug: str, imports: str
) -> str:
    return parts.HEAD.format(
        imports=imports,
        name=recipe.name.replace("\\", "/").replace('"', "'"),
        studio=studio.__version__,
        slug=slug,
        target=_text(plan.target),
        valid=_text(valid_name(plan)),
        lists=_lists(dataset, plan),
        stages="\n".join(_stage(recipe, stage, len(dataset.train())) for stage in plans),
    )


def _lists(dataset: Dataset, plan: Plan) -> str:
    """The names that the script works by, as Python."""
    names = _features(plan)
    texts = [*plan.named("categorical"), *([plan.target] if dataset.classes else [])]
    said = {"CATEGORIES": names[0], "NUMBERS": names[1], "TEXTS": texts}
    if plan.named("date"):
        dates = [c for c in plan.inputs if c["role"] == "date"]
        split = [
            [part_name(c["name"], p) for c in dates for p in c["parts"] if (p in CATEGORY_PARTS) is is_c]
            for is_c in (True, False)
        ]
        said |= {"DATES": list(plan.named("date")), "DATE_CATEGORIES": split[0], "DATE_NUMBERS": split[1]}
    if dataset.classes:
        said["CLASSES"] = list(dataset.classes)
    lines = [f"{name} = {_listed(values)}" for name, values in said.items()]
    if not dataset.classes:
        lines.append(f"SCALE = {_scale(dataset)!r}  # mean and deviation of the training rows' targets")
    return "\n".join(lines) + "\n"


def _features(plan: Plan) -> tuple[list[str], list[str]]:
    """Names of the categories and of the numbers, in the network's order."""
    named: list[str] = []
    counted: list[str] = []
    for column in plan.inputs:
        for part in column["parts"] or [""]:
            is_category = part in CATEGORY_PARTS if part else column["role"] == "categorical"
            (named if is_category else counted).append(
                part_name(column["name"], part) if part else column["name"]
            )
    return named, counted


def _scale(dataset: Dataset) -> tuple[float, float]:
    import numpy as np

    targets = np.array([float(item.target) for item in dataset.train()])
    return float(targets.mean()), float(targets.std()) or 1.0


def _stage(recipe: Recipe, plan: StagePlan, n_train: int) -> str:
    rate = f"slice({plan.lr_max!r})" if plan.lr_min is None else f"slice({plan.lr_min!r}, {plan.lr_max!r})"
    size = min(plan.batch_size, n_train)
    return (
        f"    Stage(seed={recipe.seed + plan.index}, freeze={plan.freeze}, epochs={plan.epochs}, "
        f"batch_size={size}, rate={rate}),"
    )


def _learner(options: Options, is_class: bool, precision: str, told: Words) -> str:
    half = (
        f'    if DEVICE.type == "cuda":\n        learn.to_{precision}()\n'
        if precision in ("fp16", "bf16")
        else ""
    )
    text = parts.CLASS_LEARNER if is_class else parts.NUMBER_LEARNER
    return text.format(
        layers=layer_sizes(options.layers),
        dropout=repr(options.dropout),
        embed_dropout=repr(options.embed_dropout),
        precision=half,
        metrics=told.listed(),
        functions=told.functions,
    )


def _listed(names: Sequence[str]) -> str:
    line = ", ".join(_text(name) for name in names)
    lines = textwrap.wrap(
        line.replace(" ", "\0").replace(",\0", ", "), 100, break_long_words=False, break_on_hyphens=False
    )
    text = "\n    ".join(lines).replace("\0", " ")
    return f"[{text}]" if len(lines) < 2 else f"[\n    {text},\n]"


def _text(value: str) -> str:
    """Return a string as Python writes it, in double quotes."""
    return json.dumps(value, ensure_ascii=False)
