"""A few choices side by side, one of them in force."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.theme import SIZES, font, theme_of


class SegmentedControl(QWidget):
    """One key out of a few; arrows and clicks move it.

    Signals
    -------
    keyChosen(str)
        A person chose another one; `choose` from code stays silent.
    """

    keyChosen = Signal(str)

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        chosen: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._options = tuple(options)
        self._index = 0
        self._under = -1
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if chosen is not None:
            self.choose(chosen)
        self._describe()

    def key(self) -> str:
        """The key in force."""
        return self._options[self._index][0]

    def choose(self, key: str) -> None:
        """Show another choice without telling anyone; an unknown key changes nothing."""
        for index, (known, _text) in enumerate(self._options):
            if known == key:
                self._index = index
                self._describe()
                self.update()

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()) + 6, SIZES.control)

    def minimumSizeHint(self) -> QSize:
        """Never cut off."""
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().toPoint())
        if index >= 0:
            self._take(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._under = self._index_at(event.position().toPoint())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._under = -1
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._take(max(0, min(len(self._options) - 1, self._index + step)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QPen(theme.colour("accent"), SIZES.ring) if self.hasFocus() else QPen(theme.colour("line"))
        painter.setPen(ring)
        painter.setBrush(theme.colour("track"))
        radius = SIZES.radius_control
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        for index, (_key, text) in enumerate(self._options):
            self._paint_segment(painter, self._rect(index), text, index)

    def _paint_segment(self, painter: QPainter, rect: QRectF, text: str, index: int) -> None:
        theme, chosen = theme_of(), index == self._index
        painter.setFont(font(SIZES.text, 600 if chosen else 400))
        if chosen:
            painter.setPen(QPen(theme.colour("line_strong")))
            painter.setBrush(theme.colour("panel"))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        token = "text" if (chosen or index == self._under) and self.isEnabled() else "dim"
        painter.setPen(theme.colour(token if self.isEnabled() else "faint"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _widths(self) -> list[int]:
        metrics = self.fontMetrics()
        return [metrics.horizontalAdvance(text) + 28 for _key, text in self._options]

    def _rect(self, index: int) -> QRectF:
        widths = self._widths()
        return QRectF(3 + sum(widths[:index]), 3, widths[index], self.height() - 6)

    def _index_at(self, point: QPoint) -> int:
        hits = (i for i in range(len(self._options)) if self._rect(i).contains(point.toPointF()))
        return next(hits, -1)

    def _take(self, index: int) -> None:
        if index != self._index and self.isEnabled():
            self._index = index
            self._describe()
            self.update()
            self.keyChosen.emit(self.key())

    def _describe(self) -> None:
        if self._options:
            self.setAccessibleDescription(f"{self._options[self._index][1]} chosen")
