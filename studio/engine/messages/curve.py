"""What is told of "Do I need more data?": a learning curve, point by point. Kept in the project's `curve.json`."""

from __future__ import annotations

from msgspec import Struct

from studio.engine.messages.base import Event


class CurvePoint(Struct, frozen=True):
    """One training on a part of the training items, judged on the whole validation set.

    `share` is that part (1/8, 1/4, 1/2, 1), `items` how many items it has, `score` the value of the curve's metric.
    """

    share: float
    items: int
    seed: int
    score: float | None
    valid_loss: float | None
    seconds: float


class CurveFit(Struct, frozen=True):
    """`score = limit + gain * items ** -power`, fitted to the points, where they allow it.

    Attributes
    ----------
    doubled : float
        The score to expect with twice the items; `doubled_low` and `doubled_high` hold it in 80 of 100 cases.
    """

    limit: float
    gain: float
    power: float
    doubled: float
    doubled_low: float
    doubled_high: float


class CurveStarted(Event, frozen=True, kw_only=True):
    """A learning curve began or goes on: the parts and seeds it will train, and the points that are there already."""

    metric: str
    is_up: bool
    shares: tuple[float, ...]
    items: tuple[int, ...]
    seeds: tuple[int, ...]
    points: tuple[CurvePoint, ...] = ()


class CurvePointDone(Event, frozen=True, kw_only=True):
    """One more point is there, and kept."""

    point: CurvePoint


class CurveFound(Event, frozen=True, kw_only=True):
    """The whole curve. `is_up`: whether more of `metric` is better.

    `fit` is None where the points allow no extrapolation; `sentence` says in words what doubling the data should
    bring and how sure that is, or why it cannot be said.
    """

    metric: str
    is_up: bool
    points: tuple[CurvePoint, ...]
    fit: CurveFit | None
    sentence: str
    plan: str = "quick"
    made: str = ""
    """When, ISO 8601 with the time zone."""
