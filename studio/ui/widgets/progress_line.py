"""Work under way in one line: what, how far, how long yet, and a way to end it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from studio.ui.theme import SIZES, theme_of
from studio.ui.widgets.buttons import GhostButton
from studio.ui.widgets.labels import SmallLabel
from studio.ui.widgets.layout import row
from studio.ui.widgets.words import duration


class _Bar(QWidget):
    """A thin bar; None says that the end is not known and draws a short piece at the start."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fraction: float | None = 0.0
        self.setFixedHeight(SIZES.half)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("track"))
        painter.drawRoundedRect(QRectF(self.rect()), 2, 2)
        part = 0.08 if self.fraction is None else max(0.0, min(1.0, self.fraction))
        if part > 0:
            painter.setBrush(theme.colour("accent"))
            painter.drawRoundedRect(QRectF(0, 0, self.width() * part, self.height()), 2, 2)


class ProgressLine(QWidget):
    """Text, bar, time left, cancel.

    Signals
    -------
    cancelRequested()
    """

    cancelRequested = Signal()

    def __init__(self, text: str = "", cancel: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._left = SmallLabel(text), SmallLabel()
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._bar = _Bar()
        self._cancel = GhostButton("Cancel")
        self._cancel.clicked.connect(self.cancelRequested)
        self._can_cancel = cancel
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.half)
        line = row(self._text, self._left, self._cancel)
        line.setStretch(0, 1)
        layout.addLayout(line)
        layout.addWidget(self._bar)
        self._cancel.setVisible(cancel)

    def set_progress(self, fraction: float | None, text: str, seconds_left: float | None = None) -> None:
        """Show how far it is: `fraction` 0 to 1, None while the end is unknown; seconds left where known."""
        self._bar.fraction = fraction
        self._bar.update()
        self._text.setText(text)
        self._left.setText("" if seconds_left is None else f"{duration(seconds_left)} left")
        self._cancel.setVisible(self._can_cancel)
        percent = "" if fraction is None else f", {fraction:.0%}"
        self.setAccessibleName(f"{text}{percent}")

    def done(self, text: str) -> None:
        """Show the full bar and the closing words; nothing is left to cancel."""
        self.set_progress(1.0, text)
        self._cancel.setVisible(False)
