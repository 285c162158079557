"""Points with names that can be searched: a latent map, predicted against true.

Must not import: pages, the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from studio.project.results import Scatter
from studio.ui.charts.scatter import MOST_LABELS, ScatterPlot
from studio.ui.figures.base import FigureView
from studio.ui.theme import SIZES
from studio.ui.widgets import SmallLabel
from studio.ui.widgets.words import plural

_HEIGHT: Final = SIZES.grid * 42
_SEARCH: Final = SIZES.grid * 24


def find(names: Sequence[str], words: str) -> list[int]:
    """Places of the names in which these words stand: equal ones first, then beginnings, then the rest."""
    wanted = words.strip().casefold()
    if not wanted:
        return []
    folded = [(place, name.casefold()) for place, name in enumerate(names)]
    found = [(place, name) for place, name in folded if wanted in name]
    found.sort(key=lambda one: (one[1] != wanted, not one[1].startswith(wanted), one[0]))
    return [place for place, _ in found]


class View(FigureView):
    """The plot, and a search box in the head of its card where points have names."""

    def __init__(self, figure: Scatter, _folder: Path | None = None) -> None:
        super().__init__(figure.sentence, "" if figure.xs else "no points")
        self._figure = figure
        self._found: list[int] = []
        self._at = -1
        self.plot = ScatterPlot(figure.x_title, figure.y_title, figure.diagonal)
        self.plot.setMinimumHeight(_HEIGHT)
        self.plot.show_points(figure.xs, figure.ys, figure.names)
        self.plot.setToolTip("Ctrl and the wheel zoom, drag moves, a double click shows everything")
        self.said, self.search = SmallLabel(), QLineEdit()
        if figure.names:
            self._add_search()
        self.add_copy("Copy as a table").clicked.connect(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)

    def _add_search(self) -> None:
        self.search.setPlaceholderText("Find a name")
        self.search.setAccessibleName(f"Find a name in {self._figure.title}")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(_SEARCH)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._next)
        self.tools += [self.said, self.search]

    def found(self) -> list[int]:
        """Places of the points that the words in the search box mean."""
        return self._found

    @Slot(str)
    def _search(self, words: str) -> None:
        self._found, self._at = find(self._figure.names, words), -1
        self.plot.mark(self._found)
        self.said.setText(self._words(words))
        if self._found:
            self.plot.bring_into_view(self._found[0])

    def _words(self, words: str) -> str:
        if not words.strip():
            return ""
        if not self._found:
            return "no such name"
        more = f", {MOST_LABELS} labelled" if len(self._found) > MOST_LABELS else ""
        return f"{plural(len(self._found), 'point')}{more}"

    @Slot()
    def _next(self) -> None:
        """Return: the next one found is labelled alone."""
        if not self._found:
            return
        self._at = (self._at + 1) % len(self._found)
        self.plot.mark([self._found[self._at]])
        self.plot.bring_into_view(self._found[self._at])
        self.said.setText(f"{self._at + 1} of {len(self._found)}")

    @Slot()
    def copy(self) -> None:
        """Put every point on the clipboard, tab-separated."""
        figure = self._figure
        names = figure.names or ("",) * len(figure.xs)
        lines = [f"\t{figure.x_title}\t{figure.y_title}"]
        lines += [f"{name}\t{x}\t{y}" for name, x, y in zip(names, figure.xs, figure.ys, strict=True)]
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")
