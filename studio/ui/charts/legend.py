"""The line of words above a plot: its name, and each curve's colour, name and value now or under the cursor.

Must not import: pages, the store, numpy.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.theme import SIZES, font, theme_of

_HEIGHT = 22
_SWATCH, _SHORT = 14, 8  # pixels of a swatch, and of one where room is short
_APART, _TIGHT = 18, 10  # the same between entries


@dataclass(frozen=True, slots=True)
class Entry:
    """One curve: colour token, name, value as words; `faint` draws the swatch thin."""

    token: str
    name: str
    value: str = ""
    faint: bool = False


class Legend(QWidget):
    """Name and entries, left to right; where they do not fit, values are left out first, then entries."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._entries: tuple[Entry, ...] = ()
        self._tail = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)

    def set_title(self, title: str) -> None:
        self._title = title
        self.update()

    def show_entries(self, entries: tuple[Entry, ...], tail: str = "") -> None:
        """Show these; `tail` is dim words at the right, such as the batch under the cursor."""
        if (entries, tail) != (self._entries, self._tail):
            self._entries, self._tail = entries, tail
            self.setAccessibleName(
                f"{self._title}: " + ", ".join(f"{e.name} {e.value}".strip() for e in entries)
            )
            self.update()

    def entries(self) -> tuple[Entry, ...]:
        return self._entries

    def tail(self) -> str:
        return self._tail

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = theme_of()
        left = self._write(painter, self._title, font(SIZES.text, 600), "text", 0.0) + 16
        room = self.width() - (
            QFontMetrics(font(SIZES.small)).horizontalAdvance(self._tail) + 12 + SIZES.gap
            if self._tail
            else 0
        )
        apart, swatch, with_values = self._style(room - left)
        for entry in self._entries:
            if left + self._measure(entry, swatch, with_values) > room:
                break
            painter.fillRect(
                QRectF(left, _HEIGHT / 2 - (0.5 if entry.faint else 1), swatch, 1 if entry.faint else 2),
                theme.colour(entry.token),
            )
            left = self._write(painter, entry.name, font(SIZES.small), "dim", left + swatch + 6)
            if entry.value and with_values:
                left = self._write(painter, entry.value, font(SIZES.small, 600), "text", left + 5)
            left += apart
        if self._tail:
            painter.setFont(font(SIZES.small))
            painter.setPen(theme.colour("dim"))
            painter.drawText(
                self.rect().adjusted(0, 0, -SIZES.gap, 0),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                self._tail,
            )

    def _style(self, room: float) -> tuple[int, int, bool]:
        """Pixels between entries, those of a swatch, and whether values are written: so that all entries fit."""
        styles = ((_APART, _SWATCH, True), (_TIGHT, _SHORT, True), (_TIGHT, _SHORT, False))
        for apart, swatch, with_values in styles:
            wide = sum(self._measure(entry, swatch, with_values) + apart for entry in self._entries) - apart
            if wide <= room:
                return apart, swatch, with_values
        return styles[-1]

    def _measure(self, entry: Entry, swatch: int, with_value: bool) -> float:
        small, bold = QFontMetrics(font(SIZES.small)), QFontMetrics(font(SIZES.small, 600))
        value = 5 + bold.horizontalAdvance(entry.value) if entry.value and with_value else 0
        return swatch + 6 + small.horizontalAdvance(entry.name) + value

    def _write(self, painter: QPainter, words: str, face: QFont, token: str, left: float) -> float:
        """Draw words from `left`; returns where they end."""
        painter.setFont(face)
        painter.setPen(theme_of().colour(token))
        wide = painter.fontMetrics().horizontalAdvance(words)
        painter.drawText(QRectF(left, 0, wide + 2, _HEIGHT), Qt.AlignmentFlag.AlignVCenter, words)
        return left + wide
