"""From batches to a learner: fastai's `collab_learner`, a dot product with biases or a small network.

Answers pass through a sigmoid that spans the recipe's range, half a step beyond the scale where it names none.
Imports torch: engine only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from fastai.collab import collab_learner
from fastai.tabular.all import AccumMetric, DataLoaders, Learner
from torch import Tensor
from torch.nn import functional

from studio.problems.base import Dataset
from studio.problems.collab.items import metric_names_of as metric_names_of
from studio.problems.collab.options import METRICS
from studio.problems.collab.plan import plan_of
from studio.problems.measures.metrics import OF_NUMBERS, judged
from studio.problems.tabular.options import layer_sizes
from studio.recipe.schema import Recipe


def root_mean_square(predicted: Tensor, target: Tensor) -> Tensor:
    """Root of the mean squared error."""
    return torch.sqrt(functional.mse_loss(predicted, target))


def metric_names() -> tuple[str, ...]:
    """The metrics told by themselves, in the order in which they are computed."""
    return METRICS


def rating_metric(name: str) -> Any:
    """A metric of ratings by its name, as a learner takes it."""
    own = {"mse": functional.mse_loss, "rmse": root_mean_square, "mae": functional.l1_loss}
    if name in own:
        return AccumMetric(own[name], name=name)
    return judged(OF_NUMBERS[name], name)


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
        metrics=[rating_metric(name) for name in metric_names_of(dataset, recipe)],
        path=path,
        model_dir="models",
    )
