"""Sends each training batch through the network in parts, so that fewer items are on their way at once.

The loaders, the order of items, the count of steps and the schedule stay those of the whole batch: one step of the
optimizer for all its parts, with the gradient of their mean. That is gradient accumulation, counted in steps.
Only batch normalisation notices, which sees the items of one part together.
"""

from __future__ import annotations

import itertools
from typing import Any

import torch
from fastai.callback.core import Callback
from torch import Tensor

Side = tuple[Any, ...]


class Parts(Callback):
    """All parts but the last are done before fastai does the last one.

    Parameters
    ----------
    n_parts : int
        A batch of fewer items goes through in as many parts as it has items.
    """

    order = 67  # after the guard has noted the running averages

    def __init__(self, n_parts: int) -> None:
        super().__init__()
        self.n_parts = n_parts
        self.whole: tuple[Side, Side] = ((), ())
        self.losses: list[tuple[Tensor, float]] = []
        self.share = 1.0

    def before_batch(self) -> None:
        """Do all parts but the last, forward and backward."""
        if not self.training:
            return
        self.whole, self.losses = (tuple(self.xb), tuple(self.yb)), []
        n_items = _items(self.whole[0])
        *first, last = _cuts(n_items, self.n_parts)
        for cut in first:
            self._take(cut, n_items)
            self._one()
        self._take(last, n_items)

    def before_backward(self) -> None:
        """Each part counts by its items."""
        if self.training:
            self.losses.append((self.learn.loss.detach(), self.share))
            self.learn.loss_grad = self.learn.loss_grad * self.share

    def after_backward(self) -> None:
        """From here on the batch is whole again, and so is its loss."""
        self.learn.xb, self.learn.yb = self.whole
        self.learn.loss = torch.stack([loss.as_subclass(Tensor) * share for loss, share in self.losses]).sum()
        self.whole = ((), ())

    def _take(self, cut: slice, n_items: int) -> None:
        inputs, targets = self.whole
        self.learn.xb, self.learn.yb = _cut(inputs, cut), _cut(targets, cut)
        self.share = (cut.stop - cut.start) / n_items

    def _one(self) -> None:
        """What fastai does to a batch, up to its gradients."""
        learn = self.learn
        learn.pred = learn.model(*learn.xb)
        learn("after_pred")
        learn.loss_grad = learn.loss_func(learn.pred, *learn.yb)
        learn.loss = learn.loss_grad.clone()
        learn("after_loss")
        learn("before_backward")
        learn.loss_grad.backward()
        learn.pred = learn.loss_grad = None


def _items(side: Side) -> int:
    return next(len(part) for part in side if isinstance(part, Tensor))


def _cuts(n_items: int, n_parts: int) -> list[slice]:
    """Places of the parts, as even as can be."""
    ends = [round(n_items * k / n_parts) for k in range(n_parts + 1)]
    return [slice(a, b) for a, b in itertools.pairwise(ends) if b > a]


def _cut(side: Side, cut: slice) -> Side:
    return tuple(part[cut] if isinstance(part, Tensor) else part for part in side)
