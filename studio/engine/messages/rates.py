"""What the learning-rate finder tells."""

from __future__ import annotations

from msgspec import Struct

from studio.engine.messages.base import Event


class RatePoints(Event, frozen=True, kw_only=True):
    """Points of the finder's curve since the last such event; lists are of equal length."""

    stage: int
    lrs: tuple[float, ...]
    losses: tuple[float | None, ...]
    smooth: tuple[float | None, ...]


class Suggestion(Struct, frozen=True):
    """A marked place on the curve. `min` None means `slice(max)`."""

    name: str
    title: str
    max: float
    min: float | None
    reason: str


class RateFound(Event, frozen=True, kw_only=True):
    """The finder's whole answer. `groups` names the layer groups, first to last. Kept in `rates/`."""

    stage: int
    freeze: bool
    batch_size: int
    size: int | None
    lrs: tuple[float, ...]
    losses: tuple[float | None, ...]
    smooth: tuple[float | None, ...]
    suggestions: tuple[Suggestion, ...]
    groups: tuple[str, ...]
    trainable: tuple[bool, ...]
    sentence: str = ""


class TrialPoints(Event, frozen=True, kw_only=True):
    """Losses of one of three short fits since the last such event; `trial` is 0 for the smallest rate."""

    stage: int
    trial: int
    steps: int
    losses: tuple[float | None, ...]


class ShortFit(Struct, frozen=True):
    """One of three short fits: its rate, every loss, and the mean of the last ones (None where it shot up)."""

    factor: float
    max: float
    min: float | None
    losses: tuple[float | None, ...]
    shot_up: bool
    end: float | None


class RatesTried(Event, frozen=True, kw_only=True):
    """Three short fits on the same weights and batches. `best` is the place of the clear winner, if any."""

    stage: int
    freeze: bool
    batch_size: int
    size: int | None
    steps: int
    fits: tuple[ShortFit, ...]
    best: int | None
    sentence: str
