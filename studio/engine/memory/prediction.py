"""Foretells a stage's memory on the learner's own network, without memory of its own: shapes flow, not numbers.

Two steps are run on fake tensors at two large batch sizes; the second step counts, when the optimizer has its moments.
Where a network cannot run so, one small real pass is measured instead (`saved.py`), and the estimate says it.
Must not import Qt.
"""

from __future__ import annotations

import logging
from typing import Any

import torch

from studio.engine.memory import saved
from studio.engine.memory.cost import MIB, Lines, StepCost
from studio.engine.memory.fakes import Batch, empty_batch, empty_network, plain_fakes, sample
from studio.engine.memory.live import Live
from studio.engine.memory.steps import Steps

SIZES = (64, 128)
CARD_GRANULE = 512
CARD_POOL = 22 * MIB
"""A card's memory is taken in blocks: 2 MiB for small tensors and 20 for larger ones, one of each half empty."""
CARD_SHARE = 0.02
CPU_SHARE = 0.015
"""What kernels take for themselves and no rule tells: up to 1.5 % of the peak in what was measured."""
LOG = logging.getLogger(__name__)


def measure(learner: Any, precision: str = "fp32", device: str = "cpu", in_parts: bool = False) -> StepCost:
    """Foretell the memory of a learner as it is frozen now; it is changed, so throw it away.

    Parameters
    ----------
    precision : {"fp32", "fp16", "bf16"}
        What the run will train in.
    device : {"cpu", "cuda"}
        What the run will train on: a card's allocator takes more than the tensors.
    in_parts : bool
        Whether each batch goes through in parts: then gradients are there while the next part is on its way.
    """
    learner.model.cpu()
    batch = sample(learner)
    try:
        return _foretold(learner, batch, precision, device, in_parts)
    except Exception as error:
        LOG.info("memory is measured on a small real batch: %s", error, exc_info=True)
        return saved.measure(learner, batch)


def _foretold(learner: Any, batch: Batch, precision: str, device: str, in_parts: bool) -> StepCost:
    is_card = device == "cuda"
    granule = CARD_GRANULE if is_card else 1
    found = [_moments(learner, batch, size, precision, granule, in_parts) for size in SIZES]
    train, valid = (Lines.through(SIZES, (few, many)) for few, many in zip(*found, strict=True))
    item = sum(part.nbytes // len(part) for part in batch if isinstance(part, torch.Tensor))
    if is_card:
        return StepCost(train, valid, pool=CARD_POOL, share=CARD_SHARE, item=item)
    return StepCost(train, valid, share=CPU_SHARE, item=item)


def _moments(
    learner: Any, batch: Batch, size: int, precision: str, granule: int, in_parts: bool
) -> tuple[list[int], list[int]]:
    """Bytes at each moment of a training step, and of a batch of validation after it."""
    with plain_fakes() as world:
        real = saved.weights_of(learner.model)
        try:
            empty_network(learner.model, world, "cpu")
            with world:
                return _two_steps(learner, batch, size, precision, granule, in_parts)
        finally:
            saved.put_back(learner.model, real)
            saved.let_go(learner)


def _two_steps(
    learner: Any, batch: Batch, size: int, precision: str, granule: int, in_parts: bool
) -> tuple[list[int], list[int]]:
    steps, live = Steps(learner, precision, "cpu"), Live(size, granule)
    live.count([*learner.model.parameters(), *learner.model.buffers()])
    with live:
        steps.begin()
        steps.train(empty_batch(batch, size, "cpu"))
        if in_parts:
            steps.part(empty_batch(batch, size, "cpu"))
        live.forget_moments()
        steps.train(empty_batch(batch, size, "cpu"))
        train = live.moments
        live.forget_moments()
        steps.validate(empty_batch(batch, size, "cpu"))
        return train, live.moments
