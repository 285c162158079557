"""A switch for yes or no, with its words beside it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from studio.ui.theme import SIZES, Theme, theme_of

_TRACK = QSize(32, 18)


class Toggle(QAbstractButton):
    """Checkable; `toggled(bool)` tells."""

    def __init__(self, text: str, on: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setChecked(on)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(_TRACK.width() + 4 + (10 + words if self.text() else 0), SIZES.page_margin + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(2, (self.height() - _TRACK.height()) / 2, _TRACK.width(), _TRACK.height())
        self._paint_track(painter, theme, track)
        painter.setPen(theme.colour("text" if self.isEnabled() else "faint"))
        words = self.rect().adjusted(_TRACK.width() + 12, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())

    def _paint_track(self, painter: QPainter, theme: Theme, track: QRectF) -> None:
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), SIZES.ring))
            painter.drawRoundedRect(track.adjusted(-1, -1, 1, 1), 10, 10)
        painter.setPen(Qt.PenStyle.NoPen)
        off = "line_strong" if self.isEnabled() else "line"
        painter.setBrush(theme.colour("accent" if self.isChecked() and self.isEnabled() else off))
        inner = track.adjusted(2, 2, -2, -2) if self.hasFocus() else track
        painter.drawRoundedRect(inner, inner.height() / 2, inner.height() / 2)
        x = track.right() - track.height() / 2 if self.isChecked() else track.left() + track.height() / 2
        painter.setBrush(theme.colour("on_accent" if self.isChecked() else "panel"))
        painter.drawEllipse(QPointF(x, track.center().y()), 6, 6)
