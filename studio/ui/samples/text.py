"""Texts: an excerpt on a tile, the whole of what is kept in large. Nothing is read from disk.

Must not import: pages, the engine's parts, pandas, numpy.
"""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QTextLayout, QTextOption

from studio.ui.samples.base import About
from studio.ui.samples.words_view import TextSample
from studio.ui.targets import answer_words, target_words
from studio.ui.theme import SIZES, Theme, font

ABOUT: Final = About(
    one="text",
    many="texts",
    picture=False,
    prose=True,
    icon="text",
    drop="Drop texts here",
    more="Drop more texts here",
    choose="Choose texts…",
    pattern="Texts and tables (*.txt *.md *.csv *.tsv);;All files (*)",
    unseen="texts that the model has never seen",
    typed="Type or paste a text, then press Return",
    tile=232,
    shape=0.5,
)
View: type[TextSample] = TextSample
_MOST: Final = 600  # letters that a tile can hold


def caption(target: Any) -> str:
    """The words of a target."""
    return target_words(target)


def answer(target: Any, predicted: Any, confidence: float | None) -> str:
    """``positive, taken for negative · 93 %``."""
    return answer_words(target, predicted, confidence)


def paint(painter: QPainter, rect: QRectF, words: str, theme: Theme) -> None:
    """The beginning of the text, its last line cut with dots."""
    inside = rect.adjusted(SIZES.grid + 2, SIZES.grid, -SIZES.grid - 2, -SIZES.half)
    painter.setFont(font(SIZES.small))
    painter.setPen(theme.colour("text"))
    metrics = painter.fontMetrics()
    text, tall = " ".join(words[:_MOST].split()), metrics.lineSpacing()
    layout = QTextLayout(text, painter.font())
    layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
    layout.beginLayout()
    most = max(1, int(inside.height() // tall))
    for place in range(most):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(inside.width())
        start, top = line.textStart(), inside.top() + place * tall
        shown = text[start : start + line.textLength()]
        if place == most - 1:
            shown = metrics.elidedText(text[start:], Qt.TextElideMode.ElideRight, int(inside.width()))
        painter.drawText(QRectF(inside.left(), top, inside.width(), tall), 0, shown)
    layout.endLayout()
