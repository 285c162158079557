"""SGD on a line: a straight line finds its way through points, a few of them at a time. No Qt."""

from __future__ import annotations

from itertools import accumulate, islice
from typing import Final

from studio.ui.explainers.base import Control, Dot, Drawing, Explainer, Line, Mark, Point, Values

_POINTS: Final[tuple[Point, ...]] = (
    (-0.95, -0.62), (0.15, 0.71), (0.6, 1.4), (-0.4, 0.18), (0.92, 1.55), (-0.7, -0.36), (0.35, 0.72), (-0.15, 0.33),
    (0.75, 1.17), (-0.55, -0.24), (0.05, 0.42), (0.5, 0.96), (-0.85, -0.22), (-0.3, -0.12), (0.25, 0.88), (0.85, 1.26),
)  # fmt: skip
_BATCH: Final = 4
_START: Final[Point] = (-1.0, 1.2)
_FRAMES: Final = 61
_TRAIL: Final = 12


def loss(weights: Point, points: tuple[Point, ...] = _POINTS) -> float:
    """Mean squared error of the line `weights[0] * x + weights[1]`."""
    return sum((weights[0] * x + weights[1] - y) ** 2 for x, y in points) / len(points)


def step(weights: Point, rate: float, number: int) -> Point:
    """One step of SGD on batch `number`: `weight -= rate * gradient` of the mean squared error."""
    first = number * _BATCH % len(_POINTS)
    batch = _POINTS[first : first + _BATCH]
    missed = [(weights[0] * x + weights[1] - y, x) for x, y in batch]
    slope = sum(2 * miss * x for miss, x in missed) / len(batch)
    height = sum(2 * miss for miss, _ in missed) / len(batch)
    return weights[0] - rate * slope, weights[1] - rate * height


def path(rate: float, steps: int) -> list[Point]:
    """The weights before the first step and after each."""
    return list(islice(accumulate(range(steps), lambda at, n: step(at, rate, n), initial=_START), steps + 1))


def _draw(values: Values, frame: int) -> Drawing:
    lines = path(values["rate"], frame)
    now, batch = lines[-1], frame * _BATCH % len(_POINTS)
    trail = lines[-_TRAIL:-1]
    marks: list[Mark] = [
        *(_line(old, 0.08 + 0.2 * at / _TRAIL) for at, old in enumerate(trail)),
        _line(now, 1.0),
        *(Dot(p, "others", 4, 0.6) for p in _POINTS),
        *(Dot(p, "valid_loss", 5) for p in _POINTS[batch : batch + _BATCH]),
    ]
    said = f"Step {frame}: y = {now[0]:.2f} x + {now[1]:.2f}, loss {min(loss(now), 1e6):.3g}."
    if loss(now) > 10 * loss(_START):
        said += " The rate is too high: every step throws the line further off."
    return Drawing((-1.1, 1.1, -1.0, 2.0), tuple(marks), said, "x", "y")


def _line(weights: Point, alpha: float) -> Line:
    ends = tuple((x, max(-50.0, min(50.0, weights[0] * x + weights[1]))) for x in (-1.1, 1.1))
    return Line(ends, "train_loss", 2, alpha)


SGD: Final = Explainer(
    "sgd",
    "SGD on a line",
    "momentum-adam",
    "The points of one batch (orange) say which way the line should turn; the rate says how far it goes.",
    (Control("rate", "Rate", 0.01, 2.0, 0.15, is_log=True),),
    _FRAMES,
    _draw,
)
