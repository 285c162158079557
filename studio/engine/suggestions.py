"""Places worth a look on a finder's curve: those of the course notes, and fastai's. Pure numpy.

Rules: a curve is taken as fastai trims it (without the first tenth and the last five points, up to the first value
that is no number), and a fall counts only where the raw losses bear it out: the average begins with few batches, so
its first points wander. Where nothing stands out nothing is named. Must not import torch or Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.engine.fall import Fall, longest_fall
from studio.engine.messages import Suggestion

Curve = NDArray[np.float32]
FEWEST = 20
SHOOT_UP = 0.1
SLIDE_WIDTH = 15
SLIDE_SLOPE = 0.005
HEAD_DIVISOR = 10.0
GENTLE_DIVISOR = 5.0
USUAL_RANGE = 10.0
FIRST_EDGE = 5  # a loss that shoots up before this point rose from the beginning


@dataclass(frozen=True)
class Seen:
    """The part of a curve that is judged: rates, averaged losses and raw ones, (n,) float32 each."""

    lrs: Curve
    losses: Curve
    raw: Curve


def trimmed(
    lrs: Sequence[float], smooth: Sequence[float | None], raw: Sequence[float | None], num_it: int
) -> Seen:
    """Cut a curve as fastai does before it looks for suggestions."""
    values, single = (
        np.array([np.nan if s is None else s for s in one], dtype=np.float32)[num_it // 10 : -5]
        for one in (smooth, raw)
    )
    rates = np.array(lrs, dtype=np.float32)[num_it // 10 : -5]
    bad = np.flatnonzero(~np.isfinite(values) | ~np.isfinite(single))
    end = int(bad[0]) if bad.size else values.size
    return Seen(rates[:end], values[:end], single[:end])


def valley(lrs: Curve, losses: Curve) -> float:
    """Two thirds down the longest falling run of points, not necessarily neighbours (fastai's default)."""
    n = losses.size
    lengths = np.ones(n, dtype=np.int64)
    for i in range(1, n):
        lower = losses[i] < losses[:i]
        if lower.any():
            lengths[i] = lengths[:i][lower].max() + 1
    end = int(lengths.argmax())
    start = end - int(lengths[end]) if lengths[end] > 1 else 0
    third = (end - start) / 3
    return float(lrs[start + int(third) + int(third / 2)])


def slide(lrs: Curve, losses: Curve) -> float:
    """Where a window slid down from the right first has nearly equal slopes at both ends (fastai's rule)."""
    slope = np.gradient(losses)
    right, left = -1, -1 - SLIDE_WIDTH
    found = float(lrs[left])
    while left >= -losses.size and abs(slope[right] - slope[left]) > SLIDE_SLOPE:
        found = float(lrs[left])
        right, left = right - 1, left - 1
    return found


def minimum(lrs: Curve, losses: Curve) -> float:
    """A tenth of the rate with the lowest loss."""
    return float(lrs[int(losses.argmin())]) / 10


def before_shooting_up(lrs: Curve, losses: Curve) -> float | None:
    """The last rate before the loss leaves its lowest value for good.

    It has left once it is above the lowest value by a tenth of what it fell (or by a tenth of that value where
    it hardly fell). None where it never does, or where it rose from the beginning.
    """
    lowest = int(losses.argmin())
    fell = float(losses[: lowest + 1].max() - losses[lowest])
    margin = max(SHOOT_UP * fell, SHOOT_UP * abs(float(losses[lowest])))
    last = int(np.flatnonzero(losses <= losses[lowest] + margin)[-1])
    return float(lrs[last]) if FIRST_EDGE <= last < losses.size - 1 else None


def suggest(seen: Seen, freeze: bool, frozen_rate: float | None) -> tuple[Suggestion, ...]:
    """Name the places of a curve, the one to take first at the front.

    Parameters
    ----------
    frozen_rate : float or None
        The highest rate of the frozen stage before an unfrozen one; None where there is none.
    """
    if seen.losses.size < FEWEST:
        return ()
    fall, edge = longest_fall(seen.losses, seen.raw), before_shooting_up(seen.lrs, seen.losses)
    notes = _frozen(seen, fall, edge) if freeze else _thawed(seen, fall, edge, frozen_rate)
    return (*notes, *(_fastai(seen.lrs, seen.losses) if fall is not None else ()))


def sentence(seen: Seen, freeze: bool) -> str:
    """Why nothing, or less than usual, is suggested; or an empty text."""
    if seen.losses.size < FEWEST:
        return (
            f"Only {seen.losses.size} points of the curve are usable, too few for a suggestion: the loss shot up, "
            "or was no number, almost from the start. Check the data and the starting weights; in half precision, "
            "try 32 bit."
        )
    if longest_fall(seen.losses, seen.raw) is not None:
        return ""
    if before_shooting_up(seen.lrs, seen.losses) is None:
        return (
            "The loss never clearly falls, so no rate stands out. A larger batch has less noise; "
            "if that does not help, look at the labels on the Data page."
        )
    if freeze:
        return "The loss hardly falls before it shoots up. Ten times less and ten times more show whether it learns."
    return ""  # a network that was trained already: flat, then up, as it should be


def _frozen(seen: Seen, fall: Fall | None, edge: float | None) -> list[Suggestion]:
    found = []
    if fall is not None:
        steepest = float(seen.lrs[fall.steepest])
        found.append(Suggestion("steepest", "Steepest slope", steepest, None, "The loss falls fastest here."))
    if edge is not None:
        reason = f"A tenth of {edge:.1e}, where the loss shoots up."
        found.append(Suggestion("shoots_up", "Before it shoots up / 10", edge / HEAD_DIVISOR, None, reason))
    return found


def _thawed(seen: Seen, fall: Fall | None, edge: float | None, frozen_rate: float | None) -> list[Suggestion]:
    if edge is not None:
        low = edge / HEAD_DIVISOR
        if frozen_rate is None or frozen_rate / GENTLE_DIVISOR <= low:
            reason = f"Up to a tenth of {edge:.1e}, where the loss shoots up, from a tenth of that."
            return [Suggestion("range", "A range of ten", low, low / USUAL_RANGE, reason)]
        return _up_from(low, f"From a tenth of {edge:.1e}, where the loss shoots up", frozen_rate)
    if fall is not None:
        return _up_from(
            float(seen.lrs[fall.shoulder]), "From just right of the top of the longest fall", frozen_rate
        )
    return []


def _up_from(low: float, reason: str, frozen_rate: float | None) -> list[Suggestion]:
    """Ranges from a lowest rate up to parts of the frozen stage's, or to ten times it."""
    if frozen_rate is None or frozen_rate / GENTLE_DIVISOR <= low:
        return [
            Suggestion("range", "A range of ten", low * USUAL_RANGE, low, f"{reason}, to ten times that.")
        ]
    return [
        Suggestion(
            f"frozen_{divisor:.0f}", f"Up to the frozen rate / {divisor:.0f}", frozen_rate / divisor, low, why
        )
        for divisor in (GENTLE_DIVISOR, HEAD_DIVISOR)
        if frozen_rate / divisor > low
        for why in (f"{reason}, to the frozen stage's {frozen_rate:.1e} / {divisor:.0f}.",)
    ]


def _fastai(lrs: Curve, losses: Curve) -> list[Suggestion]:
    words = (
        (valley, "Valley", "fastai's first choice: in the longest stretch in which the loss falls."),
        (slide, "Slide", "fastai's slide rule: just before the loss turns."),
        (minimum, "Minimum / 10", "A tenth of the rate with the lowest loss."),
    )
    return [
        Suggestion(rule.__name__, title, rule(lrs, losses), None, reason) for rule, title, reason in words
    ]
