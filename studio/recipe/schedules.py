"""How the learning rate and the momentum go within a stage: one-cycle, flat then cosine, constant.

The formulas are those of fastai's `fit_one_cycle`, `fit_flat_cos` and `fit` with their default arguments; the engine
trains with fastai's own, the window draws these. No torch, no Qt.
"""

from __future__ import annotations

import math
from typing import Final

from studio.recipe.schema import Schedule

TITLES: Final[dict[Schedule, str]] = {
    "one_cycle": "One-cycle",
    "flat_cosine": "Flat, then cosine",
    "constant": "Constant",
}
WORDS: Final[dict[Schedule, str]] = {
    "one_cycle": "Warms up for a quarter of the stage, then falls to almost nothing: the usual choice.",
    "flat_cosine": "Full rate for three quarters of the stage, then falls: good with early stopping.",
    "constant": "The same rate throughout: good for stopping at any moment and going on later.",
}

WARM: Final = 0.25
START: Final = 1 / 25
END: Final = 1e-5
FLAT: Final = 0.75
MOMENTUMS: Final = (0.95, 0.85, 0.95)
USUAL_MOMENTUM: Final = 0.9


def rate_at(schedule: Schedule, share: float, lr_max: float) -> float:
    """The learning rate of a layer group.

    Parameters
    ----------
    share : float
        The part of the stage's batches that is done, 0 to 1.
    lr_max : float
        The group's highest rate.
    """
    if schedule == "constant":
        return lr_max
    if schedule == "flat_cosine":
        return _two_parts(share, FLAT, lr_max, lr_max, lr_max * END)
    return _two_parts(share, WARM, lr_max * START, lr_max, lr_max * END)


def momentum_at(schedule: Schedule, share: float) -> float:
    """The momentum (Adam's first beta) with `share` of the stage done; only one-cycle changes it."""
    return _two_parts(share, WARM, *MOMENTUMS) if schedule == "one_cycle" else USUAL_MOMENTUM


def _two_parts(share: float, turn: float, start: float, middle: float, end: float) -> float:
    if share < turn:
        return _cosine(start, middle, share / turn)
    return _cosine(middle, end, (share - turn) / (1 - turn))


def _cosine(start: float, end: float, share: float) -> float:
    return start + (1 - math.cos(math.pi * share)) * (end - start) / 2
