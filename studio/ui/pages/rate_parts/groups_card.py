"""The card below the plot: the typed slice, and what every layer group makes of it.

Must not import: the store, actions, torch.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from studio.ui.charts.layer_groups import LayerGroups
from studio.ui.charts.rate_curve import group_rates
from studio.ui.charts.rate_slice import Slice
from studio.ui.pages.rate_parts.typed import TypedSlice
from studio.ui.theme import SIZES
from studio.ui.widgets import Card, FlowLayout, KeyHint, SmallLabel, row, rule, set_note

_KEYS = (
    ("", "Click: one rate. Second click or drag: a slice."),
    ("← →", "move"),
    ("Shift", "finer"),
    ("Tab", "other handle"),
    ("U", "undo"),
    ("", "Nothing in the model was changed by the search."),
)


class GroupsCard(Card):
    """Typed values at the left, bars at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.typed, self.bars = TypedSlice(), LayerGroups()
        set_note(self.bars, "freeze-unfreeze")
        line = row(self.typed, rule(vertical=True), self.bars, gap=SIZES.page_margin - SIZES.half)
        line.setStretch(2, 1)
        self.body.addLayout(line)

    def show_slice(self, chosen: Slice | None, groups: Sequence[str], trainable: Sequence[bool]) -> None:
        """The slice in the fields, and its spread over the groups."""
        self.typed.show_slice(chosen)
        rates = (
            group_rates(chosen.high, chosen.low, trainable) if chosen is not None else (None,) * len(groups)
        )
        self.bars.set_groups(groups, rates)


class KeysLine(QWidget):
    """One dim line that says what mouse and keys do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flow = FlowLayout(self, gap=SIZES.grid + SIZES.half)
        for keys, words in _KEYS:
            flow.addWidget(_hint(keys, words))


def _hint(keys: str, words: str) -> QWidget:
    made = QWidget()
    made.setLayout(row(*([KeyHint(keys)] if keys else []), SmallLabel(words), gap=SIZES.half + 2))
    return made
