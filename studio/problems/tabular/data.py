"""Rows to batches, in plain fastai: what is here, a script of forty lines can say too.

    to = TabularPandas(frame, procs=[FillGaps(), Categorify(), Normalize()], cat_names=..., cont_names=...,
                       y_names=target, y_block=CategoryBlock(vocab=classes) or RegressionBlock(), splits=(train, valid),
                       reduce_memory=False)
    dls = to.dataloaders(bs=batch_size, dl_type=TabDataLoader)

`TabDataLoader` shuffles; the loader that fastai 2.8 takes by default draws rows with replacement, so that an epoch
misses a third of them. Where the recipe is not `exact`, `RowLoader` gives the same batches from tensors.
The frame's columns stand in the order categories, numbers, target: fastai 2.8 under pandas 3 fails on any other order.
A number target keeps its own unit here; the loss of `learner.py` standardises it. The random state is the caller's
business. Imports torch: engine only. No Qt.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from fastai.tabular.all import (
    Categorify,
    CategoryBlock,
    DataLoaders,
    Normalize,
    RegressionBlock,
    TabularPandas,
    TabularProc,
)

from studio.dataset.pipeline.tables import loading
from studio.engine.messages import PreviewSample
from studio.errors import UserError
from studio.problems.base import Dataset
from studio.problems.tabular import features
from studio.problems.tabular.items import require_trainable
from studio.problems.tabular.plan import Plan, plan_of
from studio.recipe.schema import Recipe, Stage

PREVIEWED = 16
SMALLEST_BATCH = 2


class FillGaps(TabularProc):
    """Fills the gaps of every column of numbers by its training median, as fastai's `FillMissing` does.

    Unlike that one it also knows what to do with a column whose first gap comes after training. As there, a column
    that has gaps in training gets a companion (`_na`) that says where they were.
    """

    def setups(self, to: Any) -> None:
        """Learn medians, and which columns have gaps, from the training rows."""
        self.medians = {name: _known(to[name].median()) for name in to.cont_names}
        self.gaps = [name for name in to.cont_names if to[name].isna().any()]

    def encodes(self, to: Any) -> None:
        """Fill the gaps."""
        for name, median in self.medians.items():
            missing = to[name].isna()
            to[name] = to[name].fillna(median)
            if name in self.gaps:
                to.loc[:, f"{name}_na"] = missing
                if f"{name}_na" not in to.cat_names:
                    to.cat_names.append(f"{name}_na")


def _known(median: float) -> float:
    return 0.0 if math.isnan(median) else float(median)


@dataclass(frozen=True)
class Framed:
    """The rows of a dataset as fastai takes them.

    Attributes
    ----------
    frame : DataFrame
        Rows in the dataset's order; columns: categories (str, nan where missing), numbers (float64), target.
    categories, numbers : list of str
        Names of the columns; `sources` tells for each the column of the table that it comes from.
    """

    frame: pd.DataFrame
    categories: list[str]
    numbers: list[str]
    sources: dict[str, str]


def framed(dataset: Dataset, plan: Plan) -> Framed:
    """Lay the dataset's rows out as columns."""
    at = {row.line: place for place, row in enumerate(plan.table.rows)}
    places = [at[int(item.key)] for item in dataset.items]
    columns, categories, numbers, sources = {}, [], [], {}
    for column in plan.inputs:
        cells = plan.table.values(column["name"])
        written = [cells[place] for place in places]
        for name, words in features.categories(column, written).items():
            columns[name] = pd.Series(words, dtype="str").replace("", np.nan)
            categories.append(name)
            sources[name] = column["name"]
        for name, values in features.numbers(column, written).items():
            columns[name] = pd.Series(values, dtype="float64")
            numbers.append(name)
            sources[name] = column["name"]
    ordered = {name: columns[name] for name in (*categories, *numbers)}
    ordered[plan.target] = pd.Series([item.target for item in dataset.items])
    return Framed(pd.DataFrame(ordered), categories, numbers, sources)


def dataloaders(dataset: Dataset, recipe: Recipe, stage: Stage, batch_size: int, path: Path) -> DataLoaders:
    """Build the loaders of one stage.

    Parameters
    ----------
    batch_size : int
        Lowered to the number of training rows where there are fewer.
    path : Path
        The absolute data root; nothing is written into it.

    Returns
    -------
    DataLoaders
        Batches of categories (batch, n_categories) int64, numbers (batch, n_numbers) float32, standardised, and
        targets (batch, 1): class numbers int8, or numbers float32 in their own unit. Training rows are shuffled, a
        last short batch is dropped.

    Raises
    ------
    UserError
        Where the dataset cannot be trained on.
    """
    plan = plan_of(recipe, path)
    require_trainable(dataset, plan)
    rows = framed(dataset, plan)
    is_valid = [item.valid for item in dataset.items]
    splits = ([at for at, v in enumerate(is_valid) if not v], [at for at, v in enumerate(is_valid) if v])
    table = TabularPandas(
        rows.frame,
        procs=[FillGaps(), Categorify(), Normalize()],
        cat_names=list(rows.categories),
        cont_names=list(rows.numbers),
        y_names=plan.target,
        y_block=CategoryBlock(vocab=list(dataset.classes)) if dataset.classes else RegressionBlock(),
        splits=splits,
        reduce_memory=False,
    )
    device = (
        torch.device("cuda", torch.cuda.current_device())
        if torch.cuda.is_available()
        else torch.device("cpu")
    )
    used = lowered(batch_size, len(splits[0]))
    return table.dataloaders(bs=used, path=path, device=device, **loading(recipe.training.exact, used))


def lowered(batch_size: int, n_train: int) -> int:
    """The batch that is used: never more than there is to train on.

    Raises
    ------
    UserError
        Where fewer than two rows are left for a batch, on which batch normalisation cannot train.
    """
    used = min(batch_size, n_train)
    if used >= SMALLEST_BATCH:
        return used
    if n_train < SMALLEST_BATCH:
        raise UserError("There is only one row to train on.", "Add rows, or keep fewer for validation.")
    raise UserError(
        f"A batch of {batch_size} is too small: the network compares the rows of a batch.",
        "Set the batch size to 2 or more.",
        fix="batch_size=auto",
    )


def preview(dls: DataLoaders) -> tuple[PreviewSample, ...]:
    """Show up to 16 rows of one training batch, in words: what the model receives, turned back."""
    batch = dls.train.one_batch()
    decoded = dls.train.after_batch.decode(batch)
    frame = decoded.decode().items[:PREVIEWED]
    names = [*decoded.cat_names, *decoded.cont_names]
    target = decoded.y_names[0]
    rows = frame.to_dict("records")
    return tuple(
        PreviewSample(b"", short(row[target]), row_words([(n, row[n]) for n in names])) for row in rows
    )


def row_words(cells: Sequence[tuple[str, Any]], most: int = 8) -> str:
    """The first cells of a row, for one line."""
    shown = [f"{name}: {short(value)}" for name, value in cells if not _is_missing(value)]
    return ", ".join(shown[:most]) + (", …" if len(shown) > most else "")


def _is_missing(value: Any) -> bool:
    return value is None or value == "" or value == "#na#" or (isinstance(value, float) and math.isnan(value))


def short(value: Any) -> str:
    """A value with few figures."""
    return f"{value:.6g}" if isinstance(value, float | np.floating) else str(value)
