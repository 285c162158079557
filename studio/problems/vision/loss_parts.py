"""The text of `losses.py` in exported scripts: each has the loss that its run trained with. Nothing but text."""

from __future__ import annotations

from collections.abc import Mapping

FOCAL = '''

class Focal(nn.Module):
    """Cross-entropy in which what is known already counts little."""

    def __init__(self, weight=None, ignore_index=-100, reduction="mean"):
        super().__init__()
        self.register_buffer("weight", weight)
        self.ignore_index, self.reduction = ignore_index, reduction

    def forward(self, scores, target):
        each = partial(F.cross_entropy, scores, target, ignore_index=self.ignore_index, reduction="none")
        plain = each()
        counted = plain if self.weight is None else each(weight=self.weight)
        own = (1 - torch.exp(-plain)) ** 2.0 * counted
        return own.sum() / (target != self.ignore_index).sum().clamp(min=1) if self.reduction == "mean" else own


class FocalFlat(CrossEntropyLossFlat):
    """The same the way fastai gives a loss."""

    def __init__(self, axis=-1, **kwargs):
        BaseLoss.__init__(self, Focal, axis=axis, **kwargs)
'''

DICE = '''

class Dice(nn.Module):
    """1 - Dice, softly, the mean over the classes in the batch, and cross-entropy beside it where it is asked for."""

    def __init__(self, entropy=False, ignore_index=-100, reduction="mean"):
        super().__init__()
        self.entropy, self.ignore_index, self.reduction = entropy, ignore_index, reduction

    def forward(self, scores, target):
        labelled = (target != self.ignore_index)[:, None]
        numbers = torch.arange(scores.shape[1], device=scores.device)
        truth = ((target[:, None] == numbers) & labelled).float()
        said = scores.float().softmax(dim=1) * labelled
        both, all_of = (truth * said).sum(dim=0), (truth + said).sum(dim=0)
        is_there = (truth.sum(dim=0) > 0).float()
        dice = ((2 * both + 1) / (all_of + 1) * is_there).sum() / is_there.sum().clamp(min=1)
        if not self.entropy:
            return 1 - dice
        each = F.cross_entropy(scores, target, ignore_index=self.ignore_index, reduction="none")
        return 1 - dice + each.sum() / labelled.sum().clamp(min=1)


class DiceFlat(CrossEntropyLossFlat):
    """The same the way fastai gives a loss."""

    def __init__(self, axis=-1, **kwargs):
        BaseLoss.__init__(self, Dice, axis=axis, **kwargs)
'''

BINARY_FOCAL = '''

class BinaryFocal(nn.Module):
    """Cross-entropy of every tag, in which what is known already counts little."""

    def __init__(self, pos_weight=None, reduction="mean"):
        super().__init__()
        self.register_buffer("pos_weight", pos_weight)
        self.reduction = reduction

    def forward(self, scores, target):
        each = partial(F.binary_cross_entropy_with_logits, scores, target, reduction="none")
        plain = each()
        counted = plain if self.pos_weight is None else each(pos_weight=self.pos_weight)
        own = (1 - torch.exp(-plain)) ** 2.0 * counted
        return own.mean() if self.reduction == "mean" else own


class BinaryFocalFlat(BCEWithLogitsLossFlat):
    """The same the way fastai gives a loss."""

    def __init__(self, thresh=0.5, **kwargs):
        BaseLoss.__init__(self, BinaryFocal, floatify=True, is_2d=False, flatten=False, **kwargs)
        self.thresh = thresh
'''

CLASS_LOSSES: Mapping[str, tuple[str, str, dict[str, str]]] = {
    "cross_entropy": ("", "CrossEntropyLossFlat", {}),
    "smoothed": ("", "CrossEntropyLossFlat", {"label_smoothing": "0.1"}),
    "focal": (FOCAL, "FocalFlat", {}),
    "dice": (DICE, "DiceFlat", {}),
    "both": (DICE, "DiceFlat", {"entropy": "True"}),
}
TAG_LOSSES: Mapping[str, tuple[str, str, dict[str, str]]] = {
    "cross_entropy": ("", "BCEWithLogitsLossFlat", {}),
    "focal": (BINARY_FOCAL, "BinaryFocalFlat", {}),
}


def loss_words(
    losses: Mapping[str, tuple[str, str, dict[str, str]]], name: str, **given: str
) -> tuple[str, str]:
    """The classes that a script needs for a loss, and the loss as an expression; `given` are its arguments."""
    part, made, own = losses[name]
    arguments = ", ".join(f"{key}={value}" for key, value in {**given, **own}.items())
    return part, f"{made}({arguments})"
