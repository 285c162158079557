"""A series that grows by the batch and draws quickly at a million points: extremes of ever larger blocks.

Each level keeps the minimum and maximum of `FACTOR` blocks of the level below, for whole blocks only, so
that an append costs a constant on average and a redraw reads about two points a pixel column. A spike is
never lost.

Must not import: Qt, pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FACTOR: Final = 8
_FIRST: Final = 1024


class Growing:
    """A float array that grows at the end, doubling its room."""

    def __init__(self) -> None:
        self._room: Floats = np.empty(_FIRST)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def values(self) -> Floats:
        """(n,) a view of what is there; stale after the next `extend`."""
        return self._room[: self._count]

    def extend(self, values: Floats) -> None:
        """Append `values`, (k,)."""
        need = self._count + len(values)
        if need > len(self._room):
            room = np.empty(max(need, 2 * len(self._room)))
            room[: self._count] = self.values
            self._room = room
        self._room[self._count : need] = values
        self._count = need

    def cut(self, count: int) -> None:
        """Keep the first `count` values."""
        self._count = min(self._count, count)


class _Level:
    """Minimum and maximum of the whole blocks of `block` values."""

    def __init__(self, block: int) -> None:
        self.block = block
        self.low, self.high = Growing(), Growing()

    def take(self, low: Floats, high: Floats) -> bool:
        """Fill up from the level below; True where at least one block became whole."""
        done, whole = len(self.low), len(low) // FACTOR
        if whole == done:
            return False
        part = slice(done * FACTOR, whole * FACTOR)
        self.low.extend(np.fmin.reduce(low[part].reshape(-1, FACTOR), axis=1))
        self.high.extend(np.fmax.reduce(high[part].reshape(-1, FACTOR), axis=1))
        return True


class Pyramid:
    """x and y of one curve. `x` must rise; NaN in `y` leaves a gap only where a whole block is NaN."""

    def __init__(self) -> None:
        self._x, self._y = Growing(), Growing()
        self._levels: list[_Level] = []

    def __len__(self) -> int:
        return len(self._y)

    @property
    def x(self) -> Floats:
        """(n,) every x; a view."""
        return self._x.values

    @property
    def y(self) -> Floats:
        """(n,) every y; a view."""
        return self._y.values

    def append(self, x: Sequence[float], y: Sequence[float | None]) -> None:
        """Add points at the end; None becomes NaN. Costs a constant per point on average."""
        self._x.extend(np.asarray(x, dtype=float))
        self._y.extend(np.array(y, dtype=float))
        low = high = self.y
        for level in self._all_levels():
            if not level.take(low, high):
                return
            low, high = level.low.values, level.high.values

    def cut(self, count: int) -> None:
        """Keep the first `count` points (a resumed run trains the rest again)."""
        self._x.cut(count)
        self._y.cut(count)
        for level in self._levels:
            level.low.cut(count // level.block)
            level.high.cut(count // level.block)

    def window(self, left: float, right: float, columns: int) -> tuple[Floats, Floats]:
        """Points to draw between two x: the points themselves, or about two a column.

        Parameters
        ----------
        left, right : float
            The shown range of x; one point beyond each end is included, so that lines run to the edge.
        columns : int
            Pixel columns of the plot.

        Returns
        -------
        x, y : (k,) float64
            The points themselves where they are few; else minimum and maximum of each block, in turn.
        """
        first = max(0, int(np.searchsorted(self.x, left)) - 1)
        last = min(len(self), int(np.searchsorted(self.x, right, side="right")) + 1)
        level = self._level_for((last - first) / max(1, columns))
        if level is None:
            return self.x[first:last].copy(), self.y[first:last].copy()
        return self._blocks(level, first, last, columns)

    def samples(self, left: float, right: float, columns: int) -> tuple[Floats, Floats]:
        """True values at even steps between two x, for curves that are smooth already (an average ...).

        A wide antialiased line through pairs of extremes would be slow to draw and say no more.
        """
        first = max(0, int(np.searchsorted(self.x, left)) - 1)
        last = min(len(self), int(np.searchsorted(self.x, right, side="right")) + 1)
        step = max(1, (last - first) // max(1, columns))
        places = np.arange(first, last, step)
        if len(places) and places[-1] != last - 1:
            places = np.append(places, last - 1)
        return self.x[places], self.y[places]

    def extremes(self, left: float, right: float) -> tuple[float, float] | None:
        """Smallest and largest finite y between two x; None where there is none."""
        _, y = self.window(left, right, 256)
        y = y[np.isfinite(y)]
        return (float(y.min()), float(y.max())) if len(y) else None

    def _level_for(self, per_column: float) -> _Level | None:
        """The coarsest level that still has a block a column; None for the points themselves."""
        fits = [level for level in self._levels if level.block <= per_column and len(level.low)]
        return fits[-1] if fits else None

    def _blocks(self, level: _Level, first: int, last: int, columns: int) -> tuple[Floats, Floats]:
        """A pair of points a column from whole blocks, then the values after the last whole block."""
        start = first // level.block
        stop = max(start, min(last // level.block, len(level.low)))
        low, high = level.low.values[start:stop], level.high.values[start:stop]
        joined = max(1, (stop - start) // max(1, columns))  # blocks a column
        groups = np.arange(0, stop - start, joined)
        edges = (start + groups) * level.block
        x, y = np.repeat(self.x[edges], 2), np.empty(2 * len(edges))
        x[1::2] = self.x[np.minimum(edges + joined * level.block // 2, last - 1)]
        if len(groups):
            y[0::2], y[1::2] = np.fmin.reduceat(low, groups), np.fmax.reduceat(high, groups)
        rest = slice(stop * level.block, last)
        return np.concatenate([x, self.x[rest]]), np.concatenate([y, self.y[rest]])

    def _all_levels(self) -> list[_Level]:
        """The levels, with as many as the length is worth."""
        while FACTOR ** (len(self._levels) + 1) <= len(self):
            self._levels.append(_Level(FACTOR ** (len(self._levels) + 1)))
        return self._levels
