"""A body of two groups and a head, with batch norm and dropout, so that buffers and randomness matter."""

from __future__ import annotations

import os
from pathlib import Path

import torch
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from fastai.losses import CrossEntropyLossFlat
from fastai.metrics import accuracy
from fastai.torch_core import params
from torch import nn

from studio.problems.base import Dataset
from studio.recipe.schema import Recipe
from tests.engine.toy_problem import PROBLEM


class Echoes(nn.Module):
    """Memory for every item, and not one weight."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The mean of many times the same, a little bent: (n, classes) to (n, classes)."""
        return x.repeat(1, self.times).tanh().sinh().view(len(x), self.times, -1).mean(1)


def metric_names() -> tuple[str, ...]:
    """By fastai's names."""
    return ("accuracy",)


def groups(model: nn.Module) -> list[list[nn.Parameter]]:
    """Parameters of the three layer groups."""
    return [params(model[0]), params(model[1]), params(model[2])]


def build(dls: DataLoaders, dataset: Dataset, recipe: Recipe, path: Path) -> Learner:
    """Build the learner."""
    options = PROBLEM.options_of(recipe)
    if options.is_chatty:
        print("a library says something", flush=True)
        os.write(1, b"and so does one written in C\n")
    model = nn.Sequential(
        nn.Sequential(nn.Linear(3, 16), nn.BatchNorm1d(16), nn.ReLU()),
        nn.Sequential(nn.Linear(16, 16), nn.BatchNorm1d(16), nn.ReLU()),
        nn.Sequential(nn.Dropout(0.2), nn.Linear(16, len(dataset.classes))),
    )
    if options.echoes:
        model[2].append(Echoes(options.echoes))
    return Learner(dls, model, CrossEntropyLossFlat(), splitter=groups, metrics=[accuracy], path=path)
