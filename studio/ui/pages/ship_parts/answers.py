"""The answers for dropped items: a grid of them, and the scores of the one that is chosen.

Must not import: the store, numpy.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.engine import messages as m
from studio.ui.grid.score_bars import ScoreBars
from studio.ui.grid.tile import TileView
from studio.ui.grid.view import TileGrid
from studio.ui.pages.ship_parts.ship_words import percent
from studio.ui.samples.thumbnails import ThumbnailLoader
from studio.ui.theme import SIZES
from studio.ui.widgets import HeadingLabel, SelectableLabel, row

_SIDE = 208
_BARS = 6


class Answers(QWidget):
    """Predictions as tiles with a bar for how sure the model is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loader = ThumbnailLoader(parent=self)
        self.loader.set_root(Path("/"))
        self.grid = TileGrid(self.loader, least=124)
        self.grid.setAccessibleName("Answers")
        self._found: tuple[m.Prediction, ...] = ()
        self.answer, self.bars, self._where = HeadingLabel(), ScoreBars(), SelectableLabel()
        self._where.setProperty("tone", "dim")
        side = QWidget()
        side.setFixedWidth(_SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(SIZES.grid, 0, 0, 0)
        column.setSpacing(SIZES.grid)
        for part in (self.answer, self.bars, self._where):
            column.addWidget(part)
        column.addStretch(1)
        line = row(self.grid, side, gap=SIZES.grid)
        line.setStretch(0, 1)
        self.setLayout(line)
        self.grid.currentChanged.connect(self._show)

    def show_answers(self, found: m.Predicted) -> None:
        """Show these; the first one is chosen."""
        self._found = found.predictions
        self.grid.set_items(len(self._found), self._key, self._tile, min(0, len(self._found) - 1))

    def _key(self, place: int) -> str:
        return self._found[place].input

    def _tile(self, place: int) -> TileView:
        one = self._found[place]
        name = Path(one.input).name
        if one.problem:
            return TileView(one.input, "No answer", "", one.problem)
        sure = one.scores[0][1] if one.scores else None
        return TileView(one.input, one.answer, percent(sure) if sure is not None else "", name, bar=sure)

    def _show(self, place: int) -> None:
        if not 0 <= place < len(self._found):
            return
        one = self._found[place]
        self.answer.setText("No answer" if one.problem else one.answer)
        self.bars.show_scores(one.scores[:_BARS], one.answer)
        name = Path(one.input).name
        self._where.setText(f"{one.problem} ({name})" if one.problem else name)
        self._where.setToolTip(one.input)
