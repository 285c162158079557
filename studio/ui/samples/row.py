"""Rows of a table (or ratings): a tile with words in it, captions, and the large view as text.

Rules: `decode` may run on any thread and never raises. A row has no file: a path is taken for its name ("row 17"),
bytes for its words (UTF-8). Colours are those that read on light and dark alike.
Must not import: pages, the engine's parts, pandas, numpy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.ui.samples.base import Asked, Decoded, Source
from studio.ui.theme import SIZES, font

_WORDS: Final = QColor(128, 134, 144)


def caption(target: Any) -> str:
    """The words of a target: a class, or a number with few figures."""
    return f"{target:.6g}" if isinstance(target, float) else str(target)


def answer(target: Any, predicted: Any, confidence: float | None) -> str:
    """``yes, taken for no · 93 %`` for a class, ``120, predicted 98.3`` for a number."""
    if isinstance(predicted, float):
        return f"{caption(target)}, predicted {predicted:.4g}"
    sure = "" if confidence is None else f" · {confidence:.0%}".replace("%", " %")
    return f"{target}{sure}" if target == predicted else f"{target}, taken for {predicted}{sure}"


def words_of(source: Source) -> str:
    """What to write on a tile."""
    if isinstance(source, bytes):
        return source.decode("utf-8", errors="replace")
    return f"row {source.name}" if source.name.isdigit() else source.name


def decode(source: Source, asked: Asked) -> Decoded:
    """Write a row's words on a tile, one cell a line."""
    made = QImage(
        max(1, round(asked.width * asked.ratio)),
        max(1, round(asked.height * asked.ratio)),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    made.setDevicePixelRatio(asked.ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setFont(font(SIZES.small))
    painter.setPen(_WORDS)
    inside = QRectF(SIZES.half, SIZES.half, asked.width - 2 * SIZES.half, asked.height - 2 * SIZES.half)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
    painter.drawText(inside, flags, words_of(source).replace(", ", "\n"))
    painter.end()
    return Decoded(made)


class RowSample(QWidget):
    """One row in words with its caption."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._caption = QLabel(self), QLabel(self)
        for label in (self._name, self._caption):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.addWidget(self._name)
        layout.addWidget(self._caption)
        layout.addStretch(1)

    def show_item(self, path: Path, caption: str = "") -> None:
        """Show a row's name and its words."""
        self._name.setText(words_of(path))
        self._caption.setText(caption)

    def clear(self) -> None:
        """Show nothing."""
        self._name.clear()
        self._caption.clear()


View: type[RowSample] = RowSample
