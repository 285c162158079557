"""Losses to choose from where every photo, or every pixel, has a class, or every photo some tags. Imports torch.

    cross-entropy     -log p, with p the share given to the true class
    smoothed          the same against a truth of 90 %, the rest spread over all classes
    focal             (1 - p)^2 times -log p: what is known already counts little (Lin and others 2017)
    Dice              1 - 2 |both| / (|said| + |true|), softly, the mean over the classes of the batch
                      (Milletari and others 2016)

Each is given to fastai the way fastai gives its own: flattened, with the activation of the output beside it. The
exported script has the same classes as text, in `loss_parts.py`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from fastai.losses import BaseLoss, BCEWithLogitsLossFlat, CrossEntropyLossFlat
from torch import Tensor, nn
from torch.nn import functional

GAMMA = 2.0
SMOOTHED = 0.1
IGNORED = -100
"""What torch's cross-entropy leaves out where it is told nothing else."""


class Focal(nn.Module):
    """Cross-entropy in which what is known already counts little.

    Parameters
    ----------
    weight : (classes,) float32 or None
        How much each class counts.
    ignore_index : int
        The class number that is left out.
    """

    def __init__(
        self, weight: Tensor | None = None, ignore_index: int = IGNORED, reduction: str = "mean"
    ) -> None:
        super().__init__()
        self.weight: Tensor | None
        self.register_buffer("weight", weight)
        self.ignore_index, self.reduction = ignore_index, reduction

    def forward(self, scores: Tensor, target: Tensor) -> Tensor:
        """Compare raw scores (n, classes) with class numbers (n,)."""
        each = partial(
            functional.cross_entropy, scores, target, ignore_index=self.ignore_index, reduction="none"
        )
        plain = each()
        counted = plain if self.weight is None else each(weight=self.weight)
        own = (1 - torch.exp(-plain)) ** GAMMA * counted
        if self.reduction != "mean":
            return own
        return own.sum() / (target != self.ignore_index).sum().clamp(min=1)


class BinaryFocal(nn.Module):
    """The same for a yes or no of every tag."""

    def __init__(self, pos_weight: Tensor | None = None, reduction: str = "mean") -> None:
        super().__init__()
        self.pos_weight: Tensor | None
        self.register_buffer("pos_weight", pos_weight)
        self.reduction = reduction

    def forward(self, scores: Tensor, target: Tensor) -> Tensor:
        """Compare raw scores with flags 0 and 1, both of one shape."""
        each = partial(functional.binary_cross_entropy_with_logits, scores, target, reduction="none")
        plain = each()
        counted = plain if self.pos_weight is None else each(pos_weight=self.pos_weight)
        own = (1 - torch.exp(-plain)) ** GAMMA * counted
        return own.mean() if self.reduction == "mean" else own


class Dice(nn.Module):
    """1 - Dice, softly, the mean over the classes in the batch; with `entropy` that of cross-entropy is added.

    Parameters
    ----------
    ignore_index : int
        The class number whose pixels are left out.
    """

    def __init__(self, entropy: bool = False, ignore_index: int = IGNORED, reduction: str = "mean") -> None:
        super().__init__()
        self.entropy, self.ignore_index, self.reduction = entropy, ignore_index, reduction

    def forward(self, scores: Tensor, target: Tensor) -> Tensor:
        """Compare raw scores (n, classes) with class numbers (n,)."""
        labelled = (target != self.ignore_index)[:, None]
        numbers = torch.arange(scores.shape[1], device=scores.device)
        truth = ((target[:, None] == numbers) & labelled).float()  # (n, classes)
        said = scores.float().softmax(dim=1) * labelled
        both, all_of = (truth * said).sum(dim=0), (truth + said).sum(dim=0)  # (classes,)
        is_there = (truth.sum(dim=0) > 0).float()
        dice = ((2 * both + 1) / (all_of + 1) * is_there).sum() / is_there.sum().clamp(min=1)
        if not self.entropy:
            return 1 - dice
        each = functional.cross_entropy(scores, target, ignore_index=self.ignore_index, reduction="none")
        return 1 - dice + each.sum() / labelled.sum().clamp(min=1)


class FocalFlat(CrossEntropyLossFlat):
    """`Focal` the way fastai gives a loss."""

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        BaseLoss.__init__(self, Focal, axis=axis, **kwargs)


class DiceFlat(CrossEntropyLossFlat):
    """`Dice` the way fastai gives a loss."""

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        BaseLoss.__init__(self, Dice, axis=axis, **kwargs)


class BinaryFocalFlat(BCEWithLogitsLossFlat):
    """`BinaryFocal` the way fastai gives a loss; tags keep their places, for their weights."""

    def __init__(self, thresh: float = 0.5, **kwargs: Any) -> None:
        BaseLoss.__init__(self, BinaryFocal, floatify=True, is_2d=False, flatten=False, **kwargs)
        self.thresh = thresh


def class_loss(name: str, **given: Any) -> CrossEntropyLossFlat:
    """The loss of photos, or pixels, with a class each.

    Parameters
    ----------
    given : dict
        `weight`, `axis` and `ignore_index`, as fastai's `CrossEntropyLossFlat` takes them.
    """
    if name == "focal":
        return FocalFlat(**given)
    if name in ("dice", "both"):
        return DiceFlat(entropy=name == "both", **given)
    return CrossEntropyLossFlat(**given, **({"label_smoothing": SMOOTHED} if name == "smoothed" else {}))


def tag_loss(name: str, **given: Any) -> BCEWithLogitsLossFlat:
    """The loss of photos with tags; `given` are `thresh` and `pos_weight` of fastai's `BCEWithLogitsLossFlat`."""
    return (BinaryFocalFlat if name == "focal" else BCEWithLogitsLossFlat)(**given)
