"""The suggestions as small buttons below the plot, for the keyboard and for reading the reasons.

Must not import: the store, actions, torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.engine.messages import Suggestion
from studio.ui.charts.axes import rate_figure
from studio.ui.charts.rate_plot import slice_words
from studio.ui.pages.rate_parts.state import slice_from
from studio.ui.widgets import FlowLayout, SecondaryButton, SmallLabel, set_note


class Suggested(QWidget):
    """One button for each suggestion; the tooltip has its reason.

    Signals
    -------
    taken(int)
        A person took a suggestion, by its index.
    """

    taken = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self)
        self._buttons: list[SecondaryButton] = []
        self._shown: tuple[Suggestion, ...] | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        set_note(self, "learning-rate")

    def set_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """Replace the buttons."""
        if tuple(suggestions) == self._shown:
            return
        self._shown = tuple(suggestions)
        while (item := self._flow.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self._buttons = []
        if suggestions:
            words = SmallLabel("Worth a click")
            words.setMinimumHeight(26)
            self._flow.addWidget(words)
        for index, one in enumerate(suggestions):
            self._flow.addWidget(self._button(index, one))
        self.updateGeometry()

    def buttons(self) -> tuple[SecondaryButton, ...]:
        """The buttons, in the order of the suggestions."""
        return tuple(self._buttons)

    def _button(self, index: int, one: Suggestion) -> SecondaryButton:
        words = slice_words(slice_from(one.max, one.min))
        low = f"{rate_figure(one.min)} to " if one.min is not None else ""
        made = SecondaryButton(f"{one.title} · {low}{rate_figure(one.max)}", compact=True)
        made.setToolTip(f"{one.reason}  ({index + 1})")
        made.setAccessibleName(f"Take {one.title}, {words}")
        made.setAccessibleDescription(one.reason)
        made.clicked.connect(partial(self._take, index))
        self._buttons.append(made)
        return made

    def _take(self, index: int, _checked: bool = False) -> None:
        self.taken.emit(index)
