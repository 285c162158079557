"""From batches to a learner: fastai's `vision_learner` with one yes or no for every tag. Imports torch: engine only."""

from __future__ import annotations

from pathlib import Path

import torch
from fastai.vision.all import DataLoaders, Learner

from studio.dataset.balance import positive_weights
from studio.problems.base import Dataset
from studio.problems.image_classification.learner import photo_learner
from studio.problems.measures.metrics import tag_metric
from studio.problems.multi_label.items import metric_names_of as metric_names_of
from studio.problems.multi_label.items import options_of
from studio.problems.multi_label.options import METRICS
from studio.problems.vision.losses import tag_loss
from studio.recipe.schema import Recipe


def metric_names() -> tuple[str, ...]:
    """The metrics told by themselves, in the order in which they are computed."""
    return METRICS


def build(dls: DataLoaders, dataset: Dataset, recipe: Recipe, path: Path) -> Learner:
    """Build the learner; nothing is frozen yet.

    Parameters
    ----------
    path : Path
        A folder of ours that the learner may write to; a relative weights file is looked for in and above it.

    Raises
    ------
    UserError
        Where the network is unknown, the weights do not fit, or cannot be downloaded.
    """
    options = options_of(recipe)
    is_weighted = options.class_weights == "balanced"
    weighted = {"pos_weight": torch.tensor(positive_weights(dataset))} if is_weighted else {}
    loss = tag_loss(options.loss, thresh=options.threshold, **weighted)
    names = metric_names_of(dataset, recipe)
    metrics = [tag_metric(name, options.threshold, options.beta) for name in names]
    return photo_learner(dls, options, path, loss, metrics)
