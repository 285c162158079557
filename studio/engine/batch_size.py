"""The rules that choose a batch size: plain arithmetic, the same answer every time. Must not import torch or Qt.

Rules about the data come first, memory only lowers what they allow: on one machine a recipe resolves to the same
batch, so that its run can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.engine.messages import BatchTick

TICKS = (4, 8, 16, 32, 64, 128, 256, 512, 1024)
USUAL = 64
STEPS = 8
MANY_STEPS = 100
SMALLEST = 2


@dataclass(frozen=True)
class Choice:
    """A batch size and why."""

    batch_size: int
    reason: str


def choose(n_train: int, fits: Callable[[int], bool], usual_size: int = USUAL) -> Choice:
    """Choose a batch size.

    Parameters
    ----------
    n_train : int
        Training items.
    fits : callable
        Whether a batch of that size fits into memory.
    usual_size : int
        One of `TICKS`: the most that the problem's batches hold where there is plenty of data.
    """
    if n_train < TICKS[0] * 2:
        return Choice(max(SMALLEST, min(n_train, TICKS[0])), f"There are only {n_train} items to train on.")
    usual = _by_data(n_train, usual_size)
    for tick in reversed(TICKS):
        if tick <= usual.batch_size and fits(tick):
            return (
                usual
                if tick == usual.batch_size
                else Choice(tick, "A larger batch would not fit into memory.")
            )
    return Choice(
        TICKS[0], "Even the smallest batch may not fit into memory: choose a smaller size or network."
    )


def _by_data(n_train: int, usual_size: int) -> Choice:
    """The largest usual batch that leaves an epoch enough steps to learn from; above `USUAL`, plenty of them."""
    allowed = [t for t in TICKS if t <= usual_size and n_train // t >= (STEPS if t <= USUAL else MANY_STEPS)]
    best = allowed[-1] if allowed else TICKS[0]
    if best == usual_size:
        return Choice(best, "The usual batch: larger ones rarely learn better.")
    return Choice(best, f"{n_train} training items make {n_train // best} steps an epoch with it.")


def ticks(n_train: int, memory_mib: Callable[[int], float], limit_mib: float) -> tuple[BatchTick, ...]:
    """Memory of every usual batch size that there are items for."""
    sizes = [tick for tick in TICKS if tick <= max(n_train, TICKS[0])]
    return tuple(BatchTick(size, round(memory_mib(size), 1), memory_mib(size) <= limit_mib) for size in sizes)
