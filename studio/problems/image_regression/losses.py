"""The losses: numbers in units of their own spread, points without those that are missing. Imports torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

NEAR = {"points": 0.1, "numbers": 1.0}
"""Where Huber's loss turns from squared to absolute: a twentieth of the picture's side, a deviation."""


def missed(difference: Tensor, miss: str, near: float) -> Tensor:
    """How much differences count: "absolute", "squared" or "huber" (absolute beyond `near`)."""
    if miss == "huber":
        return functional.huber_loss(difference, torch.zeros_like(difference), reduction="none", delta=near)
    return difference.abs() if miss == "absolute" else difference**2


class PointLoss:
    """Mean miss along x and y (L1 where nothing else is asked for) of the points that can be seen, in halves of the
    picture's sides.

    A point that is missing (nan), or that augmentation or cropping has moved out of the picture, counts for nothing:
    where it is cannot be known from the picture.
    """

    def __init__(self, miss: str = "absolute", reduction: str = "mean") -> None:
        self.miss, self.reduction = miss, reduction

    def __call__(self, predicted: Tensor, target: Tensor, **kwargs: Any) -> Tensor:
        """Compare places (n, points, 2) with targets of the same shape; "none" gives the mean of every photo (n,)."""
        wanted = target.as_subclass(Tensor).float().reshape(predicted.shape)
        seen = (wanted.abs() <= 1).all(dim=2)  # (n, points)
        apart = predicted.as_subclass(Tensor).float() - torch.where(seen[..., None], wanted, 0.0)
        own = torch.where(seen, missed(apart, self.miss, NEAR["points"]).mean(dim=2), 0.0)
        if kwargs.get("reduction", self.reduction) == "mean":
            return own.sum() / seen.sum().clamp(min=1)
        return own.sum(dim=1) / seen.sum(dim=1).clamp(min=1)

    def activation(self, predicted: Tensor) -> Tensor:
        """Places as they are."""
        return predicted

    def decodes(self, predicted: Tensor) -> Tensor:
        """An answer is what `activation` gave."""
        return predicted


class NumberLoss:
    """Mean squared error of numbers (where nothing else is asked for), each in units of its deviation over the
    training photos.

    The network's outputs are standardised. `activation` gives them back in the targets' own units, so that
    `get_preds` and an exported learner answer in them.
    """

    def __init__(
        self,
        means: Sequence[float],
        deviations: Sequence[float],
        miss: str = "squared",
        reduction: str = "mean",
    ) -> None:
        self.means, self.deviations = list(means), list(deviations)
        self.miss, self.reduction = miss, reduction

    def __call__(self, predicted: Tensor, target: Tensor, **kwargs: Any) -> Tensor:
        """Compare outputs (n, k) with targets (n, k) in their own units; "none" gives the mean of every photo (n,)."""
        outputs = predicted.as_subclass(Tensor).float()
        wanted = target.as_subclass(Tensor).float().reshape(outputs.shape)
        wanted = (wanted - outputs.new_tensor(self.means)) / outputs.new_tensor(self.deviations)
        own = missed(outputs - wanted, self.miss, NEAR["numbers"]).mean(dim=1)
        return own.mean() if kwargs.get("reduction", self.reduction) == "mean" else own

    def activation(self, predicted: Tensor) -> Tensor:
        """Outputs in the targets' units."""
        return predicted * predicted.new_tensor(self.deviations) + predicted.new_tensor(self.means)

    def decodes(self, predicted: Tensor) -> Tensor:
        """An answer is what `activation` gave."""
        return predicted
