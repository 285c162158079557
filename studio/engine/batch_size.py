"""The rules that choose a batch size: plain arithmetic, the same answer every time. Must not import torch or Qt.

Rules about the data come first, memory only lowers what they allow: on one machine a recipe resolves to the same
batch, so that its run can be repeated. Where memory decides, the batch is the largest that fits, to an eighth.
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
EIGHTH = 8
GIB = 1024.0


@dataclass(frozen=True)
class Choice:
    """A batch size and why; `fits` is False where not even that one fits into memory."""

    batch_size: int
    reason: str
    fits: bool = True


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
    wanted = _by_data(n_train, usual_size)
    if fits(wanted.batch_size):
        return wanted
    largest = next((size for size in _smaller(wanted.batch_size) if fits(size)), None)
    if largest is not None:
        return Choice(
            largest,
            f"The largest batch that fits into memory; by its data this stage would take {wanted.batch_size}.",
        )
    return Choice(
        min(wanted.batch_size, TICKS[0]),
        "Not even the smallest batch fits into the memory that is free.",
        fits=False,
    )


def _smaller(size: int) -> list[int]:
    """Batch sizes below `size`, the largest first: every one up to 16, then in steps of an eighth."""
    found = []
    while (size := size - max(1, size // EIGHTH // 2 * 2 if size > 2 * EIGHTH else 1)) >= SMALLEST:
        found.append(size)
    return found


def _by_data(n_train: int, usual_size: int) -> Choice:
    """The largest usual batch that leaves an epoch enough steps to learn from; above `USUAL`, plenty of them."""
    if n_train < TICKS[0] * 2:
        return Choice(max(SMALLEST, min(n_train, TICKS[0])), f"There are only {n_train} items to train on.")
    allowed = [t for t in TICKS if t <= usual_size and n_train // t >= (STEPS if t <= USUAL else MANY_STEPS)]
    best = allowed[-1] if allowed else TICKS[0]
    if best == usual_size:
        return Choice(best, "The usual batch: larger ones rarely learn better.")
    why = f"{n_train} training items make {n_train // best} steps an epoch with it; a larger batch would leave too few."
    return Choice(best, why)


def ticks(
    n_train: int,
    memory_mib: Callable[[int], float],
    limit_mib: float,
    steps: Callable[[int], int] | None = None,
) -> tuple[BatchTick, ...]:
    """Memory of every usual batch size that there are items for, and what each means."""
    sizes = [tick for tick in TICKS if tick <= max(n_train, TICKS[0])]
    if memory_mib(sizes[0]) > limit_mib:
        sizes = [SMALLEST, *sizes]
    counted = steps or (lambda size: n_train // size)
    return tuple(_tick(size, memory_mib(size), limit_mib, counted(size)) for size in sizes)


def _tick(size: int, mib: float, limit_mib: float, steps: int) -> BatchTick:
    return BatchTick(size, round(mib, 1), mib <= limit_mib, meaning(mib, limit_mib, steps))


def meaning(mib: float, limit_mib: float, steps: int) -> str:
    """``3.1 GB, fits with 4.0 GB to spare, 120 steps an epoch``."""
    said = [amount(mib)]
    if mib > limit_mib:
        said.append(f"{amount(mib - limit_mib)} more than there is room for")
    elif limit_mib != float("inf"):
        said.append(f"fits with {amount(limit_mib - mib)} to spare")
    said.append(f"{steps:,} {'step' if steps == 1 else 'steps'} an epoch")
    return ", ".join(said)


def amount(mib: float) -> str:
    """``3.1 GB``, as the window writes it too."""
    if mib >= GIB / 10:
        return f"{mib / GIB:.1f} GB"
    return f"{mib:.0f} MB" if mib >= 1 else "under 1 MB"
