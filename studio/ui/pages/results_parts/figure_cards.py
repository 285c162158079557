"""The cards of a run's figures: side by side where there is room, else below each other.

Rules: a figure that needs the whole width has its own line, and so has one that is left over. Must not import: the
store, numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.project.results import Figure
from studio.ui.figures import FigureCard, figure_card
from studio.ui.theme import SIZES

TWO_COLUMNS: Final = 820  # width from which two cards stand side by side


def lines(wide: Sequence[bool], two: bool) -> list[list[int]]:
    """Which cards stand in which line, from whether each needs the whole width."""
    made: list[list[int]] = []
    for at, alone in enumerate(wide):
        last = made[-1] if made else []
        if two and not alone and len(last) == 1 and not wide[last[0]]:
            last.append(at)
        else:
            made.append([at])
    return made


class FigureCards(QWidget):
    """The cards in their order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[FigureCard] = []
        self._two: bool | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SIZES.grid + SIZES.half)
        for column in (0, 1):
            self._grid.setColumnStretch(column, 1)

    def show_figures(self, figures: Sequence[Figure], folder: Path | None) -> None:
        """Other figures; `folder` is the run's."""
        for card in self._cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [figure_card(figure, folder) for figure in figures]
        self._two = None
        self._arrange()
        self.setVisible(bool(self._cards))

    def cards(self) -> tuple[FigureCard, ...]:
        """The cards in order."""
        return tuple(self._cards)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        two = self.width() >= TWO_COLUMNS
        if two == self._two:
            return
        self._two = two
        for card in self._cards:
            self._grid.removeWidget(card)
        for line, places in enumerate(lines([card.view.wide for card in self._cards], two)):
            for column, at in enumerate(places):
                across = 1 if len(places) == 2 else 2
                self._grid.addWidget(self._cards[at], line, column, 1, across)
