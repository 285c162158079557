"""From batches to a learner: fastai's `tabular_learner`, embeddings sized by its own rule.

A number to predict is standardised by the loss: the network learns (target - mean) / deviation, of the training rows,
so that salaries in the hundreds of thousands train like anything else; metrics and predictions come back in the
target's own unit. Imports torch: engine only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fastai.tabular.all import (
    CrossEntropyLossFlat,
    DataLoaders,
    Learner,
    Metric,
    tabular_config,
    tabular_learner,
)
from torch import Tensor
from torch.nn import functional

from studio.problems.base import Dataset
from studio.problems.measures.metrics import class_metric, number_figure
from studio.problems.tabular.items import metric_names_of as metric_names_of
from studio.problems.tabular.one_look_up import OneLookUp
from studio.problems.tabular.options import CLASS_METRICS, NUMBER_METRICS, layer_sizes
from studio.recipe.schema import Recipe


def metric_names() -> tuple[str, ...]:
    """All metrics there can be, in the order in which they are computed."""
    return (*CLASS_METRICS, *NUMBER_METRICS)


def build(dls: DataLoaders, dataset: Dataset, recipe: Recipe, path: Path) -> Learner:
    """Build the learner.

    Parameters
    ----------
    path : Path
        A folder of ours that the learner may write to.

    Raises
    ------
    UserError
        Where the layers are no list of whole numbers.
    """
    from studio.problems.tabular import PROBLEM

    options = PROBLEM.options_of(recipe)
    loss, metrics = _judged(dataset, metric_names_of(dataset, recipe))
    return tabular_learner(
        dls,
        layers=layer_sizes(options.layers),
        config=tabular_config(ps=options.dropout, embed_p=options.embed_dropout),
        n_out=len(dataset.classes) or 1,
        loss_func=loss,
        metrics=metrics,
        path=path,
        model_dir="models",
        cbs=[] if recipe.training.exact else [OneLookUp()],
    )


def _judged(dataset: Dataset, names: Sequence[str]) -> tuple[Any, list[Any]]:
    if dataset.classes:
        return CrossEntropyLossFlat(), [class_metric(name) for name in names]
    loss = StandardisedLoss(*scale_of(dataset))
    return loss, [InUnit(name, loss) for name in names]


def scale_of(dataset: Dataset) -> tuple[float, float]:
    """Mean and deviation of the training rows' targets; 1 for a deviation of nothing."""
    targets = np.array([float(item.target) for item in dataset.train()])
    return float(targets.mean()), float(targets.std()) or 1.0


class StandardisedLoss:
    """Mean squared error of a number in units of its deviation.

    The network's output is standardised. `activation` gives it back in the target's unit, so that `get_preds` and an
    exported learner answer in it.
    """

    def __init__(self, mean: float, deviation: float, reduction: str = "mean") -> None:
        self.mean, self.deviation, self.reduction = mean, deviation, reduction

    def __call__(self, predicted: Tensor, target: Tensor, **kwargs: Any) -> Tensor:
        """Compare outputs (batch, 1) with targets (batch, 1) in their own unit."""
        wanted = (target.reshape(-1).float() - self.mean) / self.deviation
        return functional.mse_loss(
            predicted.reshape(-1), wanted, reduction=kwargs.get("reduction", self.reduction)
        )

    def activation(self, predicted: Tensor) -> Tensor:
        """Outputs in the target's unit."""
        return predicted * self.deviation + self.mean

    def decodes(self, predicted: Tensor) -> Tensor:
        """An answer is what `activation` gave."""
        return predicted


class InUnit(Metric):
    """A metric of a number in its own unit, of the whole validation set."""

    def __init__(self, kind: str, loss: StandardisedLoss) -> None:
        self._kind, self._loss = kind, loss
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self._predicted: list[Tensor] = []
        self._target: list[Tensor] = []

    def accumulate(self, learn: Any) -> None:
        """Take a batch."""
        self._predicted.append(self._loss.activation(learn.pred.detach().cpu().double().reshape(-1)))
        self._target.append(learn.y.detach().cpu().double().reshape(-1))

    @property
    def value(self) -> float | None:
        """The metric; None before anything was seen."""
        if not self._target:
            return None
        return figure_in_unit(self._kind, torch.cat(self._predicted), torch.cat(self._target))

    @property
    def name(self) -> str:
        """The metric's name."""
        return self._kind


def figure_in_unit(name: str, predicted: Tensor, target: Tensor) -> float:
    """One figure of numbers (n,) by its name."""
    if name in NUMBER_METRICS:
        return number_metrics(predicted, target)[name]
    plain = (part.as_subclass(Tensor).numpy() for part in (target, predicted))
    return number_figure(name, *plain)


def number_metrics(predicted: Tensor, target: Tensor) -> dict[str, float]:
    """RMSE, MAE and R2 of numbers (n,) against (n,); R2 is 0 for guessing the mean, 1 for knowing."""
    errors = (predicted - target).as_subclass(Tensor)
    squares = float((errors**2).mean())
    spread = float(target.as_subclass(Tensor).var(correction=0))
    return {
        "rmse": squares**0.5,
        "mae": float(errors.abs().mean()),
        "r2": 1.0 - squares / spread if spread else 0.0,
    }
