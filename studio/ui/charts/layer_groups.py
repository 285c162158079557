"""The rate that every layer group will really get, as a row of bars.

Rules: shows what it is given; bars are as long as the logarithm of the rate over three decades.
Must not import: pages, the store, pyqtgraph, numpy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.charts.axes import rate_figure
from studio.ui.theme import SIZES, font, theme_of
from studio.ui.widgets.icons import paint_icon

_DECADES: Final = 2.5
_LEAST: Final = 0.08
_LINE: Final = 18
_MOST_COLUMNS: Final = 6


class LayerGroups(QWidget):
    """One column for each layer group: its name, a bar, its rate or "frozen"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups: tuple[tuple[str, float | None], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Rate of each layer group")

    def set_groups(self, names: Sequence[str], rates: Sequence[float | None]) -> None:
        """Names first to last, and the rate of each; None for a frozen one."""
        self._groups = tuple(zip(names, rates, strict=True))
        self.setAccessibleDescription(", ".join(f"{n}: {_figure(r)}" for n, r in self._groups))
        self.updateGeometry()
        self.update()

    def figures(self) -> tuple[str, ...]:
        """The words below the bars."""
        return tuple(_figure(rate) for _, rate in self._groups)

    def sizeHint(self) -> QSize:
        rows = -(-max(1, len(self._groups)) // _MOST_COLUMNS)
        return QSize(SIZES.grid * 40, rows * self._row_height() - SIZES.grid)

    def _row_height(self) -> int:
        return 2 * _LINE + SIZES.bar + 2 * SIZES.half + SIZES.grid

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        columns = min(_MOST_COLUMNS, max(1, len(self._groups)))
        gap = SIZES.page_margin
        width = (self.width() - (columns - 1) * gap) / columns
        top_rate = max((rate for _, rate in self._groups if rate), default=1.0)
        for index, (name, rate) in enumerate(self._groups):
            down, across = divmod(index, columns)
            place = QRectF(
                across * (width + gap), down * self._row_height(), width, self._row_height() - SIZES.grid
            )
            self._paint_group(painter, place, f"Group {index + 1} · {name}", rate, top_rate)

    def _paint_group(
        self, painter: QPainter, place: QRectF, name: str, rate: float | None, top: float
    ) -> None:
        theme = theme_of()
        line = QRectF(place.left(), place.top(), place.width(), _LINE)
        _words(painter, line, name, font(SIZES.small), theme.colour("dim"))
        track = QRectF(place.left(), line.bottom() + SIZES.half, place.width(), SIZES.bar)
        part = 1.0 if rate is None else max(_LEAST, 1 + math.log10(rate / top) / _DECADES)
        tint = theme.colour("ice", 0.35) if rate is None else theme.colour("ember", 0.45 + 0.55 * part)
        for colour, share in ((theme.colour("track"), 1.0), (tint, part)):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            bar = QRectF(track.left(), track.top(), track.width() * share, track.height())
            painter.drawRoundedRect(bar, SIZES.bar / 2, SIZES.bar / 2)
        figure = QRectF(place.left(), track.bottom() + SIZES.half, place.width(), _LINE)
        if rate is None:
            side = float(SIZES.small)
            paint_icon(
                painter,
                QRectF(figure.left(), figure.center().y() - side / 2, side, side),
                "snowflake",
                "ice_text",
            )
            figure.setLeft(figure.left() + side + SIZES.half)
        colour = theme.colour("ice_text" if rate is None else "text")
        _words(painter, figure, _figure(rate), font(SIZES.text, 600), colour)


def _figure(rate: float | None) -> str:
    return "frozen" if rate is None else rate_figure(rate)


def _words(painter: QPainter, place: QRectF, words: str, face: QFont, colour: QColor) -> None:
    painter.setFont(face)
    painter.setPen(colour)
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, int(place.width()))
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
