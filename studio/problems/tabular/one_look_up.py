"""All embeddings of a table's columns looked up at once: one call where fastai's `TabularModel` makes one a column.

The numbers are those of fastai, to the last bit; what costs is the calls, of which a small network is made. While a
fit runs, no longer, so that whatever is exported or kept is fastai's own model. Imports torch: engine only.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from fastai.callback.core import Callback
from torch import Tensor

LARGEST = 2**17
"""Numbers in all embeddings together: all of them are copied for a batch, which pays only where they are few."""


class OneLookUp(Callback):
    """Looks the embeddings of a `TabularModel` up at once while it is fitted."""

    def before_fit(self) -> None:
        """Begin, where it pays: compiled, a network is no calls any more."""
        model = self.learn.model
        are_few = sum(table.weight.numel() for table in model.embeds) <= LARGEST
        if are_few and len(model.embeds) > 1 and model._compiled_call_impl is None:
            model.forward = partial(_forward, model, _Places(model.embeds))

    def after_fit(self) -> None:
        """Leave the model as it was."""
        vars(self.learn.model).pop("forward", None)


class _Places:
    """Where the numbers of a row's words stand, when all embeddings stand one after the other."""

    def __init__(self, embeddings: Any) -> None:
        device = embeddings[0].weight.device
        widths = torch.tensor([table.weight.shape[1] for table in embeddings])
        sizes = torch.tensor([table.weight.numel() for table in embeddings])
        within = torch.cat([torch.arange(int(width)) for width in widths])
        self.columns = torch.repeat_interleave(torch.arange(len(widths)), widths).to(device)
        self.steps = widths.to(device)[self.columns]
        self.firsts = ((sizes.cumsum(0) - sizes)[self.columns.cpu()] + within).to(device)

    def of(self, words: Tensor) -> Tensor:
        """Words (batch, columns) int64 to places (batch, sum of the embeddings' widths)."""
        return words.index_select(1, self.columns).mul_(self.steps).add_(self.firsts)


def _forward(model: Any, places: _Places, x_cat: Tensor, x_cont: Tensor | None = None) -> Tensor:
    """`TabularModel.forward`."""
    everything = torch.cat([table.weight.view(-1) for table in model.embeds])
    at = places.of(x_cat)
    x = model.emb_drop(everything.index_select(0, at.view(-1)).view(at.shape))
    if x_cont is not None and model.n_cont:
        x = torch.cat([x, x_cont if model.bn_cont is None else model.bn_cont(x_cont)], 1)
    found: Tensor = model.layers(x)
    return found
