"""A trained classifier made ready to leave: the graph's module, and the photos that prove it.

The graph takes photos as they are stored, (n, height, width, 3) uint8, and does the rest itself: to float,
normalised as the learner's own loader does it, through the network, softmax. Imports torch: engine only.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from fastai.vision.all import Normalize, Resize, to_device
from numpy.typing import NDArray
from torch import Tensor, nn

from studio.errors import UserError
from studio.exports.proof import chosen
from studio.exports.serving import Serving
from studio.problems.base import Dataset
from studio.recipe.schema import Recipe

BATCH = 16


class PhotoClassifier(nn.Module):
    """From stored photos to the scores of the classes.

    Parameters
    ----------
    network : nn.Module
        Takes normalised photos (n, 3, height, width) float32, gives (n, classes).
    mean, std : (3,) float32
        Of the channels, in [0, 1].
    """

    def __init__(self, network: nn.Module, mean: Tensor, std: Tensor) -> None:
        super().__init__()
        self.network = network
        self.mean: Tensor
        self.std: Tensor
        self.register_buffer("mean", mean.view(1, 3, 1, 1))
        self.register_buffer("std", std.view(1, 3, 1, 1))

    def forward(self, photos: Tensor) -> Tensor:
        """Score photos: (n, height, width, 3) uint8 -> (n, classes) float32."""
        scaled = photos.permute(0, 3, 1, 2).float() / 255  # (n, 3, height, width)
        return torch.softmax(self.network((scaled - self.mean) / self.std), dim=1)


def serving(learner: Any, dataset: Dataset, recipe: Recipe, root: Path) -> Serving:
    """Return what the bundle needs of a trained learner, which is copied and stays as it is.

    Raises
    ------
    UserError
        Where there are no validation photos to prove the bundle with.
    """
    items = dataset.valid()
    if not items:
        raise UserError(
            "There are no validation photos to compare the export with.", "Keep a share for validation."
        )
    indices = chosen(len(items))
    network = cpu_copy(learner.model)
    resize, mean, std = input_of(learner)
    width, height = resize.size
    method = str(resize.method)
    photo = {"width": int(width), "height": int(height), "resize": method, "pad_mode": str(resize.pad_mode)}
    return Serving(
        module=PhotoClassifier(network, mean, std).eval(),
        example=(torch.zeros(2, height, width, 3, dtype=torch.uint8),),
        inputs=("photos",),
        outputs=("scores",),
        spec={
            "classes": tuple(str(c) for c in learner.dls.vocab),
            "input": photo,
            "in_graph": {"scale": "1/255", "mean": mean.tolist(), "std": std.tolist(), "softmax": True},
        },
        cases=tuple(root / items[i].key for i in indices),
        reference=lambda: {"scores": trained_scores(learner.dls.valid, network, indices)},
    )


def cpu_copy(model: nn.Module) -> nn.Module:
    """Return a copy of a model on the CPU in evaluation mode, without gradients."""
    copied = copy.deepcopy(model).cpu().float().eval()
    return copied.requires_grad_(False)


def input_of(learner: Any) -> tuple[Resize, Tensor, Tensor]:
    """Return the loader's `Resize` and its normalisation: mean and std, (3,) float32 on the CPU each."""
    loader = learner.dls.valid
    resize = next(t for t in loader.after_item.fs if isinstance(t, Resize))
    normalize = next((t for t in loader.after_batch.fs if isinstance(t, Normalize)), None)
    if normalize is None:
        return resize, torch.zeros(3), torch.ones(3)
    return resize, _plain(normalize.mean), _plain(normalize.std)


def softmax(raw: Tensor) -> Tensor:
    """The shares of the classes, (n, classes)."""
    return torch.softmax(raw, dim=1)


def trained_scores(
    loader: Any, network: nn.Module, indices: Sequence[int], activation: Callable[[Tensor], Tensor] = softmax
) -> NDArray[np.float32]:
    """Score items of a validation loader by its own transforms: (n_indices, classes) float32."""
    loader.before_iter()
    scores = []
    for first in range(0, len(indices), BATCH):
        items = [loader.do_item(i) for i in indices[first : first + BATCH]]
        photos = loader.after_batch(to_device(loader.do_batch(items), loader.device))[0]
        with torch.no_grad():
            scores.append(activation(network(_plain_batch(photos))))
    return cast(NDArray[np.float32], torch.cat(scores).numpy())


def _plain(values: Tensor) -> Tensor:
    return values.detach().as_subclass(Tensor).flatten().float().cpu()


def _plain_batch(photos: Tensor) -> Tensor:
    return photos.as_subclass(Tensor).float().cpu()
