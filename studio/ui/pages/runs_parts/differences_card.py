"""Where the settings of the ticked runs differ, and their scores; a value unlike the first run's stands out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from studio.project.differences import Difference
from studio.ui.theme import SIZES
from studio.ui.widgets import Card, DimLabel, HeadingLabel, scrolled
from studio.ui.widgets.layout import cleared
from studio.ui.widgets.words import plural


class DifferencesCard(Card):
    """A column a run, a line a setting."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What differs", "", parent=parent)
        holder = QWidget()
        self._grid = QGridLayout(holder)
        self.body.addWidget(scrolled(holder), 1)

    def show_differences(
        self, runs: Sequence[int], scores: Sequence[Difference], found: Sequence[Difference]
    ) -> None:
        """Show these; `scores` stand above the settings."""
        cleared(self._grid)
        for line in range(self._grid.rowCount()):
            self._grid.setRowStretch(line, 0)
        self._grid.setContentsMargins(0, 0, SIZES.grid, 0)
        self._grid.setHorizontalSpacing(SIZES.gap)
        self._grid.setVerticalSpacing(6)
        self.set_title("What differs", plural(len(found), "setting") if len(runs) > 1 else "")
        if len(runs) < 2:
            self._grid.addWidget(
                DimLabel("Tick two runs to see where their settings differ.", wrap=True), 0, 0
            )
        else:
            self._fill(runs, [*scores, *found])
            if not found:
                words = DimLabel("All settings are the same.", wrap=True)
                self._grid.addWidget(words, len(scores) + 1, 0, 1, -1)
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    def _fill(self, runs: Sequence[int], found: Sequence[Difference]) -> None:
        for place, run in enumerate(runs, 1):
            self._grid.addWidget(HeadingLabel(f"Run {run}"), 0, place)
        for line, difference in enumerate(found, 1):
            self._grid.addWidget(DimLabel(difference.title), line, 0)
            for place, value in enumerate(difference.values, 1):
                strong = place > 1 and value != difference.values[0]
                label = HeadingLabel(value or "none") if strong else DimLabel(value)
                label.setToolTip(value)
                self._grid.addWidget(label, line, place)
