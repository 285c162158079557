"""A body of two groups and a head, with batch norm and dropout, so that buffers and randomness matter."""

from __future__ import annotations

import os
from pathlib import Path

from fastai.data.core import DataLoaders
from fastai.learner import Learner
from fastai.losses import CrossEntropyLossFlat
from fastai.metrics import accuracy
from fastai.torch_core import params
from torch import nn

from studio.problems.base import Dataset
from studio.recipe.schema import Recipe
from tests.engine.toy_problem import PROBLEM


def metric_names() -> tuple[str, ...]:
    """By fastai's names."""
    return ("accuracy",)


def groups(model: nn.Module) -> list[list[nn.Parameter]]:
    """Parameters of the three layer groups."""
    return [params(model[0]), params(model[1]), params(model[2])]


def build(dls: DataLoaders, dataset: Dataset, recipe: Recipe, path: Path) -> Learner:
    """Build the learner."""
    if PROBLEM.options_of(recipe).is_chatty:
        print("a library says something", flush=True)
        os.write(1, b"and so does one written in C\n")
    model = nn.Sequential(
        nn.Sequential(nn.Linear(3, 16), nn.BatchNorm1d(16), nn.ReLU()),
        nn.Sequential(nn.Linear(16, 16), nn.BatchNorm1d(16), nn.ReLU()),
        nn.Sequential(nn.Dropout(0.2), nn.Linear(16, len(dataset.classes))),
    )
    return Learner(dls, model, CrossEntropyLossFlat(), splitter=groups, metrics=[accuracy], path=path)
