"""From batches to a learner: fastai's `vision_learner`, with weights from ImageNet, from a file, or none.

A file's weights go in after the learner is built, into its body alone, as a plain script does it:

    learn = vision_learner(dls, arch, pretrained=False, normalize=False, ...)
    network = arch(weights=None); network.load_state_dict(tensors, strict=False)
    learn.model[0].load_state_dict(create_body(network, pretrained=False, cut=...).state_dict())

Drawing random numbers is fine here: the engine seeds again before the fit. Imports torch: engine only.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import getproxies

import torch
from fastai.vision.all import DataLoaders, Learner, vision_learner
from torch import nn

from studio.dataset.balance import class_weights
from studio.errors import UserError
from studio.problems.base import Dataset
from studio.problems.image_classification.items import metric_names_of as metric_names_of
from studio.problems.image_classification.items import options_of
from studio.problems.image_classification.options import METRICS, TORCHVISION, require_architecture
from studio.problems.image_classification.weights import (
    find_file,
    load_into,
    maker_of,
    read_file,
    whole_and_body,
)
from studio.problems.measures.metrics import class_metric
from studio.problems.vision.losses import class_loss
from studio.problems.vision.networks import PhotoOptions
from studio.recipe.schema import Recipe

HUB = "huggingface.co"
REACH_S = 5.0


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
    weighted = {"weight": torch.tensor(class_weights(dataset))} if is_weighted else {}
    metrics = [class_metric(name) for name in metric_names_of(dataset, recipe)]
    return photo_learner(dls, options, path, class_loss(options.loss, **weighted), metrics)


def photo_learner(
    dls: DataLoaders,
    options: PhotoOptions,
    path: Path,
    loss: Any,
    metrics: Sequence[Any],
    n_out: int | None = None,
) -> Learner:
    """A learner of photos with a loss and a number of outputs of its own; see `build` for the rest."""
    arch = require_architecture(options.arch)
    from_file = options.weights not in ("imagenet", "none")
    file = find_file(options.weights, path) if from_file else None
    tensors = read_file(file) if file else {}
    pretrained = options.weights == "imagenet"
    learner = _vision_learner(dls, arch, pretrained, options.dropout, path, loss, metrics, n_out)
    learner.unfreeze()
    if file:
        load_body(learner.model[0], tensors, arch, file.name)
    return learner


def _vision_learner(
    dls: DataLoaders,
    arch: str,
    pretrained: bool,
    dropout: float,
    path: Path,
    loss: Any,
    metrics: Sequence[Any],
    n_out: int | None,
) -> Learner:
    try:
        return vision_learner(
            dls,
            maker_of(arch),
            pretrained=pretrained,
            normalize=False,
            ps=dropout,
            loss_func=loss,
            metrics=list(metrics),
            n_out=n_out,
            path=path,
            model_dir="models",
            **(timm_source(arch) if pretrained and arch not in TORCHVISION else {}),
        )
    except Exception as error:  # whatever it is, it goes on, as a sentence where it is one of fetching
        if pretrained and is_download(error):
            raise no_download(arch) from error
        raise


def load_body(body: nn.Module, tensors: dict[str, Any], arch: str, source: str) -> None:
    """Copy a file's tensors into a learner's body; a learner's own file (names from `0.`) works too.

    Raises
    ------
    UserError
        Where they do not fit.
    """
    own = {name.removeprefix("0."): value for name, value in tensors.items() if name.startswith("0.")}
    if own.keys() >= body.state_dict().keys():
        load_into(body, body, own, arch, source)
        return
    network, part = whole_and_body(arch)
    load_into(network, part, tensors, arch, source)
    body.load_state_dict(part.state_dict())


def is_download(error: BaseException) -> bool:
    """Whether an error, or what it came from, is one of fetching a file."""
    seen: BaseException | None = error
    while seen is not None:
        module = type(seen).__module__.partition(".")[0]
        if isinstance(seen, URLError | ConnectionError | TimeoutError):
            return True
        if module in ("huggingface_hub", "requests", "httpx", "urllib3") or "invalid hash value" in str(seen):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def timm_source(arch: str) -> dict[str, Any]:
    """Arguments for timm's maker that take weights from the cache without asking the network.

    Raises
    ------
    UserError
        At once where they are not cached and the network is away: the hub's own client tries for a minute.
    """
    cached = cached_weights(arch)
    if cached is not None:
        return {"pretrained_cfg_overlay": {"file": cached}}
    if not getproxies().get("https"):
        try:
            socket.create_connection((HUB, 443), timeout=REACH_S).close()
        except OSError as error:
            raise no_download(arch) from error
    return {}


def cached_weights(arch: str) -> str | None:
    """The file of a timm network's weights, where it was downloaded before."""
    import timm
    from huggingface_hub import try_to_load_from_cache

    cached = try_to_load_from_cache(timm.get_pretrained_cfg(arch).hf_hub_id, "model.safetensors")
    return cached if isinstance(cached, str) else None


def no_download(arch: str) -> UserError:
    """The error for ImageNet weights that are neither here nor to be had."""
    where = "TORCH_HOME/hub/checkpoints" if arch in TORCHVISION else "the Hugging Face cache"
    return UserError(
        f"The ImageNet weights of {arch} could not be downloaded.",
        "Connect to the internet once, choose a weights file, or set the weights to none. "
        f"Weights that were downloaded before are taken from {where}.",
        fix="weights",
    )
