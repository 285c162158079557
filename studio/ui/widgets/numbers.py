"""Editors of numbers: whole ones, and small ones in the way people write rates (``1e-3``).

Rules: `edited` is told once a person is done (Return, focus out, arrow), never while code sets a value. What is no
number within the bounds gives way to the value before, and `refused` says why.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

from studio.ui.theme import SIZES
from studio.ui.widgets.icons import paint_icon
from studio.ui.widgets.words import rate

_STEPS = (1.0, 2.0, 5.0)


class IntSpin(QSpinBox):
    """A whole number between two bounds.

    Signals
    -------
    edited(int)
        A person is done changing it.
    refused(str)
        Why what was typed is not taken.
    """

    edited = Signal(int)
    refused = Signal(str)

    def __init__(
        self, low: int, high: int, value: int, step: int = 1, unit: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setSingleStep(step)
        self.setValue(value)
        self.setSuffix(f" {unit}" if unit else "")
        _calm(self)
        self._told = value
        self.editingFinished.connect(self._tell)

    def setValue(self, value: int) -> None:
        """Set from code: nobody is told."""
        super().setValue(value)
        self._told = self.value()

    def fixup(self, text: str) -> str:
        self.refused.emit(_why_not(text, f"{self.minimum():,}", f"{self.maximum():,}", self.suffix()))
        return text

    def stepBy(self, steps: int) -> None:
        super().stepBy(steps)
        QTimer.singleShot(0, self, self._tell)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        _paint_arrows(self)

    def _tell(self) -> None:
        if self.value() != self._told:
            self._told = self.value()
            self.edited.emit(self._told)


class FloatSpin(QDoubleSpinBox):
    """A number that may be very small; the arrows walk 1, 2, 5, 10 ... times a power of ten.

    Signals
    -------
    edited(float)
        A person is done changing it.
    refused(str)
        Why what was typed is not taken.
    """

    edited = Signal(float)
    refused = Signal(str)

    def __init__(
        self, low: float, high: float, value: float, unit: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setDecimals(12)
        self.setRange(low, high)
        self.setSuffix(f" {unit}" if unit else "")
        _calm(self)
        self._told = value
        self.set_value(value)
        self.editingFinished.connect(self._tell)

    def set_value(self, value: float) -> None:
        """Set from code: nobody is told."""
        self.setValue(value)
        self._told = self.value()

    def textFromValue(self, value: float) -> str:
        return rate(value)

    def valueFromText(self, text: str) -> float:
        return _number(text.removesuffix(self.suffix())) or 0.0

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Half-typed numbers such as ``1e-`` are let through until a person is done."""
        plain = text.removesuffix(self.suffix()).strip()
        value = _number(plain)
        if value is not None and self.minimum() <= value <= self.maximum():
            return QValidator.State.Acceptable, text, position
        typed = all(letter in "0123456789.,eE+-" for letter in plain)
        return (QValidator.State.Intermediate if typed else QValidator.State.Invalid), text, position

    def fixup(self, text: str) -> str:
        self.refused.emit(_why_not(text, rate(self.minimum()), rate(self.maximum()), self.suffix()))
        return text

    def stepBy(self, steps: int) -> None:
        value = self.value()
        for _ in range(abs(steps)):
            value = _next_round(value, up=steps > 0)
        self.setValue(value)
        QTimer.singleShot(0, self, self._tell)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        _paint_arrows(self)

    def _tell(self) -> None:
        if self.value() != self._told:
            self._told = self.value()
            self.edited.emit(self._told)


def _calm(spin: QAbstractSpinBox) -> None:
    spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    spin.setKeyboardTracking(False)
    spin.setAccelerated(True)
    spin.lineEdit().setTextMargins(SIZES.grid, 0, 0, 0)  # the stylesheet's padding does not reach it


def _why_not(text: str, low: str, high: str, unit: str) -> str:
    typed = text.removesuffix(unit).strip()
    return f"“{typed}” is not from {low} to {high}{unit}." if typed else f"Type {low} to {high}{unit}."


def _number(text: str) -> float | None:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _next_round(value: float, up: bool) -> float:
    """The next of 1, 2, 5 times a power of ten above or below a positive value."""
    if value <= 0:
        return 1e-6 if up else 0.0
    power = math.floor(math.log10(value))
    rounds = [step * 10.0**p for p in (power - 1, power, power + 1) for step in _STEPS]
    if up:
        return min(r for r in rounds if r > value * 1.001)
    return max(r for r in rounds if r < value * 0.999)


def _paint_arrows(spin: QAbstractSpinBox) -> None:
    size = SIZES.small
    left, middle = spin.width() - size - 7, spin.height() / 2
    painter = QPainter(spin)
    colour = "dim" if spin.isEnabled() else "faint"
    paint_icon(painter, QRectF(left, middle - size, size, size), "up", colour)
    paint_icon(painter, QRectF(left, middle, size, size), "down", colour)
