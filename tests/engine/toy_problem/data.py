"""Points to batches; every item is shaken by all three random generators, so that none may be forgotten."""

from __future__ import annotations

import random
import time
from pathlib import Path

import numpy as np
import torch
from fastai.data.core import DataLoaders
from fastai.data.load import DataLoader

from studio.engine.messages import PreviewSample
from studio.problems.base import Dataset, Item
from studio.recipe.schema import Recipe, Stage
from tests.engine.toy_problem import PROBLEM, Options

CENTRES = {"east": (1.0, 0.0, 0.0), "north": (0.0, 1.0, 0.0), "west": (-1.0, 0.0, 0.5)}


class Points:
    """Tensors (3,) float32 and class numbers () int64."""

    def __init__(
        self, items: tuple[Item, ...], classes: tuple[str, ...], options: Options, shake: bool, root: Path
    ) -> None:
        self.items, self.classes, self.options, self.shake = items, classes, options, shake
        self.hang = root / "hang"

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, at: int) -> tuple[torch.Tensor, torch.Tensor]:
        item = self.items[at]
        if self.options.slow_s:
            time.sleep(self.options.slow_s)
            while self.hang.exists():
                time.sleep(0.1)
        own = np.random.default_rng(int(item.key)).normal(0, self.options.spread, 3)
        point = np.array(CENTRES[item.target]) + own
        if self.shake:
            point = point + 0.01 * (random.random() + np.random.rand() + torch.rand(3).numpy())
        if int(item.key) == self.options.nan_at:
            point = point * np.nan
        return torch.tensor(point, dtype=torch.float32), torch.tensor(self.classes.index(item.target))


def dataloaders(dataset: Dataset, recipe: Recipe, stage: Stage, batch_size: int, path: Path) -> DataLoaders:
    """Shuffled for training, the last short batch dropped."""
    options, device = PROBLEM.options_of(recipe), torch.device("cpu")
    train = Points(dataset.train(), dataset.classes, options, True, path)
    valid = Points(dataset.valid(), dataset.classes, options, False, path)
    return DataLoaders(
        DataLoader(train, bs=batch_size, shuffle=True, drop_last=True, device=device),
        DataLoader(valid, bs=batch_size, device=device),
        path=path,
        device=device,
    )


def preview(dls: DataLoaders) -> tuple[PreviewSample, ...]:
    """Points have no picture worth looking at."""
    points, _ = dls.train.one_batch()
    return tuple(PreviewSample(b"", str(tuple(p.tolist()))) for p in points)
