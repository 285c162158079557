"""The chosen slice of learning rates, as clicks, drags and keys change it. Plain data: no Qt, no numpy.

Rules: a rate has two figures, so that what a flag shows is what is used. One handle is ``slice(max)``, two
are ``slice(min, max)``; handles that cross change places.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Final, Literal

Handle = Literal["low", "high"]

LEAST: Final = 1e-9
MOST: Final = 100.0
DECADES_A_STEP: Final = 0.1


def two_figures(rate: float) -> float:
    """A rate within bounds, with two significant figures."""
    return float(f"{min(MOST, max(LEAST, rate)):.1e}")


def next_rate(rate: float, steps: int, fine: bool = False) -> float:
    """The rate some steps up or down: ten to a decade, or single units of the second figure."""
    for _ in range(abs(steps)):
        rate = _unit_step(rate, steps > 0) if fine else _tenth_step(rate, steps > 0)
    return rate


def _tenth_step(rate: float, up: bool) -> float:
    place = math.log10(rate) / DECADES_A_STEP
    near = round(place)
    if abs(place - near) > 0.25:  # between two steps: go to the next one
        near = math.floor(place) if up else math.ceil(place)
    return two_figures(10 ** ((near + (1 if up else -1)) * DECADES_A_STEP))


def _unit_step(rate: float, up: bool) -> float:
    power = math.floor(math.log10(rate) + 1e-9)
    if not up and math.isclose(rate, 10.0**power):  # from 1.0e-3 down is 9.9e-4
        power -= 1
    return two_figures(rate + (1 if up else -1) * 10.0 ** (power - 1))


@dataclass(frozen=True)
class Slice:
    """``slice(high)`` without `low`, ``slice(low, high)`` with it."""

    high: float
    low: float | None = None

    def at(self, handle: Handle) -> float | None:
        """The rate of a handle."""
        return self.high if handle == "high" else self.low

    def with_handle(self, handle: Handle, rate: float) -> tuple[Slice, Handle]:
        """Move a handle; also which handle it is now, since handles that cross change places."""
        rate = two_figures(rate)
        if self.low is None:
            return Slice(rate), "high"
        other = self.high if handle == "low" else self.low
        return between(rate, other), "high" if rate > other else "low"


def between(first: float, second: float) -> Slice:
    """The slice from one rate to another, in either order; a single one where they are equal."""
    low, high = sorted((two_figures(first), two_figures(second)))
    return Slice(high) if low == high else Slice(high, low)


@dataclass
class Choice:
    """What is chosen, which handle the keys move, and how it came about.

    Attributes
    ----------
    slice : Slice or None
    active : "low" or "high"
    pairing : bool
        The last click set a single handle, so the next one makes a pair of it.
    """

    slice: Slice | None = None
    active: Handle = "high"
    pairing: bool = False
    _past: list[Slice | None] = field(default_factory=list)
    _future: list[Slice | None] = field(default_factory=list)

    @property
    def can_undo(self) -> bool:
        """Whether there is a choice to go back to."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a choice was taken back."""
        return bool(self._future)

    def put(self, chosen: Slice | None) -> None:
        """Start from a slice that nobody chose by hand; forgets the past."""
        self.slice, self.active, self.pairing = chosen, "high", False
        self._past.clear()
        self._future.clear()

    def take(self, chosen: Slice, active: Handle = "high", pairing: bool = False) -> None:
        """Choose another slice; undo brings the old one back."""
        if chosen != self.slice:
            self._past.append(self.slice)
            self._future.clear()
        self.slice, self.active, self.pairing = chosen, active, pairing

    def click(self, rate: float, extend: bool = False) -> None:
        """A click beside the handles: one handle there, or the second one of a pair."""
        rate = two_figures(rate)
        now = self.slice
        if now is not None and (extend or (self.pairing and now.low is None)):
            kept = now.high if now.low is None or rate < now.high else now.low
            self.take(between(kept, rate), "high" if rate > kept else "low")
        else:
            self.take(Slice(rate), pairing=True)

    def step(self, steps: int, fine: bool = False) -> None:
        """Move the active handle by keys."""
        rate = self.slice.at(self.active) if self.slice is not None else None
        if self.slice is None or rate is None:
            return
        moved, active = self.slice.with_handle(self.active, next_rate(rate, steps, fine))
        self.take(moved, active, self.pairing)

    def set_rate(self, handle: Handle, rate: float | None) -> None:
        """A typed value; None takes the lower handle away."""
        if self.slice is None:
            if rate is not None:
                self.take(Slice(two_figures(rate)))
        elif rate is None:
            self.take(replace(self.slice, low=None))
        elif handle == "low":
            self.take(between(rate, self.slice.high), "low")
        else:
            self.take(Slice(two_figures(rate)) if self.slice.low is None else between(self.slice.low, rate))

    def undo(self) -> bool:
        """Go back one choice; False where there is none."""
        return self._swap(self._past, self._future)

    def redo(self) -> bool:
        """Go forward again."""
        return self._swap(self._future, self._past)

    def _swap(self, source: list[Slice | None], target: list[Slice | None]) -> bool:
        if not source:
            return False
        target.append(self.slice)
        self.slice, self.active, self.pairing = source.pop(), "high", False
        return True
