"""Ratings: who rates what, on a tile and in large. Nothing is read from disk.

Must not import: pages, the engine's parts, pandas, numpy.
"""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from studio.ui.samples.base import About
from studio.ui.samples.pairs import pairs
from studio.ui.samples.rate_some import RateSome
from studio.ui.samples.words_view import WordsSample
from studio.ui.targets import answer_words, target_words
from studio.ui.theme import SIZES, Theme, font

ABOUT: Final = About(
    one="rating",
    many="ratings",
    picture=False,
    icon="table",
    drop="Drop a table of users and items here",
    more="Drop another table here",
    choose="Choose a table…",
    pattern="Tables (*.csv *.tsv *.txt *.dat *.data *.json);;All files (*)",
    unseen="users and items to predict ratings for",
    typed='Type {"user": 196, "item": 242}, then press Return',
    tile=184,
    shape=0.5,
)
View: type[WordsSample] = WordsSample
Asker: type[RateSome] = RateSome
_LINE: Final = 18


def caption(target: Any) -> str:
    """The words of a rating."""
    return target_words(target)


def answer(target: Any, predicted: Any, confidence: float | None) -> str:
    """``4, predicted 3.2``."""
    return answer_words(target, predicted, confidence)


def paint(painter: QPainter, rect: QRectF, words: str, theme: Theme) -> None:
    """Each part with its name above it, the last one (the item) strong and wrapped."""
    inside = rect.adjusted(SIZES.grid + 2, SIZES.grid, -SIZES.grid - 2, -SIZES.half)
    parts = pairs(words)
    top = inside.top()
    for place, (name, value) in enumerate(parts):
        last = place == len(parts) - 1
        painter.setFont(font(SIZES.small))
        painter.setPen(theme.colour("dim"))
        said = name if last else f"{name} {value}"
        metrics = painter.fontMetrics()
        if said:
            shown = metrics.elidedText(said, Qt.TextElideMode.ElideRight, int(inside.width()))
            painter.drawText(QRectF(inside.left(), top, inside.width(), _LINE), 0, shown)
            top += _LINE
        if last:
            painter.setFont(font(SIZES.text, 600))
            painter.setPen(theme.colour("text"))
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            room = QRectF(inside.left(), top, inside.width(), max(0.0, inside.bottom() - top))
            painter.drawText(room, flags, value)
