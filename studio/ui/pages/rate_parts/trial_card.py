"""One of three short fits as a card to choose: what it is called, its rate, how it ended.

Must not import: the store, actions, torch, pyqtgraph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from studio.ui.theme import SIZES, font, theme_of
from studio.ui.widgets import paint_icon

HEIGHT: Final = 60
_LEFT: Final = 20
_LINE: Final = 20


@dataclass(frozen=True, slots=True)
class TrialView:
    """What a card shows; `ended` is empty while there is nothing to say."""

    title: str
    rate: str
    ended: str
    token: str
    best: bool = False


class TrialCard(QAbstractButton):
    """A card that can be chosen; `clicked` tells."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = TrialView("", "", "", "dim")
        self._key = key
        self._under = False
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def view(self) -> TrialView:
        """What the card shows."""
        return self._view

    def set_view(self, view: TrialView, chosen: bool) -> None:
        """Show another state of the fit."""
        self._view = view
        self.setChecked(chosen)
        best = ", the best of the three" if view.best else ""
        self.setAccessibleName(f"{view.title}, {view.rate}{best}")
        self.setAccessibleDescription(view.ended)
        self.setToolTip(f"Use {view.rate}  ({self._key})")
        self.update()

    def nextCheckState(self) -> None:
        """What is checked follows from the chosen rate, not from the click."""

    def sizeHint(self) -> QSize:
        return QSize(SIZES.grid * 24, HEIGHT)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._under = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._under = False
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme, view = QPainter(self), theme_of(), self._view
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = "accent" if self.hasFocus() or self.isChecked() else "line"
        painter.setPen(QPen(theme.colour(ring), SIZES.ring if ring == "accent" else SIZES.line))
        painter.setBrush(
            theme.colour("accent_bg" if self.isChecked() else "hover" if self._under else "panel")
        )
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(frame, SIZES.radius_control, SIZES.radius_control)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(view.token))
        painter.drawRoundedRect(QRectF(10, 12, SIZES.half, self.height() - 24), 2, 2)
        first = QRectF(_LEFT, 9, self.width() - _LEFT - 12, _LINE)
        second = first.translated(0, _LINE + 2)
        self._write(painter, first, view.title, font(SIZES.text, 600), "text")
        self._write(painter, second, view.rate, font(SIZES.small), "dim")
        tone = "good" if view.best else "dim"
        room = self._write(
            painter, second, view.ended, font(SIZES.small, 600 if view.best else 400), tone, True
        )
        if view.best:
            place = QRectF(second.right() - room - 20, second.center().y() - 7, 14, 14)
            paint_icon(painter, place, "check", "good")

    def _write(
        self, painter: QPainter, place: QRectF, words: str, face: QFont, token: str, right: bool = False
    ) -> float:
        """Draw words on a line; returns their width."""
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.setFont(face)
        painter.setPen(theme_of().colour(token))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | side, words)
        return float(painter.fontMetrics().horizontalAdvance(words))
