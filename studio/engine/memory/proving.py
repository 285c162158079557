"""Proves a batch size on a card: one real step of training and of validation on the largest items, before the run.

What was foretold can be wrong where other programs take memory meanwhile, or a library takes more than is known. The
learner is afterwards what it was before: rates are zero, running averages and random states are put back. Must not
import Qt.
"""

from __future__ import annotations

from typing import Any

import torch

from studio.engine import randomness
from studio.engine.memory.fakes import sample
from studio.engine.memory.saved import let_go
from studio.engine.memory.steps import Steps


def is_wanted(device: torch.device) -> bool:
    """Where memory is scarce and running out of it is certain to be noticed."""
    return device.type == "cuda"


def prove(learner: Any, n_items: int, precision: str, in_parts: bool = False) -> None:
    """Take one step with `n_items` at once, as the learner is frozen now; after another part, where there are parts.

    Raises
    ------
    Exception
        Whatever running out of memory raises.
    """
    device = next(learner.model.parameters()).device
    buffers = [buffer.clone() for buffer in learner.model.buffers()]
    mode = learner.model.training
    with randomness.undisturbed():
        batch = tuple(_grown(part, n_items, device) for part in sample(learner))
        steps = Steps(learner, precision, device.type)
        try:
            steps.begin()
            steps.hold_still()
            if in_parts:
                steps.part(batch)
            steps.train(batch)
            steps.validate(batch)
        finally:
            let_go(learner)
            for buffer, before in zip(learner.model.buffers(), buffers, strict=True):
                buffer.copy_(before)
            learner.model.train(mode)


def _grown(part: Any, n_items: int, device: torch.device) -> Any:
    if not isinstance(part, torch.Tensor):
        return part
    return part.repeat(-(-n_items // len(part)), *[1] * (part.dim() - 1))[:n_items].to(device)
