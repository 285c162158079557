"""A trained network made ready to leave: the graph's module, and the photos that prove it.

The graph takes photos as they are stored, (n, height, width, 3) uint8, and gives numbers in their own units; or it also
takes the part of each photo that was fitted, and gives points in pixels of the whole one. Imports torch: engine only.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from studio.errors import UserError
from studio.exports.proof import chosen
from studio.exports.serving import Serving
from studio.problems.base import Dataset
from studio.problems.image_classification.serving import cpu_copy, input_of, trained_scores
from studio.problems.image_regression.items import is_points, schema_for
from studio.problems.image_regression.losses import NumberLoss
from studio.recipe.schema import Recipe


class PhotoRegressor(nn.Module):
    """From stored photos to the network's answers.

    Parameters
    ----------
    network : nn.Module
        Takes normalised photos (n, 3, height, width) float32.
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

    def raw(self, photos: Tensor) -> Tensor:
        """The network's own answers for photos (n, height, width, 3) uint8."""
        scaled = photos.permute(0, 3, 1, 2).float() / 255  # (n, 3, height, width)
        answers: Tensor = self.network((scaled - self.mean) / self.std)
        return answers


class NumberRegressor(PhotoRegressor):
    """Gives standardised numbers (n, k), and the same in their own units."""

    def __init__(self, network: nn.Module, mean: Tensor, std: Tensor, loss: NumberLoss) -> None:
        super().__init__(network, mean, std)
        self.means: Tensor
        self.deviations: Tensor
        self.register_buffer("means", torch.tensor(loss.means))
        self.register_buffer("deviations", torch.tensor(loss.deviations))

    def forward(self, photos: Tensor) -> tuple[Tensor, Tensor]:
        """Answer for photos (n, height, width, 3) uint8."""
        scaled = self.raw(photos)
        return scaled, scaled * self.deviations + self.means


class PointRegressor(PhotoRegressor):
    """Gives places (n, points, 2) from -1 to 1 in the fitted photo, and in pixels of the whole one."""

    def forward(self, photos: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
        """Answer for photos (n, height, width, 3) uint8 that show `boxes` (n, 4): left, top, width, height."""
        places = self.raw(photos)
        return places, (places + 1) / 2 * boxes[:, None, 2:] + boxes[:, None, :2]


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
    indices, network = chosen(len(items)), cpu_copy(learner.model)
    resize, mean, std = input_of(learner)
    width, height = (int(side) for side in resize.size)
    photo = {"width": width, "height": height, "resize": str(resize.method), "pad_mode": str(resize.pad_mode)}
    points = is_points(dataset)
    photos = torch.zeros(2, height, width, 3, dtype=torch.uint8)
    boxes = torch.tensor([[0.0, 0.0, width, height]]).repeat(2, 1)

    def answers(activation: Callable[[Tensor], Tensor]) -> Any:
        return trained_scores(learner.dls.valid, network, indices, activation)

    module = (
        PointRegressor(network, mean, std)
        if points
        else NumberRegressor(network, mean, std, learner.loss_func)
    )
    return Serving(
        module=module.eval(),
        example=(photos, boxes) if points else (photos,),
        inputs=("photos", "boxes") if points else ("photos",),
        outputs=("places", "points") if points else ("scaled", "numbers"),
        spec={
            "classes": schema_for(recipe, root).names,
            "input": {**photo, "kind": "points" if points else "numbers"},
            "in_graph": {"scale": "1/255", "mean": mean.tolist(), "std": std.tolist(), "softmax": False},
        },
        cases=tuple(root / items[i].key for i in indices),
        reference=lambda: {"places" if points else "scaled": answers(plain)},
        learner_cases=tuple(root / items[i].key for i in indices),
        learner_reference=lambda: answers(learner.loss_func.activation),
    )


def plain(raw: Tensor) -> Tensor:
    """The network's answers as they are."""
    return raw.as_subclass(Tensor)
