"""The one cycle of rate and momentum, and the moving average that smooths a loss. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from studio.recipe.schedules import momentum_at, rate_at
from studio.ui.explainers.base import Control, Dot, Drawing, Explainer, Line, Values, Words

_FRAMES: Final = 101
_TOP_RATE: Final = 1e-2
_LEVEL_RATE, _LEVEL_MOMENTUM = (1.15, 1.95), (0.05, 0.9)
_BATCHES: Final = 160


def _losses() -> tuple[float, ...]:
    """Losses of a made-up stage: a fall, and a jitter that is the same every time."""
    jitter = (math.sin(7.3 * n) + math.sin(11.9 * n + 1) + math.sin(23.7 * n + 2) for n in range(_BATCHES))
    return tuple(0.25 + math.exp(-n / 45) + 0.11 * shake for n, shake in enumerate(jitter))


_LOSSES: Final = _losses()


def ewma(values: Sequence[float], beta: float) -> tuple[float, ...]:
    """`average = beta * average + (1 - beta) * value`, corrected for its start at zero (fastai's smooth loss)."""
    sums = accumulate(values, lambda old, new: beta * old + (1 - beta) * new, initial=0.0)
    return tuple(total / (1 - beta ** (n + 1)) for n, total in enumerate(list(sums)[1:]))


def _cycle(_values: Values, frame: int) -> Drawing:
    shares = [part / (_FRAMES - 1) for part in range(_FRAMES)]
    rates = [(share, _high(rate_at("one_cycle", share, 1.0), _LEVEL_RATE)) for share in shares]
    momenta = [(s, _high((momentum_at("one_cycle", s) - 0.85) / 0.1, _LEVEL_MOMENTUM)) for s in shares]
    now = shares[frame]
    marks = (
        Line(rates, "rate", 1, 0.35),
        Line(momenta, "momentum", 1, 0.35),
        Line(rates[: frame + 1], "rate"),
        Line(momenta[: frame + 1], "momentum"),
        Line(((now, 0.0), (now, 2.0)), "faint", 1, 1.0, is_dashed=True),
        Dot(rates[frame], "rate", 5),
        Dot(momenta[frame], "momentum", 5),
        Words((0.99, 1.88), "rate", "rate", "right"),
        Words((0.99, 0.55), "momentum", "momentum", "right"),
    )
    rate, held = rate_at("one_cycle", now, _TOP_RATE), momentum_at("one_cycle", now)
    part = (
        "warming up" if now < 0.25 else "at the top" if now < 0.3 else "settling" if now < 0.95 else "at rest"
    )
    return Drawing(
        (0.0, 1.0, -0.05, 2.05),
        marks,
        f"{now:.0%} of the stage, {part}: rate {rate:.1e}, momentum {held:.2f}.",
        "part of the stage that is done",
    )


def _high(value: float, level: tuple[float, float]) -> float:
    return level[0] + value * (level[1] - level[0])


def _smoothed(values: Values, frame: int) -> Drawing:
    shown = _LOSSES[: frame + 1]
    smooth = ewma(shown, values["beta"])
    marks = (
        Line(tuple(enumerate(shown)), "train_loss", 1, 0.35),
        Line(tuple(enumerate(smooth)), "train_loss", 2),
        Dot((frame, smooth[-1]), "train_loss", 5),
    )
    reach = 1 / (1 - values["beta"])
    return Drawing(
        (0.0, float(_BATCHES), 0.0, 1.6),
        marks,
        f"Batch {frame + 1}: loss {shown[-1]:.2f}, smoothed {smooth[-1]:.2f}, over about {reach:.0f} batches.",
        "batches",
        "loss",
    )


ONE_CYCLE: Final = Explainer(
    "one_cycle",
    "One cycle",
    "one-cycle",
    "The rate climbs and comes down; the momentum does the opposite.",
    (),
    _FRAMES,
    _cycle,
)
EWMA: Final = Explainer(
    "ewma",
    "A moving average",
    "train",
    "Each new loss counts for a little, and what was before fades: more history is smoother, and later to notice.",
    (Control("beta", "History kept", 0.0, 0.99, 0.98),),
    _BATCHES,
    _smoothed,
)
