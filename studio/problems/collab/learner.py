"""From batches to a learner: fastai's `collab_learner`, a dot product with biases or a small network.

Answers pass through a sigmoid that spans the recipe's range, half a step beyond the scale where it names none.
Imports torch: engine only.
"""

from __future__ import annotations

from pathlib import Path

import torch
from fastai.collab import collab_learner
from fastai.tabular.all import AccumMetric, DataLoaders, Learner
from torch import Tensor
from torch.nn import functional

from studio.problems.base import Dataset
from studio.problems.collab.plan import plan_of
from studio.problems.tabular.options import layer_sizes
from studio.recipe.schema import Recipe


def mse(predicted: Tensor, target: Tensor) -> Tensor:
    """Mean squared error."""
    return functional.mse_loss(predicted, target)


def rmse(predicted: Tensor, target: Tensor) -> Tensor:
    """Root of the mean squared error."""
    return torch.sqrt(functional.mse_loss(predicted, target))


def mae(predicted: Tensor, target: Tensor) -> Tensor:
    """Mean absolute error."""
    return functional.l1_loss(predicted, target)


METRICS = (mse, rmse, mae)


def metric_names() -> tuple[str, ...]:
    """The metrics' names, in the order in which they are computed."""
    return tuple(metric.__name__ for metric in METRICS)


def build(dls: DataLoaders, dataset: Dataset, recipe: Recipe, path: Path) -> Learner:
    """Build the learner; `path` is a folder of ours that it may write to."""
    from studio.problems.collab import PROBLEM

    options = PROBLEM.options_of(recipe)
    return collab_learner(
        dls,
        n_factors=options.factors,
        use_nn=options.kind == "neural",
        layers=layer_sizes(options.layers),
        y_range=plan_of(recipe, Path(dls.path)).y_range,
        metrics=[AccumMetric(metric, flatten=True) for metric in METRICS],
        path=path,
        model_dir="models",
    )
