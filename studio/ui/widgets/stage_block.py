"""One stage of training as a block: ice with a snowflake while frozen, ember with a flame once thawed.

Rules: draws the words it is given; `StageTimeline` lays blocks side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFont, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy, QWidget

from studio.ui.theme import SIZES, font, theme_of
from studio.ui.widgets.icons import paint_icon

HEIGHT: Final = 76
_LEFT: Final = 14
_LINE: Final = 19


@dataclass(frozen=True, slots=True)
class StageView:
    """What a block shows.

    Attributes
    ----------
    lines : tuple of str
        At most two lines below the title.
    weight : float
        Its share of the width, for example minutes or epochs.
    progress : float or None
        0 to 1 draws the line under the block; None draws none.
    """

    title: str
    frozen: bool
    lines: tuple[str, ...] = ()
    weight: float = 1.0
    progress: float | None = None
    attention: str = ""  # a sentence: something must be settled before this stage can run
    locked: bool = False  # it has begun: it can be looked at, not changed or moved


class StageBlock(QAbstractButton):
    """A block that can be chosen (`clicked` tells) and dragged.

    Signals
    -------
    dragged(int), dropped(int)
        It is dragged to, or let go at, an x of the parent.
    """

    dragged = Signal(int)
    dropped = Signal(int)

    def __init__(self, view: StageView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._pressed_at: QPoint | None = None
        self._is_dragged = False
        self.movable = False
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(96)
        self.set_view(view)

    def view(self) -> StageView:
        """What the block shows."""
        return self._view

    def set_view(self, view: StageView) -> None:
        """Show another state of the stage."""
        self._view = view
        state = "frozen" if view.frozen else "thawed"
        self.setAccessibleName(f"Stage, {state}: {view.title}")
        self.setAccessibleDescription(
            ". ".join((*view.lines, *((view.attention,) if view.attention else ())))
        )
        self.setToolTip(view.attention or "\n".join((view.title, *view.lines)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at, self._is_dragged = event.position().toPoint(), False
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        start = self._pressed_at
        if start is None or not self.movable or self._view.locked:
            super().mouseMoveEvent(event)
            return
        far = (event.position().toPoint() - start).manhattanLength() >= QApplication.startDragDistance()
        if far or self._is_dragged:
            self._is_dragged = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(self.mapToParent(event.position().toPoint()).x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None
        if not self._is_dragged:
            super().mouseReleaseEvent(event)
            return
        self._is_dragged = False
        self.setDown(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.dropped.emit(self.mapToParent(event.position().toPoint()).x())

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hue = "ice" if self._view.frozen else "ember"
        self._paint_body(painter, hue)
        self._paint_words(painter, hue)

    def _paint_body(self, painter: QPainter, hue: str) -> None:
        theme = theme_of()
        strong = self.isChecked() or self.hasFocus()
        pen = SIZES.ring if strong else SIZES.line
        rect = QRectF(self.rect()).adjusted(pen / 2, pen / 2, -pen / 2, -pen / 2)
        path = QPainterPath()
        path.addRoundedRect(rect, SIZES.radius, SIZES.radius)
        painter.fillPath(path, theme.colour(f"{hue}_bg"))
        if self._view.progress is not None:
            self._paint_progress(painter, path, hue)
        quiet = not strong and not self.underMouse()
        colour = theme.colour("accent") if self.hasFocus() else theme.colour(hue, 0.75 if quiet else 1.0)
        painter.setPen(QPen(colour, pen))
        painter.drawPath(path)

    def _paint_progress(self, painter: QPainter, path: QPainterPath, hue: str) -> None:
        part = max(0.0, min(1.0, self._view.progress or 0.0))
        painter.save()
        painter.setClipPath(path)
        thick = SIZES.underline + SIZES.ring
        top = self.height() - thick
        painter.fillRect(QRectF(0, top, self.width(), thick), theme_of().colour(hue, 0.25))
        painter.fillRect(QRectF(0, top, self.width() * part, thick), theme_of().colour(hue))
        painter.restore()

    def _paint_words(self, painter: QPainter, hue: str) -> None:
        theme = theme_of()
        icon = "snowflake" if self._view.frozen else "flame"
        paint_icon(painter, QRectF(_LEFT - 1, 11, 15, 15), icon, f"{hue}_text")
        painter.setPen(theme.colour("text"))
        self._line(painter, font(SIZES.text, 600), _LEFT + 20, 9, self._view.title)
        sizes = (SIZES.text, SIZES.small)
        for index, text in enumerate(self._view.lines[:2]):
            painter.setPen(theme.colour("dim"))
            self._line(painter, font(sizes[index]), _LEFT, 9 + _LINE * (index + 1), text)
        if self._view.attention:
            paint_icon(painter, QRectF(self.width() - 28, 11, 15, 15), "warning", "warning")

    def _line(self, painter: QPainter, face: QFont, left: int, top: int, text: str) -> None:
        painter.setFont(face)
        space = QRectF(
            left, top, self.width() - left - (30 if self._view.attention and top < 20 else 8), _LINE
        )
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(space.width()))
        painter.drawText(space, Qt.AlignmentFlag.AlignVCenter, shown)
