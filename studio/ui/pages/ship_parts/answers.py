"""The answers for given items: tiles of pictures or rows of words, and the scores of the one that is chosen.

Must not import: the store, numpy.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from studio.engine import messages as m
from studio.project.scores import percent
from studio.ui.grid.score_bars import ScoreBars
from studio.ui.grid.tile import TileView
from studio.ui.grid.view import TileGrid
from studio.ui.pages.ship_parts.ship_words import COLUMNS, answer_lines, answer_rows, input_name
from studio.ui.samples.thumbnails import ThumbnailLoader
from studio.ui.theme import SIZES
from studio.ui.widgets import DataTable, HeadingLabel, SelectableLabel, SmallLabel, row

_SIDE = 208
_BARS = 6
_LONG = 60  # letters from which an answer is read, not seen


class Answers(QWidget):
    """Predictions as tiles with a bar for how sure the model is; as rows where an item is no picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loader = ThumbnailLoader(parent=self)
        self.loader.set_root(Path("/"))
        self.grid = TileGrid(self.loader, least=124)
        self.grid.setAccessibleName("Answers")
        self.table = DataTable("Answers")
        self.table.set_one_at_a_time()
        self._stack = QStackedWidget()
        for shown in (self.grid, self.table):
            self._stack.addWidget(shown)
        self._found: tuple[m.Prediction, ...] = ()
        self.answer, self.bars, self._where = HeadingLabel(), ScoreBars(), SelectableLabel()
        self._where.setProperty("tone", "dim")
        self._note, self.listed = SmallLabel(wrap=True), SelectableLabel()
        self.answer.setWordWrap(True)
        side = QWidget()
        side.setFixedWidth(_SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(SIZES.grid, 0, 0, 0)
        column.setSpacing(SIZES.grid)
        for part in (self.answer, self.listed, self.bars, self._note, self._where):
            column.addWidget(part)
        column.addStretch(1)
        line = row(self._stack, side, gap=SIZES.grid)
        line.setStretch(0, 1)
        self.setLayout(line)
        self.grid.currentChanged.connect(self._show)
        self.table.rowChosen.connect(self._show)

    def show_answers(self, found: m.Predicted, pictures: bool = True) -> None:
        """Show these; the first one is chosen. Without `pictures` they stand in a table."""
        self._found = found.predictions
        self._stack.setCurrentWidget(self.grid if pictures else self.table)
        shown = self._found if pictures else ()
        self.grid.set_items(len(shown), self._key, self._tile, min(0, len(shown) - 1))
        if not pictures:
            columns, rows = answer_rows(self._found)
            self.table.show_rows(
                columns, rows, shares=[at for at, name in enumerate(columns) if name == COLUMNS[2]], wide=1
            )
            self.table.choose(0)

    def _key(self, place: int) -> str:
        return self._found[place].input

    def _tile(self, place: int) -> TileView:
        one = self._found[place]
        name = input_name(one.input)
        if one.problem:
            return TileView(one.input, "No answer", "", one.problem)
        sure = dict(one.scores).get(one.answer)
        return TileView(one.input, one.answer, percent(sure) if sure is not None else "", name, bar=sure)

    def _show(self, place: int) -> None:
        if not 0 <= place < len(self._found):
            return
        one = self._found[place]
        is_list = not one.problem and len(one.answer) > _LONG
        self.answer.setText("No answer" if one.problem else one.answer)
        self.answer.setVisible(not is_list)
        self.listed.setText(answer_lines(one.answer) if is_list else "")
        self.listed.setVisible(is_list)
        self.bars.show_scores(one.scores[:_BARS], (one.answer, *one.answer.split(", ")))
        name = input_name(one.input)
        self._where.setText(f"{one.problem} ({name})" if one.problem else name)
        self._where.setToolTip(one.input)
        self._note.setText(one.note)
        self._note.setVisible(bool(one.note))
