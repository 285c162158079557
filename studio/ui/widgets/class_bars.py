"""How many items each class has, training and validation stacked; scrolls where there are many.

Rules: the longest bar fills its track; figures stand beside, so that nobody has to read lengths.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.theme import SIZES, theme_of
from studio.ui.widgets.scroll import scrolled

_ROW: Final = 24
_SHOWN: Final = 8  # rows before it scrolls
_NAME_MOST: Final = 160

Row = tuple[str, int, int]  # name, training items, validation items


class _Bars(QWidget):
    """The painted rows."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self._under = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Items of each class")

    def set_rows(self, rows: Sequence[Row]) -> None:
        self._rows = tuple(rows)
        self.setFixedHeight(max(1, len(self._rows)) * _ROW)
        self.setAccessibleDescription(
            ", ".join(
                f"{name}: {train} training, {valid} validation" for name, train, valid in self._rows[:20]
            )
        )
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(int(event.position().y()) // _ROW)
        if 0 <= self._under < len(self._rows):
            name, train, valid = self._rows[self._under]
            self.setToolTip(f"{name}: {train:,} training, {valid:,} validation")

    def leaveEvent(self, event: QEvent) -> None:
        self._point(-1)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._point(int(event.position().y()) // _ROW)
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            self._point(max(0, min(len(self._rows) - 1, self._under + step)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
            self._tell()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        most = max((train + valid for _name, train, valid in self._rows), default=0) or 1
        names, counts = self._widths()
        first, last = event.rect().top() // _ROW, event.rect().bottom() // _ROW
        for index in range(max(0, first), min(len(self._rows), last + 1)):
            self._paint_row(painter, index, most, names, counts)

    def _paint_row(self, painter: QPainter, index: int, most: int, names: int, counts: int) -> None:
        theme = theme_of()
        name, train, valid = self._rows[index]
        top = index * _ROW
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.colour("accent" if index == self._under else "text"))
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, names)
        painter.drawText(QRectF(0, top, names, _ROW), middle, shown)
        painter.setPen(theme.colour("dim"))
        width = self.contentsRect().width()  # beside the scroll bar, where there is one
        right = QRectF(width - counts, top, counts, _ROW)
        painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, f"{train:,} + {valid:,}")
        track = QRectF(names + 12, top + (_ROW - SIZES.bar) / 2, width - names - counts - 24, SIZES.bar)
        _paint_bar(painter, track, train / most, valid / most)

    def _widths(self) -> tuple[int, int]:
        metrics = QFontMetrics(self.font())
        names = max((metrics.horizontalAdvance(name) for name, _t, _v in self._rows), default=0) + 2
        counts = max((metrics.horizontalAdvance(f"{t:,} + {v:,}") for _n, t, v in self._rows), default=0) + 2
        return min(names, _NAME_MOST), counts

    def _point(self, index: int) -> None:
        if index != self._under:
            self._under = index
            self.update()

    def _tell(self) -> None:
        if 0 <= self._under < len(self._rows):
            self.chosen.emit(self._rows[self._under][0])


class ClassBars(QWidget):
    """Stacked bars of the classes.

    Signals
    -------
    classChosen(str)
        A person clicked a class, or pressed Return on it.
    """

    classChosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars = _Bars()
        self._bars.chosen.connect(self.classChosen)
        self._area = scrolled(self._bars)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setSizeAdjustPolicy(QAbstractScrollArea.SizeAdjustPolicy.AdjustToContents)
        self.setFocusProxy(self._bars)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show ``(name, training items, validation items)`` for each class, in the order given."""
        self._bars.set_rows(rows)
        self._bars.setContentsMargins(0, 0, SIZES.gap if len(rows) > _SHOWN else 0, 0)
        self.setFixedHeight(max(1, min(len(rows), _SHOWN)) * _ROW)

    def sizeHint(self) -> QSize:
        return QSize(320, self.height())


def _paint_bar(painter: QPainter, track: QRectF, train: float, valid: float) -> None:
    theme = theme_of()
    round_track = QPainterPath()
    round_track.addRoundedRect(track, track.height() / 2, track.height() / 2)
    painter.fillPath(round_track, theme.colour("track"))
    painter.save()
    painter.setClipPath(round_track)
    first = QRectF(track.left(), track.top(), track.width() * train, track.height())
    second = QRectF(first.right(), track.top(), track.width() * valid, track.height())
    painter.fillRect(first, theme.colour("train_loss"))
    painter.fillRect(second, theme.colour("valid_loss"))
    painter.restore()
