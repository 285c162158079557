"""Where a finder's curve really falls: a long descent that the raw losses confirm. Pure numpy.

A slope is that of a line through several neighbours, a fall a run of falling slopes, and it counts only where the
raw losses below are lower than those above by more than their own noise. Must not import torch or Qt.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]
LEAST = 5  # points that a fall lasts
REACH = 3  # neighbours on either side that a slope is taken over
NOISE_TO_DEVIATION = 1.4826 / np.sqrt(2)  # from the median step between neighbours to a standard deviation
SURE = 3.5  # standard errors that make a fall believed
SHOULDER = 0.15  # of a fall, where its top has been left


@dataclass(frozen=True)
class Fall:
    """Points by their index: where it begins, where it is steepest, where it ends."""

    start: int
    steepest: int
    stop: int

    @property
    def shoulder(self) -> int:
        """Just right of the top."""
        return self.start + round(SHOULDER * (self.stop - self.start))


def longest_fall(losses: Values, raw: Values) -> Fall | None:
    """The run of falling slopes that falls deepest; None where the raw losses do not confirm it.

    Parameters
    ----------
    losses, raw : (n,) float32
        Averaged and raw losses, all finite, n > 2 * REACH.
    """
    slopes = _slopes(losses)
    runs = [(a + REACH, b + REACH) for a, b in _runs(slopes < 0) if b - a >= LEAST]
    if not runs:
        return None
    start, stop = max(runs, key=lambda run: float(losses[run[0]] - losses[run[1]]))
    steepest = start + int(slopes[start - REACH : stop - REACH + 1].argmin())
    return Fall(start, steepest, stop) if _confirmed(raw, start, stop) else None


def _slopes(values: Values) -> NDArray[np.float64]:
    """(n - 2 * REACH,) slope of the line through each point and its neighbours, per point."""
    offsets = np.arange(-REACH, REACH + 1)
    return np.convolve(values.astype(np.float64), -offsets, mode="valid") / float((offsets**2).sum())


def _runs(falling: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last index of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], falling, [False]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _confirmed(raw: Values, start: int, stop: int) -> bool:
    """Whether the raw losses up to a fall's first third are higher than those of its last two thirds."""
    third = start + max(1, (stop - start) // 3)
    above, below = raw[:third].astype(np.float64), raw[third : stop + 1].astype(np.float64)
    noise = NOISE_TO_DEVIATION * float(np.median(np.abs(np.diff(raw[: stop + 1]))))
    error = noise * np.sqrt(1 / above.size + 1 / below.size)
    return float(above.mean() - below.mean()) > SURE * error
