"""Cross-entropy against mean squared error, and softmax. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from studio.ui.explainers.base import Box, Control, Dot, Drawing, Explainer, Line, Mark, Values, Words

_FRAMES: Final = 50
_LEAST: Final = 0.01
_GRID: Final = 120
_TOP: Final = 4.8
_CLASSES: Final = ("cat", "dog", "bird")
_TOKENS: Final = ("train_loss", "valid_loss", "metric")


def cross_entropy(chance: float) -> float:
    """`-ln(chance)` of the true class."""
    return -math.log(chance)


def squared(chance: float) -> float:
    """`(1 - chance)²`."""
    return (1 - chance) ** 2


def softmax(scores: Sequence[float]) -> tuple[float, ...]:
    """`exp(score) / sum(exp(scores))`; the largest is taken off first, so that nothing overflows."""
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    return tuple(power / sum(powers) for power in powers)


def _compared(_values: Values, frame: int) -> Drawing:
    chance = 0.99 - (0.99 - _LEAST) * frame / (_FRAMES - 1)
    grid = [_LEAST + (1 - _LEAST) * part / _GRID for part in range(_GRID + 1)]
    entropy, square = cross_entropy(chance), squared(chance)
    marks = (
        Line(tuple((p, squared(p)) for p in grid), "others", 2),
        Line(tuple((p, cross_entropy(p)) for p in grid), "train_loss", 2),
        Line(((chance, 0.0), (chance, max(entropy, square))), "faint", 1, 1.0, is_dashed=True),
        Dot((chance, square), "others", 5),
        Dot((chance, entropy), "train_loss", 5),
        Words((0.98, 4.4), "cross-entropy", "train_loss", "right"),
        Words((0.98, 4.0), "mean squared error", "dim", "right"),
    )
    said = (
        f"The true class gets {chance:.0%}: cross-entropy {entropy:.2f}, pulling with {1 / chance:.3g}; "
        f"squared error {square:.2f}, pulling with {2 * (1 - chance):.2f}."
    )
    return Drawing((0.0, 1.0, 0.0, _TOP), marks, said, "chance given to the true class", "loss")


def _softmax(values: Values, _frame: int) -> Drawing:
    scores = tuple(values[name] for name in _CLASSES)
    shares = softmax(scores)
    marks: list[Mark] = []
    for place, (name, token, score, share) in enumerate(zip(_CLASSES, _TOKENS, scores, shares, strict=True)):
        marks += [
            Box((place + 0.2, 0.0), (place + 0.8, share), token, 0.85),
            Words((place + 0.5, share + 0.03), f"{share:.1%}", "text", "centre"),
            Words((place + 0.5, -0.11), f"{name} {score:.1f}", "dim", "centre"),
        ]
    likeliest = max(zip(shares, _CLASSES, strict=True))
    said = (
        f"All three add up to 100 %. One point more for {likeliest[1]} multiplies its odds by e, about 2.7; "
        "softmax always chooses somebody, even for a photo of none of them."
    )
    return Drawing((0.0, 3.0, -0.18, 1.12), tuple(marks), said)


CROSS_ENTROPY: Final = Explainer(
    "cross_entropy",
    "Cross-entropy or squares",
    "loss-functions",
    "The model grows ever surer of the wrong answer. Cross-entropy protests ever louder, squares hardly mind.",
    (),
    _FRAMES,
    _compared,
)
SOFTMAX: Final = Explainer(
    "softmax",
    "Softmax",
    "loss-functions",
    "Turn the scores that the network gives: softmax makes chances of them.",
    tuple(
        Control(name, f"Score of {name}", -4.0, 6.0, value)
        for name, value in zip(_CLASSES, (2.0, 1.0, -1.0), strict=True)
    ),
    1,
    _softmax,
)
