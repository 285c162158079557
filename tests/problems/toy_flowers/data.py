"""Rows to batches of (batch, 4) float32 and (batch,) int64."""

from __future__ import annotations

from pathlib import Path

import torch
from fastai.data.core import DataLoaders
from fastai.data.load import DataLoader

from studio.dataset.tables import read_table
from studio.engine.messages import PreviewSample
from studio.problems.base import Dataset, Item
from studio.recipe.schema import Recipe, Stage
from tests.problems.toy_flowers import PROBLEM, TABLE

Row = tuple[torch.Tensor, torch.Tensor]


def rows_of(items: tuple[Item, ...], dataset: Dataset, recipe: Recipe, root: Path) -> list[Row]:
    """Measurements and class numbers of items."""
    table = read_table(root / TABLE)
    at = table.index(PROBLEM.options_of(recipe).target)
    cells = {f"{row.line:05d}": [float(c) for n, c in enumerate(row.cells) if n != at] for row in table.rows}
    return [(torch.tensor(cells[i.key]), torch.tensor(dataset.classes.index(i.target))) for i in items]


def dataloaders(dataset: Dataset, recipe: Recipe, stage: Stage, batch_size: int, path: Path) -> DataLoaders:
    """Build the loaders of one stage."""
    device = torch.device("cpu")
    train = rows_of(dataset.train(), dataset, recipe, path)
    valid = rows_of(dataset.valid(), dataset, recipe, path)
    return DataLoaders(
        DataLoader(train, bs=batch_size, shuffle=True, drop_last=True, device=device),
        DataLoader(valid, bs=batch_size, device=device),
        path=path,
        device=device,
    )


def preview(dls: DataLoaders) -> tuple[PreviewSample, ...]:
    """A row has no picture."""
    return tuple(PreviewSample(b"", str(n)) for n in dls.train.one_batch()[1].tolist())
