"""How much of the curve's noise is averaged away.

Must not import: the store, actions, torch.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSlider, QWidget

from studio.ui.charts.rate_curve import ENGINE_SMOOTHING
from studio.ui.theme import SIZES, theme_of

_STEPS: Final = 100
_KNOB: Final = 6.0


class SmoothingSlider(QSlider):
    """From none to what fastai's recorder draws; even steps of the remaining noise.

    Signals
    -------
    smoothingChosen(float)
        0 (none) to `ENGINE_SMOOTHING`.
    """

    smoothingChosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, _STEPS)
        self.setValue(_STEPS)
        self.setFixedWidth(SIZES.grid * 12)
        self.setAccessibleName("Smoothing of the curve")
        self.setToolTip("How much of the noise is averaged away. The raw losses stay behind, faint.")
        self.valueChanged.connect(self._tell)

    def smoothing(self) -> float:
        """Where it stands, as the weight of the past in the mean."""
        if self.value() == _STEPS:
            return ENGINE_SMOOTHING
        return 1.0 - float((1.0 - ENGINE_SMOOTHING) ** (self.value() / _STEPS))

    def sizeHint(self) -> QSize:
        return QSize(SIZES.grid * 12, SIZES.page_margin)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = theme_of(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room, middle = _KNOB + 2, self.height() / 2
        x = room + (self.width() - 2 * room) * self.value() / _STEPS
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, right in (("line_strong", self.width() - room), ("accent", x)):
            painter.setBrush(theme.colour(colour))
            painter.drawRoundedRect(QRectF(room, middle - 1.5, right - room, 3), 1.5, 1.5)
        painter.setPen(QPen(theme.colour("accent"), SIZES.ring if self.hasFocus() else 1.5))
        painter.setBrush(theme.colour("panel"))
        painter.drawEllipse(QPointF(x, middle), _KNOB, _KNOB)

    def _tell(self, _value: int) -> None:
        self.smoothingChosen.emit(self.smoothing())
