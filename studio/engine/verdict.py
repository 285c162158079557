"""Which of three short fits ended best, and by how much more than the noise of the batches. Pure numpy.

All three saw the same batches, so their losses are compared batch by batch: what one batch has of luck, all three
have. Must not import torch or Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.recipe.schema import Rate

FACTORS = (0.1, 1.0, 10.0)
NAMES = ("Ten times less", "The chosen rate", "Ten times more")
TAIL = 4  # the last quarter of the steps is compared
FEWEST_COMPARED = 5
CLEAR_ERRORS = 2.0  # a difference of so many standard errors is no luck
CLEAR_PART = 0.01  # and of so large a part of the loss is worth a word

Losses = Sequence[float | None]


@dataclass(frozen=True)
class Verdict:
    """`best` is the place of the fit that ended clearly lowest, None where there is none; `ends` their last losses."""

    best: int | None
    ends: tuple[float | None, ...]
    sentence: str


def scaled(rate: Rate, factor: float) -> Rate:
    """A rate with both ends multiplied; two figures, as a person would type it."""
    return Rate(
        max=_figures(rate.max * factor), min=None if rate.min is None else _figures(rate.min * factor)
    )


def _figures(rate: float) -> float:
    return float(f"{rate:.3g}")


def judge(losses: Sequence[Losses], shot_up: Sequence[bool], steps: int) -> Verdict:
    """Compare three fits of `steps` steps."""
    tails = [None if up else _tail(one, steps) for one, up in zip(losses, shot_up, strict=True)]
    ends = tuple(None if tail is None else float(tail.mean()) for tail in tails)
    ranked = sorted((end, place) for place, end in enumerate(ends) if end is not None)
    if not ranked:
        return Verdict(
            None, ends, "The loss shot up at all three rates. Try a rate that is a hundred times smaller."
        )
    words = _shot_up(shot_up)
    if len(ranked) == 1:
        place = ranked[0][1]
        return Verdict(place, ends, f"Only {_name(place)} did not shoot up: loss {ranked[0][0]:.3g}.")
    (low, first), (next_low, second) = ranked[:2]
    best, other = tails[first], tails[second]
    assert best is not None
    assert other is not None
    if not _clear(other - best, low):
        return Verdict(
            None, ends, f"No clear winner: {_pair(first, second)} ended alike, at {low:.3g}.{words}"
        )
    against = f"after {steps} steps, against {next_low:.3g} for {_name(second)}"
    return Verdict(first, ends, f"{NAMES[first]} learned fastest: loss {low:.3g} {against}.{words}")


def _tail(losses: Losses, steps: int) -> NDArray[np.float64] | None:
    """Losses of the last quarter; None where the fit did not get there or a loss is no number."""
    count = max(FEWEST_COMPARED, steps // TAIL)
    values = np.array([np.nan if v is None else v for v in losses], dtype=np.float64)
    return values[-count:] if len(values) >= steps and np.isfinite(values[-count:]).all() else None


def _clear(more: NDArray[np.float64], low: float) -> bool:
    """Whether a fit ended higher than another by more than luck; `more` is the difference in each batch."""
    error = float(more.std(ddof=1)) / float(np.sqrt(more.size))
    return float(more.mean()) > max(CLEAR_ERRORS * error, CLEAR_PART * abs(low))


def _name(place: int) -> str:
    return NAMES[place][0].lower() + NAMES[place][1:]


def _pair(first: int, second: int) -> str:
    low, high = sorted((first, second))
    return f"{_name(low)} and {_name(high)}"


def _shot_up(shot_up: Sequence[bool]) -> str:
    found = [_name(place) for place, up in enumerate(shot_up) if up]
    return f" The loss shot up at {' and '.join(found)}." if found else ""
