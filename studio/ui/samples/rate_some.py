"""Asks somebody new for a few ratings: popular items, each with the scale beside it. Told as the JSON that is typed.

Must not import: pages, the engine's parts, numpy.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from studio.project.results import Results, Scatter
from studio.ui.theme import SIZES
from studio.ui.widgets import DimLabel, LinkButton, SecondaryButton, SegmentedControl, SmallLabel, row

_ASKED: Final = 12
_MOST_STEPS: Final = 10
_COLUMNS: Final = 2
_NONE: Final = ""


def popular(results: Results | None) -> tuple[str, ...]:
    """The items that were rated most often, by name: those of the map, which begins with them."""
    maps = (f for f in results.figures if isinstance(f, Scatter) and f.names) if results is not None else ()
    return next((figure.names[:_ASKED] for figure in maps), ())


def scale(results: Results | None) -> tuple[float, ...]:
    """The ratings that were given, from the lowest; none where they have no few steps."""
    items = results.items if results is not None else ()
    given = {float(item.target) for item in items if isinstance(item.target, int | float)}
    return tuple(sorted(given)) if 2 <= len(given) <= _MOST_STEPS else ()


class RateSome(QWidget):
    """A line that opens to a few items with their scales.

    Signals
    -------
    typed(str)
        The ratings of somebody new, as JSON.
    """

    typed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked: tuple[tuple[str, ...], tuple[float, ...]] = ((), ())
        self._ratings: dict[str, float] = {}
        self.open = LinkButton("Somebody new: rate a few…")
        self.open.clicked.connect(self._toggle)
        self._inside = QWidget()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(SIZES.gap)
        self._grid.setVerticalSpacing(SIZES.half)
        self.ask = SecondaryButton("Recommend", "star")
        self.ask.clicked.connect(self._tell)
        self._said = SmallLabel()
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(self._grid)
        inside.addLayout(row(self.ask, self._said, None))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.half)
        layout.addLayout(row(self.open, None))
        layout.addWidget(self._inside)
        self._inside.hide()

    def show_results(self, results: Results | None) -> None:
        """Ask about the items of a run; nothing is asked where it has no map or no scale of a few steps."""
        asked = (popular(results), scale(results))
        if asked != self._asked:
            self._asked = asked
            self._fill(*asked)
        self.setVisible(all(asked))

    def _fill(self, names: Sequence[str], steps: Sequence[float]) -> None:
        self._ratings.clear()
        while (old := self._grid.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.deleteLater()
        lines = -(-len(names) // _COLUMNS)
        for place, name in enumerate(names):
            choice = SegmentedControl([(_NONE, "–"), *((f"{step:g}", f"{step:g}") for step in steps)], _NONE)
            choice.setAccessibleName(f"Your rating of {name}")
            choice.keyChosen.connect(partial(self._rated, name))
            label = DimLabel(name)
            label.setToolTip(name)
            label.setMinimumWidth(SIZES.grid)
            line, column = place % lines, 2 * (place // lines)
            self._grid.addWidget(label, line, column)
            self._grid.addWidget(choice, line, column + 1, Qt.AlignmentFlag.AlignRight)
            self._grid.setColumnStretch(column, 1)
        self._count()

    def _rated(self, name: str, key: str) -> None:
        if key == _NONE:
            self._ratings.pop(name, None)
        else:
            self._ratings[name] = float(key)
        self._count()

    def _count(self) -> None:
        self.ask.setEnabled(bool(self._ratings))
        n = len(self._ratings)
        self._said.setText(
            f"from {n} rating{'s' if n > 1 else ''}" if n else "Rate one or more; leave out the rest."
        )

    @Slot()
    def _tell(self) -> None:
        self.typed.emit(json.dumps({"ratings": self._ratings}, ensure_ascii=False))

    @Slot()
    def _toggle(self) -> None:
        self._inside.setVisible(self._inside.isHidden())
        self.open.setText("Somebody new: rate a few…" if self._inside.isHidden() else "Close")
