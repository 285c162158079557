"""A trained tagger made ready to leave: the graph's module, the thresholds, and the photos that prove it.

The graph takes photos as they are stored, (n, height, width, 3) uint8, and ends in a sigmoid: one score for each
tag, independent of the others. Imports torch: engine only.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from studio.errors import UserError
from studio.exports.proof import chosen
from studio.exports.serving import Serving
from studio.problems.base import Dataset
from studio.problems.image_classification.serving import cpu_copy, input_of, trained_scores
from studio.problems.multi_label.items import options_of
from studio.problems.multi_label.results import thresholds_of
from studio.project.results import Results
from studio.recipe.schema import Recipe

MOST_CASES = 1000


class PhotoTagger(nn.Module):
    """From stored photos to a score for every tag.

    Parameters
    ----------
    network : nn.Module
        Takes normalised photos (n, 3, height, width) float32, gives (n, tags).
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
        """Score photos: (n, height, width, 3) uint8 -> (n, tags) float32."""
        scaled = photos.permute(0, 3, 1, 2).float() / 255  # (n, 3, height, width)
        return torch.sigmoid(self.network((scaled - self.mean) / self.std))


def serving(learner: Any, dataset: Dataset, recipe: Recipe, root: Path) -> Serving:
    """Return what the bundle needs of a trained learner, which is copied and stays as it is.

    Until `settled` has its say, every tag has the usual threshold.

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
    indices = chosen(len(items), MOST_CASES)
    network = cpu_copy(learner.model)
    resize, mean, std = input_of(learner)
    width, height = (int(side) for side in resize.size)
    photo = {
        "width": width,
        "height": height,
        "resize": str(resize.method),
        "pad_mode": str(resize.pad_mode),
    }
    classes = tuple(str(c) for c in learner.dls.vocab)
    return Serving(
        module=PhotoTagger(network, mean, std).eval(),
        example=(torch.zeros(2, height, width, 3, dtype=torch.uint8),),
        inputs=("photos",),
        outputs=("scores",),
        spec={
            "classes": classes,
            "input": photo,
            "in_graph": {"scale": "1/255", "mean": mean.tolist(), "std": std.tolist(), "sigmoid": True},
            "output": {"thresholds": [options_of(recipe).threshold] * len(classes)},
        },
        cases=tuple(root / items[i].key for i in indices),
        reference=lambda: {"scores": trained_scores(learner.dls.valid, network, indices, torch.sigmoid)},
    )


def settled(
    made: Serving, learner: Any, dataset: Dataset, recipe: Recipe, results: Results | None
) -> Serving:
    """Return the serving with the thresholds of the run's results; without results they are chosen now."""
    known = results.thresholds if results is not None and results.classes == made.spec["classes"] else ()
    thresholds = known or thresholds_of(learner, dataset, recipe)
    return replace(made, spec={**made.spec, "output": {"thresholds": list(thresholds)}})
