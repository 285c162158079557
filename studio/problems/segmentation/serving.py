"""A trained U-Net made ready to leave: the graph's module, and the photos that prove it.

The graph takes photos as they are stored, (n, height, width, 3) uint8, and gives the scores of every class for
every pixel; the void class always has 0. Imports torch: engine only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from fastai.layers import ToTensorBase
from fastai.vision.all import to_device
from numpy.typing import NDArray
from torch import Tensor, nn

from studio.engine.building import forget_activations
from studio.errors import UserError
from studio.exports.proof import chosen
from studio.exports.serving import Serving
from studio.problems.base import Dataset
from studio.problems.image_classification.serving import cpu_copy, input_of
from studio.problems.segmentation.codes import Codes
from studio.problems.segmentation.items import codes_for
from studio.problems.segmentation.palette import colours
from studio.recipe.schema import Recipe

LEARNER_CASES = 8
LEARNER_NUMBERS = 4_000_000


class PhotoSegmenter(nn.Module):
    """From stored photos to the scores of the classes for every pixel.

    Parameters
    ----------
    network : nn.Module
        Takes normalised photos (n, 3, height, width) float32, gives (n, classes, height, width).
    mean, std : (3,) float32
        Of the channels, in [0, 1].
    closed : (classes,) float32
        Added to the raw scores: 0, and minus infinity for the void class.
    """

    def __init__(self, network: nn.Module, mean: Tensor, std: Tensor, closed: Tensor) -> None:
        super().__init__()
        self.network = network
        self.mean: Tensor
        self.std: Tensor
        self.closed: Tensor
        self.register_buffer("mean", mean.view(1, 3, 1, 1))
        self.register_buffer("std", std.view(1, 3, 1, 1))
        self.register_buffer("closed", closed.view(1, -1, 1, 1))

    def forward(self, photos: Tensor) -> Tensor:
        """Score photos: (n, height, width, 3) uint8 -> (n, classes, height, width) float32."""
        scaled = photos.permute(0, 3, 1, 2).float() / 255  # (n, 3, height, width)
        return torch.softmax(self.network((scaled - self.mean) / self.std) + self.closed, dim=1)


class Reference(Sequence[NDArray[np.float32]]):
    """The trained model's scores for some photos by the learner's own pipeline, each computed when it is asked for.

    A list of them would take a photo's pixels times the classes times four bytes each.
    """

    def __init__(self, loader: Any, network: nn.Module, closed: Tensor, indices: Sequence[int]) -> None:
        self._loader, self._network, self._closed, self._indices = (
            loader,
            network,
            closed.view(1, -1, 1, 1),
            indices,
        )
        loader.before_iter()

    def __len__(self) -> int:
        return len(self._indices)

    def __getitem__(self, at: Any) -> Any:
        """Scores of one photo: (classes, height, width) float32."""
        loader = self._loader
        batch = loader.do_batch([loader.do_item(self._indices[at])])
        photos = loader.after_batch(to_device(batch, loader.device))[0].as_subclass(Tensor).float().cpu()
        with torch.no_grad():
            scores = self._network(photos).as_subclass(Tensor)
        return cast(NDArray[np.float32], torch.softmax(scores + self._closed, dim=1)[0].numpy())


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
    codes = codes_for(recipe, root)
    indices = chosen(len(items))
    network = plain_copy(learner.model)
    closed = torch.zeros(len(codes.classes))
    if codes.void is not None:
        closed[codes.void] = -torch.inf
    resize, mean, std = input_of(learner)
    width, height = (int(side) for side in resize.size)
    few = chosen(len(indices), learner_cases(len(codes.classes) * height * width))
    return Serving(
        module=PhotoSegmenter(network, mean, std, closed).eval(),
        example=(torch.zeros(2, height, width, 3, dtype=torch.uint8),),
        inputs=("photos",),
        outputs=("scores",),
        spec=_spec(codes, width, height, resize, mean, std),
        cases=tuple(root / items[i].key for i in indices),
        reference=lambda: {"scores": Reference(learner.dls.valid, network, closed, indices)},  # type: ignore[dict-item]
        learner_cases=tuple(root / items[indices[i]].key for i in few),
        learner_reference=lambda: np.stack(
            list(Reference(learner.dls.valid, network, torch.zeros(len(closed)), [indices[i] for i in few]))
        ),
    )


def learner_cases(numbers: int) -> int:
    """How many photos the pickle is compared on: fewer where each has many scores, which travel as text."""
    return max(1, min(LEARNER_CASES, LEARNER_NUMBERS // numbers))


def plain_copy(model: nn.Module) -> nn.Module:
    """A copy on the CPU in evaluation mode that takes and gives plain tensors; nothing of a batch is held."""
    forget_activations(model)
    network = cpu_copy(model)
    layers = cast(nn.ModuleList, network.layers)
    for at, layer in enumerate(layers):
        if isinstance(layer, ToTensorBase):  # fastai's own kind of tensor means nothing to a graph
            layers[at] = nn.Identity()
    return network


def _spec(codes: Codes, width: int, height: int, resize: Any, mean: Tensor, std: Tensor) -> dict[str, Any]:
    photo = {"width": width, "height": height, "resize": str(resize.method), "pad_mode": str(resize.pad_mode)}
    palette = [list(colour) for colour in colours(len(codes.classes), codes.void)]
    return {
        "classes": codes.classes,
        "input": {**photo, "void": codes.void, "colours": palette},
        "in_graph": {"scale": "1/255", "mean": mean.tolist(), "std": std.tolist(), "softmax": True},
    }
