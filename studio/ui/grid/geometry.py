"""Where the tiles of a grid lie: columns, rows, which are visible, which is under the mouse. Arithmetic only.

Must not import: Qt, numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GAP: Final = 12
WORDS: Final = 52  # the two lines below a picture


@dataclass(frozen=True)
class Geometry:
    """A grid of `count` tiles in a viewport of `width` pixels. Columns share the width evenly.

    Attributes
    ----------
    least : int
        No tile is narrower, except where the viewport itself is.
    shape : float
        Height of a picture as a part of its width.
    """

    count: int
    width: int
    least: int = 148
    shape: float = 0.7

    @property
    def columns(self) -> int:
        """Tiles side by side; at least one."""
        return max(1, (self.width + GAP) // (self.least + GAP))

    @property
    def rows(self) -> int:
        return -(-self.count // self.columns)

    @property
    def tile_width(self) -> int:
        return max(1, (self.width - (self.columns - 1) * GAP) // self.columns)

    @property
    def picture_height(self) -> int:
        return round(self.tile_width * self.shape)

    @property
    def tile_height(self) -> int:
        return self.picture_height + WORDS

    @property
    def pitch(self) -> int:
        """From the top of one row to the top of the next."""
        return self.tile_height + GAP

    @property
    def height(self) -> int:
        """Of all rows together."""
        return max(0, self.rows * self.pitch - GAP)

    def tile(self, index: int) -> tuple[int, int, int, int]:
        """x, y, width, height of a tile, from the top of the first row."""
        row, column = divmod(index, self.columns)
        left = self._left(column)
        return left, row * self.pitch, self._left(column + 1) - GAP - left, self.tile_height

    def visible(self, top: int, height: int) -> range:
        """Indices of the tiles that touch the band from `top` down `height` pixels."""
        first = max(0, top // self.pitch) * self.columns
        last = ((top + height - 1) // self.pitch + 1) * self.columns
        return range(min(first, self.count), min(max(0, last), self.count))

    def hit(self, x: int, y: int) -> int | None:
        """The tile at a point, None between tiles and beyond the last."""
        if not (0 <= x < self.width and y >= 0):
            return None
        row, below = divmod(y, self.pitch)
        column = next((c for c in range(self.columns) if self._left(c) <= x < self._left(c + 1) - GAP), None)
        index = row * self.columns + (column or 0)
        return index if column is not None and below < self.tile_height and index < self.count else None

    def scroll_to(self, index: int, top: int, height: int) -> int:
        """The smallest move of `top` that brings a tile into a viewport `height` pixels high."""
        _, y, _, tall = self.tile(index)
        if y < top:
            return y
        return max(top, y + tall - height)

    def _left(self, column: int) -> int:
        """Left edge of a column; the spare pixels are spread, so that both outer edges are straight."""
        return column * (self.width + GAP) // self.columns
