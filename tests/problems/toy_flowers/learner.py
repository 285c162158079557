"""A network of two layers."""

from __future__ import annotations

from pathlib import Path

from fastai.data.core import DataLoaders
from fastai.learner import Learner
from fastai.losses import CrossEntropyLossFlat
from fastai.metrics import accuracy
from torch import nn

from studio.problems.base import Dataset
from studio.recipe.schema import Recipe
from tests.problems.toy_flowers import PROBLEM


def metric_names() -> tuple[str, ...]:
    """By fastai's names."""
    return ("accuracy",)


def build(dls: DataLoaders, dataset: Dataset, recipe: Recipe, path: Path) -> Learner:
    """Build the learner."""
    hidden = PROBLEM.options_of(recipe).hidden
    model = nn.Sequential(nn.Linear(4, hidden), nn.ReLU(), nn.Linear(hidden, len(dataset.classes)))
    return Learner(dls, model, CrossEntropyLossFlat(), metrics=[accuracy], path=path)
