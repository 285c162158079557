"""From batches to a learner: fastai's `vision_learner` with one yes or no for every tag. Imports torch: engine only."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import torch
from fastai.vision.all import (
    DataLoaders,
    HammingLossMulti,
    Learner,
    accuracy_multi,
    skm_to_fastai,
)
from sklearn.metrics import fbeta_score

from studio.dataset.balance import positive_weights
from studio.problems.base import Dataset
from studio.problems.image_classification.learner import photo_learner
from studio.problems.multi_label.items import options_of
from studio.problems.vision.losses import tag_loss
from studio.recipe.schema import Recipe

METRIC_NAMES = ("fbeta_score", "accuracy_multi", "hamming_loss")


def metric_names() -> tuple[str, ...]:
    """The metrics by fastai's names, in the order in which they are computed."""
    return METRIC_NAMES


def metrics(threshold: float, beta: float) -> list[Any]:
    """F-beta of each item on the average, the share of right flags, and that of wrong ones.

    An item without tags of which nothing is said counts as right; fastai's `FBetaMulti` counts it as wrong.
    """
    fbeta = skm_to_fastai(
        fbeta_score,
        thresh=threshold,
        flatten=False,
        beta=beta,
        average="samples",
        zero_division=1.0,
    )
    return [fbeta, partial(accuracy_multi, thresh=threshold), HammingLossMulti(thresh=threshold)]


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
    return photo_learner(dls, options, path, loss, metrics(options.threshold, options.beta))
