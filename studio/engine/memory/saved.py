"""The older way to foretell memory: one small real pass on the CPU, and a straight line.

A step holds the weights; for what is trained the gradients and Adam's two moments; and for every item of the batch
what backward will need. The last is counted by asking autograd for each tensor that it saves, at two small batches.
What lives for a moment only is not seen, so some slack is added. Must not import Qt.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn

from studio.engine.memory.cost import Lines, StepCost

SMALL = (2, 4)
MOMENTS = 2
SLACK = 1.25
HOW = "This network cannot be run without memory, so a small real step was measured; a quarter is added for safety."


def measure(learner: Any, batch: tuple[Any, ...]) -> StepCost:
    """Measure a learner as it is frozen now, on a real batch of at least two items.

    Returns
    -------
    StepCost
        For full precision, which half precision never exceeds.
    """
    model = learner.model.train()
    weights = sum(p.nbytes for p in model.parameters()) + sum(b.nbytes for b in model.buffers())
    trained = sum(p.nbytes for p in model.parameters() if p.requires_grad)
    grown = [torch.cat([part] * 2) if isinstance(part, torch.Tensor) else part for part in batch]
    small, large = (_kept(learner, model, grown, size) for size in SMALL)
    per_item = max(0, (large - small) // (SMALL[1] - SMALL[0]))
    constant = max(0, small - per_item * SMALL[0])
    fixed = weights + trained * (1 + MOMENTS) + constant
    line = Lines(np.array([fixed * SLACK]), np.array([per_item * SLACK]))
    rest = Lines(np.array([(weights + trained * MOMENTS) * SLACK]), np.array([0.0]))
    return StepCost(line, rest, HOW)


def weights_of(model: nn.Module) -> list[tuple[nn.Module, str, Any]]:
    """Where each weight and buffer is."""
    return [
        (module, name, value)
        for module in model.modules()
        for name, value in [*module._parameters.items(), *module._buffers.items()]
        if value is not None
    ]


def put_back(model: nn.Module, found: list[tuple[nn.Module, str, Any]]) -> None:
    """Put weights and buffers back where they were."""
    for module, name, value in found:
        setattr(module, name, value)


def let_go(learner: Any) -> None:
    """Drop what a pass leaves in a learner."""
    learner.opt = None
    for name in ("xb", "yb", "pred", "loss", "loss_grad"):
        setattr(learner, name, None)
    for parameter in learner.model.parameters():
        parameter.grad = None


def _kept(learner: Any, model: Any, batch: list[Any], size: int) -> int:
    """Bytes of a batch and of what its forward pass saves for backward."""
    cut = [part[:size] for part in batch]
    n_inputs = getattr(learner.dls, "n_inp", 1)
    own = {tensor.untyped_storage().data_ptr() for tensor in (*model.parameters(), *model.buffers())}
    with _counting(own) as sizes:
        prediction = model(*cut[:n_inputs])
        prediction = prediction[0] if isinstance(prediction, tuple) else prediction
        if len(cut) > n_inputs:
            learner.loss_func(prediction, *cut[n_inputs:])
    return sum(sizes.values()) + sum(part.nbytes for part in cut)


@contextmanager
def _counting(own: set[int]) -> Iterator[dict[int, int]]:
    """Collect storages that autograd keeps, but for the model's own, by their address."""
    sizes: dict[int, int] = {}
    held: list[torch.Tensor] = []  # alive until the end, so that no address is used twice

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            sizes[storage.data_ptr()] = storage.nbytes()
            held.append(tensor)
        return tensor

    def give(tensor: torch.Tensor) -> torch.Tensor:
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, give):
        yield sizes
