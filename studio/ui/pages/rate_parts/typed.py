"""The slice as two typed values, for hands that know the rate already.

Must not import: the store, actions, torch.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.ui.charts.rate_slice import MOST, Slice
from studio.ui.theme import SIZES
from studio.ui.widgets import FieldRow, FloatSpin, row, set_note

_WIDTH = SIZES.grid * 14


class TypedSlice(QWidget):
    """Fields for the lowest and the highest rate; an empty lowest one (0) gives ``slice(max)``.

    Signals
    -------
    rateTyped(str, object)
        "low" or "high", and the rate; None where the lowest rate was taken away.
    """

    rateTyped = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = FloatSpin(0.0, MOST, 0.0), FloatSpin(0.0, MOST, 0.0)
        self._low.setSpecialValueText("none")
        self._high.setSpecialValueText("none")
        for spin in (self._low, self._high):
            spin.setFixedWidth(_WIDTH)
        self._low.edited.connect(self._low_typed)
        self._high.edited.connect(self._high_typed)
        lowest = FieldRow("Lowest rate", self._low, note="learning-rate")
        highest = FieldRow("Highest rate", self._high, note="learning-rate")
        self.setLayout(row(lowest, highest))
        set_note(self, "learning-rate")
        self._shown: Slice | None = None

    def show_slice(self, chosen: Slice | None) -> None:
        """Show the slice chosen elsewhere without telling anyone."""
        self._shown = chosen
        self._low.set_value(chosen.low or 0.0 if chosen is not None else 0.0)
        self._high.set_value(chosen.high if chosen is not None else 0.0)

    def editors(self) -> tuple[FloatSpin, FloatSpin]:
        """The editors of the lowest and the highest rate."""
        return self._low, self._high

    def _low_typed(self, value: float) -> None:
        self.rateTyped.emit("low", value if value > 0 else None)

    def _high_typed(self, value: float) -> None:
        if value > 0:
            self.rateTyped.emit("high", value)
        else:
            self.show_slice(self._shown)  # a slice cannot be without its highest rate
