"""Before the first run: what training will do, stage by stage, and how long it might take.

Must not import: the store, numpy.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from studio.ui.theme import SIZES
from studio.ui.widgets import Card, DimLabel, HeadingLabel, IconLabel

_WIDTH = 520


class PlanCard(QWidget):
    """A card in the middle with one line per step: icon, what happens, why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card = Card("What training will do")
        self._card.setFixedWidth(_WIDTH)
        self._rows = QWidget()
        self._card.body.addWidget(self._rows)
        self._shown: tuple[tuple[str, str, str, str], ...] = ()
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(self._card, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def show_steps(self, steps: Sequence[tuple[str, str, str, str]]) -> None:
        """`steps` of icon, colour token, title and sentence."""
        if tuple(steps) == self._shown:
            return
        self._shown = tuple(steps)
        old, self._rows = self._rows, QWidget()
        self._card.body.replaceWidget(old, self._rows)
        old.deleteLater()
        grid = QGridLayout(self._rows)
        grid.setContentsMargins(0, SIZES.half, 0, SIZES.half)
        grid.setHorizontalSpacing(SIZES.grid + SIZES.half)
        grid.setVerticalSpacing(SIZES.half)
        grid.setColumnStretch(1, 1)
        for place, (icon, token, title, sentence) in enumerate(steps):
            grid.addWidget(
                IconLabel(icon, token, SIZES.icon + SIZES.half), 2 * place, 0, Qt.AlignmentFlag.AlignTop
            )
            grid.addWidget(HeadingLabel(title), 2 * place, 1)
            grid.addWidget(DimLabel(sentence, wrap=True), 2 * place + 1, 1)
            grid.setRowMinimumHeight(2 * place + 1, SIZES.gap * 2)

    def words(self) -> str:
        """Everything it says, for readers and tests."""
        return " ".join(f"{title}. {sentence}" for _, _, title, sentence in self._shown)
