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
