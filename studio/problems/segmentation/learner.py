"""From batches to a learner: fastai's `unet_learner`, with weights from ImageNet, from a file, or none.

    learn = unet_learner(dls, resnet34, pretrained=True, normalize=False, n_out=len(classes),
                         loss_func=CrossEntropyLossFlat(axis=1, ignore_index=void))     # or another of `loss`

A file's weights go into the encoder alone, after the learner is built. Drawing random numbers is fine here: the
engine seeds again before the fit. Imports torch: engine only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastai.vision.all import DataLoaders, Learner, unet_learner

from studio.problems.base import Dataset
from studio.problems.image_classification.learner import is_download, load_body, no_download
from studio.problems.image_classification.weights import find_file, maker_of, read_file
from studio.problems.segmentation.items import codes_for, options_of
from studio.problems.segmentation.items import metric_names_of as metric_names_of
from studio.problems.segmentation.metrics import metrics_for
from studio.problems.segmentation.options import METRICS, require_encoder
from studio.problems.vision.losses import class_loss
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
        Where the encoder is unknown, the weights do not fit, or cannot be downloaded.
    """
    options = options_of(recipe)
    arch = require_encoder(options.arch)
    codes = codes_for(recipe, Path(dls.path))
    file = find_file(options.weights, path) if options.weights not in ("imagenet", "none") else None
    tensors = read_file(file) if file else {}
    learner = _unet_learner(
        dls,
        arch,
        options.weights == "imagenet",
        n_out=len(dataset.classes),
        loss_func=class_loss(options.loss, axis=1, ignore_index=codes.ignored),
        metrics=metrics_for(
            metric_names_of(dataset, recipe), len(dataset.classes), codes.void, codes.ignored
        ),
        path=path,
    )
    learner.unfreeze()
    if file:
        own = {name.removeprefix("layers."): value for name, value in tensors.items()}
        load_body(learner.model[0], own, arch, file.name)
    return learner


def _unet_learner(dls: DataLoaders, arch: str, pretrained: bool, **kwargs: Any) -> Learner:
    try:
        return unet_learner(
            dls, maker_of(arch), pretrained=pretrained, normalize=False, model_dir="models", **kwargs
        )
    except Exception as error:  # whatever it is, it goes on, as a sentence where it is one of fetching
        if pretrained and is_download(error):
            raise no_download(arch) from error
        raise
