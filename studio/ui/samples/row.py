"""Rows of a table: names and values, on a tile and in large. Nothing is read from disk.

Must not import: pages, the engine's parts, pandas, numpy.
"""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from studio.ui.samples.base import About
from studio.ui.samples.pairs import pairs
from studio.ui.samples.words_view import WordsSample
from studio.ui.targets import answer_words, target_words
from studio.ui.theme import SIZES, Theme, font

ABOUT: Final = About(
    one="row",
    many="rows",
    picture=False,
    icon="table",
    drop="Drop a table of rows here",
    more="Drop another table here",
    choose="Choose a table…",
    pattern="Tables (*.csv *.tsv *.txt *.parquet *.xlsx *.json);;All files (*)",
    unseen="rows that the model has never seen",
    tile=208,
    shape=0.58,
)
View: type[WordsSample] = WordsSample
_LINE: Final = 17
_NAME_SHARE: Final = 0.46


def caption(target: Any) -> str:
    """The words of a target: a class, or a number with few figures."""
    return target_words(target)


def answer(target: Any, predicted: Any, confidence: float | None) -> str:
    """``yes, taken for no · 93 %`` for a class, ``120, predicted 98.3`` for a number."""
    return answer_words(target, predicted, confidence)


def paint(painter: QPainter, rect: QRectF, words: str, theme: Theme) -> None:
    """As many names and values as there is room for, one below the other."""
    inside = rect.adjusted(SIZES.grid + 2, SIZES.grid, -SIZES.grid - 2, -SIZES.half)
    rows = pairs(words)
    most = max(1, int(inside.height() // _LINE))
    painter.setFont(font(SIZES.small))
    metrics = painter.fontMetrics()
    names = max((metrics.horizontalAdvance(name) for name, _ in rows[:most]), default=0) + 2
    left = min(float(names), inside.width() * _NAME_SHARE)
    for place, (name, value) in enumerate(rows[:most]):
        line = QRectF(inside.left(), inside.top() + place * _LINE, inside.width(), _LINE)
        painter.setPen(theme.colour("dim"))
        painter.drawText(line, _FLAGS, metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, int(left)))
        start = line.left() + left + SIZES.grid if name else line.left()
        room = max(0, int(line.right() - start))
        painter.setPen(theme.colour("text"))
        shown = metrics.elidedText(value, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(start, line.top(), room, _LINE), _FLAGS, shown)


_FLAGS: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
