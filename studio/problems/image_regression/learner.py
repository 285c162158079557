"""From batches to a learner: fastai's `vision_learner`, with a head that keeps places or a bounded number.

    learn = vision_learner(dls, arch, normalize=False, ps=dropout, n_out=..., loss_func=..., metrics=...)
    learn.model[1] = PointHead(num_features_model(learn.model[0]), points, dropout)      # points
    nn.init.zeros_(learn.model[1][-1].weight)                                            # numbers begin at their mean
    learn.model[1] = nn.Sequential(learn.model[1], Bounded(low, high))                   # and stay within limits
    apply_init(learn.model[1], nn.init.kaiming_normal_)                                  # points

Numbers are standardised by the loss alone; limits are put down in the same units. Imports torch: engine only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastai.callback.hook import num_features_model
from fastai.torch_core import apply_init
from fastai.vision.all import DataLoaders, Learner
from torch import nn

from studio.problems.base import Dataset
from studio.problems.image_classification.learner import photo_learner
from studio.problems.image_regression.heads import Bounded, PointHead, pooled_points
from studio.problems.image_regression.items import count_of, is_points, options_of
from studio.problems.image_regression.items import metric_names_of as metric_names_of
from studio.problems.image_regression.losses import NumberLoss, PointLoss
from studio.problems.image_regression.metrics import number_metrics_for, point_metrics
from studio.problems.image_regression.options import NUMBER_METRICS, POINT_METRICS, Options, miss_of
from studio.problems.image_regression.scaling import bounds_of, scale_of
from studio.recipe.schema import Recipe


def metric_names() -> tuple[str, ...]:
    """All metrics there can be, in the order in which they are computed."""
    return (*POINT_METRICS, *NUMBER_METRICS)


def build(dls: DataLoaders, dataset: Dataset, recipe: Recipe, path: Path) -> Learner:
    """Build the learner; nothing is frozen yet.

    Parameters
    ----------
    path : Path
        A folder of ours that the learner may write to; a relative weights file is looked for in and above it.

    Raises
    ------
    UserError
        Where the network is unknown, the weights do not fit or cannot be downloaded, or the limits are none.
    """
    options, count = options_of(recipe), count_of(dataset)
    made = _of_points if is_points(dataset) else _of_numbers
    learner = made(dls, dataset, options, path, count, metric_names_of(dataset, recipe))
    learner.opt = None  # it knew the parameters of the head that was replaced
    learner.unfreeze()
    return learner


def _of_numbers(
    dls: DataLoaders, dataset: Dataset, options: Options, path: Path, count: int, names: Sequence[str]
) -> Learner:
    loss = NumberLoss(*scale_of(dataset), miss=miss_of(options, False))
    learner = photo_learner(dls, options, path, loss, number_metrics_for(names, loss), n_out=count)
    nn.init.zeros_(learner.model[1][-1].weight)
    bounds = bounds_of(dataset, options)
    if bounds is not None:
        learner.model[1] = nn.Sequential(learner.model[1], Bounded(*bounds))
    return learner


def _of_points(
    dls: DataLoaders, dataset: Dataset, options: Options, path: Path, count: int, names: Sequence[str]
) -> Learner:
    metrics = point_metrics(names, options.resize)
    learner = photo_learner(dls, options, path, PointLoss(miss_of(options, True)), metrics, n_out=2 * count)
    if options.head == "pooled":
        learner.model[1] = pooled_points(learner.model[1], count)
        return learner
    learner.model[1] = PointHead(num_features_model(learner.model[0]), count, options.dropout)
    apply_init(learner.model[1], nn.init.kaiming_normal_)
    return learner
