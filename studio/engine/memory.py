"""Memory that a training step takes, foretold from one small pass on the CPU.

A step holds the weights; for what is trained the gradients and Adam's two moments; and for every item of the batch
what backward will need. The last is counted exactly, by asking autograd for each tensor that it saves, at two
small batches; a straight line through them gives the others. Must not import Qt.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch

from studio.hardware import reading

SMALL = (2, 4)
MOMENTS = 2
SLACK = 1.25
CPU_SHARE = 0.5
GPU_SHARE = 0.9
CONTEXT_MIB = 500.0
MIB = 2**20


@dataclass(frozen=True)
class StepCost:
    """Bytes of a step: what it takes at any batch, and for each item."""

    fixed: int
    per_item: int

    def mib(self, batch_size: int) -> float:
        """Memory of a step with this batch, in MiB, with some slack for what cannot be foretold."""
        return (self.fixed + self.per_item * batch_size) * SLACK / MIB


@dataclass(frozen=True)
class Room:
    """Memory of the device in MiB. `limit` is what a step may take."""

    name: str
    total: float
    free: float
    limit: float


def room() -> Room:
    """Look at the device's memory.

    On the CPU the limit is a share of all memory, not of what is free at this moment, so that a recipe resolves to
    the same batch size every time. On a card it is what is free, less some headroom.
    """
    now = reading()
    if now.kind == "gpu":
        limit = (now.free_mib + now.ours_mib) * GPU_SHARE - CONTEXT_MIB
        return Room(now.name, now.total_mib, now.free_mib, max(0.0, limit))
    if now.kind == "ram":
        return Room(now.name, now.total_mib, now.free_mib, now.total_mib * CPU_SHARE)
    return _unknown(now.name)


def _unknown(name: str) -> Room:
    """Where the gauge cannot say, torch can for a card; else nothing is known, and nothing is refused."""
    if not torch.cuda.is_available():
        return Room(name, 0.0, 0.0, float("inf"))
    free, total = (value / MIB for value in torch.cuda.mem_get_info())
    return Room(name, total, free, max(0.0, free * GPU_SHARE - CONTEXT_MIB))


def measure(learner: Any) -> StepCost:
    """Measure a learner as it is frozen now; it is changed, so throw it away.

    Returns
    -------
    StepCost
        For full precision, which half precision never exceeds.
    """
    model = learner.model.cpu().train()
    weights = sum(p.nbytes for p in model.parameters()) + sum(b.nbytes for b in model.buffers())
    trained = sum(p.nbytes for p in model.parameters() if p.requires_grad)
    batch = _batch(learner)
    small, large = (_saved(learner, model, batch, size) for size in SMALL)
    per_item = max(0, (large - small) // (SMALL[1] - SMALL[0]))
    constant = max(0, small - per_item * SMALL[0])
    return StepCost(fixed=weights + trained * (1 + MOMENTS) + constant, per_item=per_item)


def _batch(learner: Any) -> tuple[Any, ...]:
    """The training set's first items as a batch on the CPU, repeated where there are too few."""
    loader = learner.dls.train
    n = max(1, min(SMALL[1], loader.n))
    loader.before_iter()
    batch = loader.do_batch([loader.do_item(i % n) for i in range(SMALL[1])])
    device, loader.device = loader.device, torch.device("cpu")
    try:
        return tuple(loader.after_batch(batch))
    finally:
        loader.device = device


def _saved(learner: Any, model: Any, batch: tuple[Any, ...], size: int) -> int:
    """Bytes of a batch and of what its forward pass saves for backward."""
    cut = [part[:size] for part in batch]
    n_inputs = getattr(learner.dls, "n_inp", 1)
    own = {tensor.untyped_storage().data_ptr() for tensor in (*model.parameters(), *model.buffers())}
    with _counting(own) as sizes:
        prediction = model(*cut[:n_inputs])
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
