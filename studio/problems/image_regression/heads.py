"""What comes after the encoder: a heat map for every point and its middle, or a bounded number. Imports torch.

Pooling, as fastai's usual head does it, throws away where something was seen; a network for points then has to
recover places from what is left. `PointHead` keeps the grid: convolutions give a map for every point, its softmax is
a distribution over the grid's cells, and the answer is their mean place (Nibali and others, 2018, "Numerical
coordinate regression with convolutional neural networks"). It works on any encoder that gives (n, channels, height,
width), and is differentiable, exact between cells, and plain enough for every ONNX runtime.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

UNITS = 128
NEAREST = 0.05
"""How near to a limit, as a part of the span, a sigmoid may begin: beyond that it hardly learns."""
BEYOND = 1.1
"""How far a pooled head reaches, where 1 is the photo's edge: a sigmoid hardly gets to its ends."""


class PointHead(nn.Module):
    """Features (n, features, height, width) to places (n, points, 2), x and y, -1 and 1 being the photo's edges.

    The maps are twice as fine as the features, with a ring of cells around the photo: the mean of cells inside it could
    never lie on its edge.
    """

    def __init__(self, features: int, points: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.reduce = nn.Sequential(
            nn.Conv2d(features, UNITS, 3, padding=1, bias=False), nn.BatchNorm2d(UNITS), nn.ReLU()
        )
        self.drop = nn.Dropout2d(dropout)
        self.maps = nn.Conv2d(UNITS, points, 3, padding=2)

    def forward(self, features: Tensor) -> Tensor:
        """Answer with the mean place of every map."""
        fine = functional.interpolate(
            self.reduce(features), scale_factor=2.0, mode="bilinear", align_corners=False
        )
        raw = self.maps(self.drop(fine))  # (n, points, rows, columns)
        rows, columns = int(raw.shape[2]), int(raw.shape[3])
        share = raw.flatten(2).softmax(dim=2).unflatten(2, (rows, columns))
        x = (share.sum(dim=2) * cells(columns, raw)).sum(dim=2)
        y = (share.sum(dim=3) * cells(rows, raw)).sum(dim=2)
        return torch.stack([x, y], dim=2)


def cells(count: int, like: Tensor) -> Tensor:
    """The middles of a row of cells, the first and last of which lie outside the photo: (count,)."""
    return (torch.arange(count, device=like.device, dtype=like.dtype) - 0.5) * (2.0 / (count - 2)) - 1.0


class Bounded(nn.Module):
    """Keeps answers (n, k) between limits (k,) each, by a sigmoid that leaves those about 0 as they are.

    0 is the mean of the training data. A bare sigmoid would begin in the middle of the limits, which for counts that
    are mostly small lies many deviations away.
    """

    def __init__(self, low: Sequence[float], high: Sequence[float]) -> None:
        super().__init__()
        self.low: Tensor
        self.span: Tensor
        self.slope: Tensor
        self.offset: Tensor
        self.register_buffer("low", torch.tensor(low))
        self.register_buffer("span", torch.tensor(high) - torch.tensor(low))
        place = (-self.low / self.span).clamp(NEAREST, 1 - NEAREST)  # of 0 between the limits
        self.register_buffer("slope", 1 / (self.span * place * (1 - place)))
        self.register_buffer("offset", torch.logit(place))

    def forward(self, raw: Tensor) -> Tensor:
        """Bend answers into the limits."""
        return torch.sigmoid(raw * self.slope + self.offset) * self.span + self.low


def pooled_points(head: nn.Module, points: int) -> nn.Sequential:
    """fastai's usual head with places as its answer: (n, points, 2)."""
    bounds = Bounded([-BEYOND] * 2 * points, [BEYOND] * 2 * points)
    return nn.Sequential(head, bounds, nn.Unflatten(1, (points, 2)))
