"""The real peak of real steps: every allocation of torch's allocator, by its profiler, or the card's own count."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile

from studio.engine.memory.saved import let_go
from studio.engine.memory.steps import Steps

MIB = 2**20


def real_mib(learner: Any, batch_size: int) -> tuple[float, float]:
    """Peaks of the third training step of a learner, and of a batch of validation after it, in MiB."""
    is_card = next(learner.model.parameters()).device.type == "cuda"
    steps = Steps(learner, "fp32", "cuda" if is_card else "cpu")
    steps.begin()
    for _ in range(2):
        steps.train(_batch(learner, batch_size))
    gc.collect()
    measure = _on_card if is_card else _in_process
    found = measure(
        learner,
        lambda: steps.train(_batch(learner, batch_size)),
        lambda: steps.validate(_batch(learner, batch_size)),
    )
    let_go(learner)
    gc.collect()
    return found


def _batch(learner: Any, size: int) -> tuple[torch.Tensor, ...]:
    device = next(learner.model.parameters()).device
    return tuple(torch.stack([part] * size).to(device) for part in learner.dls.train.item)


def _in_process(learner: Any, train: Callable[[], None], validate: Callable[[], None]) -> tuple[float, float]:
    held = _held(learner)
    peak, left = _profiled(train)
    later, _ = _profiled(validate)
    return (held + peak) / MIB, (held + left + later) / MIB


def _on_card(learner: Any, train: Callable[[], None], validate: Callable[[], None]) -> tuple[float, float]:
    found = []
    for act in (train, validate):
        torch.cuda.reset_peak_memory_stats()
        act()
        found.append(torch.cuda.max_memory_allocated() / MIB)
    return found[0], found[1]


def _held(learner: Any) -> int:
    """Bytes of what a learner holds between two steps."""
    state = [v for s in learner.opt.state.values() for v in s.values() if isinstance(v, torch.Tensor)]
    gradients = [p.grad for p in learner.model.parameters() if p.grad is not None]
    last = [
        learner.pred.detach(),
        learner.loss.detach(),
        learner.loss_grad.detach(),
        *learner.xb,
        *learner.yb,
    ]
    every = [*learner.model.parameters(), *learner.model.buffers(), *state, *gradients, *last]
    return sum({t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in every}.values())


def _profiled(act: Callable[[], None]) -> tuple[int, int]:
    """Highest and last count of bytes, beginning with none."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as watched:
        act()
    events = [e for e in watched.profiler.kineto_results.events() if e.name() == "[memory]"]  # type: ignore[union-attr]
    held = peak = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        held += event.nbytes()
        peak = max(peak, held)
    return peak, held
