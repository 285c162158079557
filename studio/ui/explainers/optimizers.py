"""Momentum, RMSProp and Adam rolling down a long valley, with plain SGD beside them. No Qt.

The valley is f(x, y) = (0.03 x² + 2 y²) / 2. Momentum is the moving average of the notes: `step = beta * step +
(1 - beta) * gradient`; RMSProp and Adam are those of `torch.optim` with eps = 1e-8.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Final

from studio.ui.explainers.base import Control, Dot, Drawing, Explainer, Line, Mark, Point, Values

_CURVED: Final[Point] = (0.03, 2.0)
_START: Final[Point] = (-9.0, 2.2)
_SPAN: Final = (-10.5, 4.0, -3.2, 3.2)
_PLAIN_RATE: Final = 0.9
_FRAMES: Final = 81
_EPS: Final = 1e-8
_LEVELS: Final = (0.05, 0.3, 0.8, 1.6, 3.0, 5.0)
_ROUND: Final = 72
Steps = Iterator[Point]


def gradient(at: Point) -> Point:
    """Of the valley."""
    return _CURVED[0] * at[0], _CURVED[1] * at[1]


def plain(rate: float) -> Steps:
    """Places of SGD, from the start on, without end."""
    at = _START
    while True:
        yield at
        slope = gradient(at)
        at = at[0] - rate * slope[0], at[1] - rate * slope[1]


def momentum(rate: float, beta: float) -> Steps:
    """Steps along a moving average of gradients."""
    at, moved = _START, (0.0, 0.0)
    while True:
        yield at
        slope = gradient(at)
        moved = _average(moved, slope, beta)
        at = at[0] - rate * moved[0], at[1] - rate * moved[1]


def rmsprop(rate: float, beta: float) -> Steps:
    """Steps along the gradient over the root of its mean square."""
    at, square = _START, (0.0, 0.0)
    while True:
        yield at
        slope = gradient(at)
        square = _average(square, (slope[0] ** 2, slope[1] ** 2), beta)
        at = _apart(at, slope, square, rate)


def adam(rate: float, beta: float, beta2: float = 0.99) -> Steps:
    """Both, each corrected for its start at zero."""
    at, moved, square, number = _START, (0.0, 0.0), (0.0, 0.0), 0
    while True:
        yield at
        number += 1
        slope = gradient(at)
        moved = _average(moved, slope, beta)
        square = _average(square, (slope[0] ** 2, slope[1] ** 2), beta2)
        mean = moved[0] / (1 - beta**number), moved[1] / (1 - beta**number)
        spread = square[0] / (1 - beta2**number), square[1] / (1 - beta2**number)
        at = _apart(at, mean, spread, rate)


def _average(old: Point, new: Point, beta: float) -> Point:
    return beta * old[0] + (1 - beta) * new[0], beta * old[1] + (1 - beta) * new[1]


def _apart(at: Point, along: Point, square: Point, rate: float) -> Point:
    return (
        at[0] - rate * along[0] / (math.sqrt(square[0]) + _EPS),
        at[1] - rate * along[1] / (math.sqrt(square[1]) + _EPS),
    )


def _level(height: float) -> Line:
    across = math.sqrt(2 * height / _CURVED[0]), math.sqrt(2 * height / _CURVED[1])
    turns = [2 * math.pi * part / _ROUND for part in range(_ROUND + 1)]
    return Line(
        tuple((across[0] * math.cos(t), across[1] * math.sin(t)) for t in turns), "line_strong", 1, 0.8
    )


def _draw(
    steps: Callable[[float, float], Steps], token: str, name: str, values: Values, frame: int
) -> Drawing:
    beside = tuple(islice(plain(_PLAIN_RATE), frame + 1))
    way = tuple(islice(steps(values["rate"], values["beta"]), frame + 1))
    marks: list[Mark] = [
        *map(_level, _LEVELS),
        Dot((0.0, 0.0), "good", 5),
        Line(beside, "others", 1, 0.7, is_dashed=True),
        Line(way, token, 2),
        *(Dot(at, token, 2.5) for at in way[:-1]),
        Dot(beside[-1], "others", 4, 0.8),
        Dot(way[-1], token, 6),
    ]
    left = math.hypot(*way[-1])
    return Drawing(
        _SPAN,
        tuple(marks),
        f"Step {frame}: {name} is {left:.2f} from the lowest point, plain SGD (dashed) {math.hypot(*beside[-1]):.2f}.",
    )


_BETA: Final = Control("beta", "History kept", 0.0, 0.98, 0.9)
MOMENTUM: Final = Explainer(
    "momentum",
    "Momentum",
    "momentum-adam",
    "Across the valley the gradients cancel out, along it they add up: the ball rolls instead of bouncing.",
    (Control("rate", "Rate", 0.2, 10.0, 3.0, is_log=True), _BETA),
    _FRAMES,
    partial(_draw, momentum, "momentum", "momentum"),
)
RMSPROP: Final = Explainer(
    "rmsprop",
    "RMSProp",
    "momentum-adam",
    "Each weight's step is divided by how large its gradients usually are, so that the gentle direction keeps up.",
    (Control("rate", "Rate", 0.02, 1.0, 0.2, is_log=True), _BETA),
    _FRAMES,
    partial(_draw, rmsprop, "rate", "RMSProp"),
)
ADAM: Final = Explainer(
    "adam",
    "Adam",
    "momentum-adam",
    "Momentum for the direction, RMSProp for the length of each weight's step.",
    (Control("rate", "Rate", 0.02, 1.0, 0.3, is_log=True), _BETA),
    _FRAMES,
    partial(_draw, adam, "metric", "Adam"),
)
