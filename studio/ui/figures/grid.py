"""A table of a run's results: sorts, points at the best row, copies as tab-separated values.

Must not import: pages, the store, numpy.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout

from studio.project.results import Grid
from studio.project.scores import is_share
from studio.ui.figures.base import FigureView
from studio.ui.theme import SIZES
from studio.ui.widgets import DataTable

_NARROW = SIZES.grid * 53  # tables that need more take the whole width


def share_columns(figure: Grid) -> tuple[int, ...]:
    """Columns that are shares by their heading and all of their values, and are written as per cent."""
    found = []
    for at, name in enumerate(figure.columns):
        known = [row[at] for row in figure.rows if row[at] is not None]
        if known and all(isinstance(v, int | float) and is_share(name, v) for v in known):
            found.append(at)
    return tuple(found)


class View(FigureView):
    """The table."""

    def __init__(self, figure: Grid, _folder: Path | None = None) -> None:
        super().__init__(figure.sentence)
        self.table = DataTable(figure.title)
        self.table.show_rows(figure.columns, figure.rows, figure.best, share_columns(figure))
        self.wide = self.table.needed_width() > _NARROW
        self.table.setMinimumHeight(self.table.needed_height())
        self.add_copy("Copy as a table").clicked.connect(self.table.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
