"""The right side of the Train page: the samples as the model learns them, or the table of epochs.

Must not import: the store, numpy.
"""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from studio.ui.pages.train_parts.epoch_table import EpochTable
from studio.ui.pages.train_parts.samples_card import SamplesCard
from studio.ui.theme import SIZES
from studio.ui.widgets import SegmentedControl


class Side(QWidget):
    """One of two cards."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.samples, self.table = SamplesCard(), EpochTable()
        self.choice = SegmentedControl([("samples", "Samples"), ("epochs", "Epochs")], "samples")
        self.choice.setAccessibleName("What is shown beside the curves")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.samples)
        self._stack.addWidget(self.table)
        self.choice.keyChosen.connect(self.show_part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.grid)
        layout.addWidget(self.choice)
        layout.addWidget(self._stack, 1)

    def show_part(self, key: str) -> None:
        """Bring one card to the front."""
        self.choice.choose(key)
        self._stack.setCurrentWidget(self.samples if key == "samples" else self.table)
