"""Sends each training batch through the network in parts, so that fewer items are on their way at once.

The loaders, the order of items, the count of steps and the schedule stay those of the whole batch: one step of the
optimizer for all its parts, with the gradient of their mean. That is gradient accumulation, counted in steps.
Only batch normalisation notices, which sees the items of one part together. A language model's rows each go on from
where that row stood: its hidden state is cut and joined with the batch.
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
        self.streams: list[Streams] = []
        self.share = 1.0

    def before_batch(self) -> None:
        """Do all parts but the last, forward and backward."""
        if not self.training:
            return
        self.whole, self.losses = (tuple(self.xb), tuple(self.yb)), []
        n_items = _items(self.whole[0])
        *first, last = _cuts(n_items, self.n_parts)
        self.streams = [
            Streams(module, n_items) for module in self.learn.model.modules() if _remembers(module)
        ]
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
        for stream in self.streams:
            stream.join()

    def _take(self, cut: slice, n_items: int) -> None:
        inputs, targets = self.whole
        for stream in self.streams:
            stream.cut(cut)
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


class Streams:
    """The hidden states of a recurrent module for the rows of one batch.

    Parameters
    ----------
    module : AWD_LSTM
        `hidden` holds for each layer two tensors (directions, rows, numbers).
    """

    def __init__(self, module: Any, n_rows: int) -> None:
        if module.bs != n_rows:
            module._change_hidden(n_rows)
        self._module, self._before, self._after = module, module.hidden, list[Any]()
        self._running = False

    def cut(self, rows: slice) -> None:
        """Give the module the states of these rows; those of the part before are put by."""
        self._put_by()
        self._module.hidden = [
            tuple(state[:, rows].contiguous() for state in layer) for layer in self._before
        ]
        self._module.bs = rows.stop - rows.start
        self._running = True

    def join(self) -> None:
        """Give the module the states of all rows, as they are after the last part."""
        self._put_by()
        layers = zip(*self._after, strict=True)
        self._module.hidden = [
            tuple(torch.cat(states, 1) for states in zip(*of, strict=True)) for of in layers
        ]
        self._module.bs = self._module.hidden[0][0].shape[1]

    def _put_by(self) -> None:
        if self._running:
            self._after.append(self._module.hidden)
        self._running = False


def _remembers(module: Any) -> bool:
    return hasattr(module, "_change_hidden") and bool(getattr(module, "hidden", None))


def _items(side: Side) -> int:
    return next(len(part) for part in side if isinstance(part, Tensor))


def _cuts(n_items: int, n_parts: int) -> list[slice]:
    """Places of the parts, as even as can be."""
    ends = [round(n_items * k / n_parts) for k in range(n_parts + 1)]
    return [slice(a, b) for a, b in itertools.pairwise(ends) if b > a]


def _cut(side: Side, cut: slice) -> Side:
    return tuple(part[cut] if isinstance(part, Tensor) else part for part in side)
