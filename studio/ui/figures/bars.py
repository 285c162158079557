"""Horizontal bars, one for each name in the order given; values below zero go to the left.

Rules: the figure stands beside its bar, so that nobody has to read lengths. Must not import: pages, the store, numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.project.results import Bars
from studio.ui.figures.base import FigureView
from studio.ui.theme import SIZES, theme_of
from studio.ui.widgets import scrolled
from studio.ui.widgets.numbers_words import column_words

ROW: Final = 26
SHOWN: Final = 12  # rows before it scrolls
_NAME_SHARE: Final = 0.42  # of the width at most
_ROOM: Final = SIZES.gap


def spans(values: Sequence[float]) -> tuple[float, list[tuple[float, float]]]:
    """Where zero is, and each bar from and to, as parts of the whole width (0 to 1)."""
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    wide = (high - low) or 1.0
    zero = -low / wide
    return zero, [(min(zero, (v - low) / wide), max(zero, (v - low) / wide)) for v in values]


class BarRows(QWidget):
    """The painted rows; arrows walk over them."""

    def __init__(self, figure: Bars, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figure = figure
        self._words = column_words(figure.values)
        self._zero, self._spans = spans(figure.values or (0.0,))
        self._under = -1
        self.setFixedHeight(max(1, len(figure.names)) * ROW)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(figure.title)
        said = (self.words_at(at) for at in range(min(20, len(figure.names))))
        self.setAccessibleDescription(", ".join(said))

    def words_at(self, row: int) -> str:
        """``age 3.1 points of accuracy``."""
        return f"{self._figure.names[row]} {self._words[row]} {self._figure.unit}".strip()

    def current(self) -> int:
        """The row under the pointer or the keyboard; -1 for none."""
        return self._under

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(int(event.position().y()) // ROW)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(-1)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._point(max(0, min(len(self._words) - 1, self._under + step)))

    def _point(self, row: int) -> None:
        row = row if 0 <= row < len(self._words) else -1
        if row != self._under:
            self._under = row
            self.setToolTip(self.words_at(row) if row >= 0 else "")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        names, figures = self._widths()
        first, last = max(0, event.rect().top() // ROW), event.rect().bottom() // ROW
        for row in range(first, min(len(self._words), last + 1)):
            self._paint_row(painter, row, names, figures)

    def _paint_row(self, painter: QPainter, row: int, names: int, figures: int) -> None:
        theme, top = theme_of(), row * ROW
        middle, under = Qt.AlignmentFlag.AlignVCenter, row == self._under
        if under:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("hover"))
            painter.drawRoundedRect(QRectF(-SIZES.half, top, self.width() + SIZES.half, ROW), 6, 6)
        painter.setPen(theme.colour("text"))
        shown = painter.fontMetrics().elidedText(self._figure.names[row], Qt.TextElideMode.ElideRight, names)
        painter.drawText(QRectF(0, top, names, ROW), middle, shown)
        painter.setPen(theme.colour("text" if under else "dim"))
        right = QRectF(self.width() - figures, top, figures, ROW)
        painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, self._words[row])
        self._paint_bar(painter, QRectF(names + _ROOM, top, right.left() - names - 2 * _ROOM, ROW), row)

    def _paint_bar(self, painter: QPainter, track: QRectF, row: int) -> None:
        theme = theme_of()
        start, end = self._spans[row]
        tall = SIZES.bar
        bar = QRectF(track.left() + start * track.width(), 0, max(2.0, (end - start) * track.width()), tall)
        bar.moveTop(track.center().y() - tall / 2)
        if self._figure.values[row] < 0:
            bar.moveRight(track.left() + self._zero * track.width())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("valid_loss" if self._figure.values[row] < 0 else "train_loss"))
        painter.drawRoundedRect(bar, 3, 3)
        if self._zero > 0:
            zero = track.left() + self._zero * track.width()
            painter.setPen(QPen(theme.colour("line_strong"), SIZES.line))
            painter.drawLine(int(zero), int(track.top()), int(zero), int(track.bottom()))

    def _widths(self) -> tuple[int, int]:
        metrics = QFontMetrics(self.font())
        names = max((metrics.horizontalAdvance(n) for n in self._figure.names), default=0) + 2
        figures = max((metrics.horizontalAdvance(w) for w in self._words), default=0) + 2
        return min(names, int(self.width() * _NAME_SHARE)), figures


class View(FigureView):
    """Bars that scroll where there are many."""

    def __init__(self, figure: Bars, _folder: Path | None = None) -> None:
        super().__init__(figure.sentence, figure.unit)
        self._figure = figure
        self.rows = BarRows(figure)
        inside = QWidget()
        room = QVBoxLayout(inside)
        scrolls = len(figure.names) > SHOWN
        room.setContentsMargins(SIZES.half, 0, SIZES.gap if scrolls else SIZES.half, 0)
        room.addWidget(self.rows)
        room.addStretch(1)
        area = scrolled(inside)
        area.setMinimumHeight(max(1, min(len(figure.names), SHOWN)) * ROW)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self.add_copy("Copy as a table").clicked.connect(self.copy)

    def copy(self) -> None:
        """Put names and values on the clipboard, tab-separated."""
        pairs = zip(self._figure.names, self._figure.values, strict=True)
        QGuiApplication.clipboard().setText("".join(f"{name}\t{value}\n" for name, value in pairs))
