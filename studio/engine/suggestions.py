"""Places worth a look on a finder's curve: fastai's four, and those of the course notes. Pure numpy.

Curves are given as fastai trims them: without the first tenth and the last five points, and up to the first value
that is not finite. `lrs`, `losses` : (n,) float32, losses smoothed. Must not import torch or Qt.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.engine.messages import Suggestion

Curve = NDArray[np.float32]
FEWEST = 20
SHOOT_UP = 0.1
SLIDE_WIDTH = 15
SLIDE_SLOPE = 0.005
HEAD_DIVISOR = 10.0
GENTLE_DIVISOR = 5.0
USUAL_RANGE = 10.0


def trimmed(lrs: Sequence[float], smooth: Sequence[float | None], num_it: int) -> tuple[Curve, Curve]:
    """Cut a curve as fastai does before it looks for suggestions."""
    values = np.array([np.nan if s is None else s for s in smooth], dtype=np.float32)[num_it // 10 : -5]
    rates = np.array(lrs, dtype=np.float32)[num_it // 10 : -5]
    bad = np.flatnonzero(~np.isfinite(values))
    end = int(bad[0]) if bad.size else values.size
    return rates[:end], values[:end]


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


def steep(lrs: Curve, losses: Curve) -> float:
    """Where the loss falls fastest for a given factor of the rate."""
    slopes = np.diff(losses) / np.diff(np.log(lrs))
    return float(lrs[int(slopes.argmin())])


def before_shooting_up(lrs: Curve, losses: Curve) -> float | None:
    """The last rate before the loss leaves its lowest value for good; None where it never does.

    It has left once it is above the lowest value by a tenth of what it fell (or by a tenth of that value where
    it hardly fell).
    """
    lowest = int(losses.argmin())
    fell = float(losses[: lowest + 1].max() - losses[lowest])
    margin = max(SHOOT_UP * fell, SHOOT_UP * abs(float(losses[lowest])))
    above = np.flatnonzero(losses > losses[lowest] + margin)
    after = above[above > lowest]
    return float(lrs[int(after[0]) - 1]) if after.size else None


def suggest(lrs: Curve, losses: Curve, freeze: bool, frozen_rate: float | None) -> tuple[Suggestion, ...]:
    """Name the places of a curve, the one to take first at the front.

    Parameters
    ----------
    frozen_rate : float or None
        The highest rate of the frozen stage before an unfrozen one; None where there is none.
    """
    if losses.size < FEWEST:
        return ()
    notes = _frozen(lrs, losses) if freeze else _thawed(lrs, losses, frozen_rate)
    return (*notes, *_fastai(lrs, losses))


def too_few(losses: Curve) -> str:
    """Why nothing is suggested, or an empty text."""
    if losses.size >= FEWEST:
        return ""
    return (
        f"Only {losses.size} points of the curve are usable, too few for a suggestion. "
        "Let the finder run longer, or check the data and the starting weights if the loss is no number."
    )


def _frozen(lrs: Curve, losses: Curve) -> list[Suggestion]:
    found = [
        Suggestion("steepest", "Steepest slope", steep(lrs, losses), None, "The loss falls fastest here."),
    ]
    edge = before_shooting_up(lrs, losses)
    if edge is not None:
        reason = f"A tenth of {edge:.1e}, where the loss shoots up."
        found.append(Suggestion("shoots_up", "Before it shoots up, / 10", edge / HEAD_DIVISOR, None, reason))
    return found


def _thawed(lrs: Curve, losses: Curve, frozen_rate: float | None) -> list[Suggestion]:
    edge = before_shooting_up(lrs, losses)
    if edge is None:
        return []
    low = edge / HEAD_DIVISOR
    reason = f"From a tenth of {edge:.1e}, where the loss shoots up"
    if frozen_rate is None or frozen_rate / GENTLE_DIVISOR <= low:
        high = low * USUAL_RANGE
        return [Suggestion("shoots_up", "Before it shoots up", high, low, f"{reason}, to ten times that.")]
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
        (valley, "Valley", "In the longest stretch in which the loss falls."),
        (slide, "Slide", "Just before the loss turns."),
        (minimum, "Minimum / 10", "A tenth of the rate with the lowest loss."),
        (steep, "Steepest", "Where the loss falls fastest."),
    )
    return [
        Suggestion(rule.__name__, title, rule(lrs, losses), None, reason) for rule, title, reason in words
    ]
