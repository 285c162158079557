"""Which tiles are chosen, and how arrows, Space, Shift and Control change that. No Qt.

The rules are those of every file list: an arrow moves the current tile and chooses it alone, Shift
stretches from where the stretch began, Control moves or toggles without losing the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

Step = Literal["left", "right", "up", "down", "page up", "page down", "first", "last"]
NONE: Final = -1


@dataclass
class Selection:
    """The current tile, where a stretch began, and the chosen ones. Indices of the shown items."""

    count: int = 0
    current: int = NONE
    anchor: int = NONE
    chosen: set[int] = field(default_factory=set)

    def reset(self, count: int, current: int = NONE) -> None:
        """Other items are shown; at most one of them is current."""
        self.count = count
        self.current = self.anchor = min(current, count - 1)
        self.chosen = {self.current} if self.current >= 0 else set()

    def click(self, index: int, shift: bool = False, control: bool = False) -> None:
        """A press of the mouse, or a move by the keyboard, onto a tile."""
        if shift:
            self._stretch(index, keep=control)
        elif control:
            self.toggle(index)
        else:
            self.chosen, self.anchor = {index}, index
        self.current = index

    def toggle(self, index: int) -> None:
        """Choose a tile, or let go of it."""
        self.chosen ^= {index}
        self.current = self.anchor = index

    def everything(self) -> None:
        self.chosen = set(range(self.count))

    def target(self, step: Step, columns: int, rows_shown: int) -> int:
        """Where a key leads from the current tile; stays inside."""
        if self.current == NONE:
            return 0 if self.count else NONE
        jump = {"left": -1, "right": 1, "up": -columns, "down": columns}
        pages = {"page up": -columns * rows_shown, "page down": columns * rows_shown}
        if step in ("first", "last"):
            return 0 if step == "first" else self.count - 1
        wanted = self.current + (jump | pages)[step]
        if step == "up" and wanted < 0:
            return self.current
        if step == "down" and wanted >= self.count:
            last_row = (self.count - 1) // columns
            return self.count - 1 if self.current // columns < last_row else self.current
        return max(0, min(self.count - 1, wanted))

    def ordered(self) -> list[int]:
        """The chosen tiles in order; the current one where none is chosen."""
        if not self.chosen and self.current >= 0:
            return [self.current]
        return sorted(self.chosen)

    def _stretch(self, index: int, keep: bool) -> None:
        start = self.anchor if self.anchor >= 0 else index
        stretch = set(range(min(start, index), max(start, index) + 1))
        self.chosen = self.chosen | stretch if keep else stretch
        self.anchor = start
