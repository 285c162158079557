"""The large view of an item that is words: names and values below each other, or running text; all selectable.

Must not import: pages, the engine's parts, numpy.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.samples.pairs import pairs
from studio.ui.theme import SIZES
from studio.ui.widgets import DimLabel, HeadingLabel, SelectableLabel, scrolled

_LEAST = SIZES.grid * 10


class WordsSample(QWidget):
    """One item in words. `as_pairs` shows it as names and values."""

    as_pairs = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ("", "")
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, SIZES.gap, 0)
        self._grid.setHorizontalSpacing(SIZES.gap)
        self._grid.setVerticalSpacing(SIZES.half)
        self._grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(inside))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The item in words")

    def show_item(self, path: Path, caption: str = "", words: str = "") -> None:
        """Show an item's words; its name where there are none."""
        said = (caption, words or path.name)
        if said == self._shown:
            return
        self.clear()
        self._shown = said
        self.setAccessibleDescription(words)
        if caption:
            self._grid.addWidget(HeadingLabel(caption, wrap=True), 0, 0, 1, 2)
        if self.as_pairs:
            self._add_pairs(said[1])
        else:
            self._grid.addWidget(_selectable(said[1]), 1, 0, 1, 2)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        for place in range(
            self._grid.count()
        ):  # a part that is not shown yet takes no room in `needed_height`
            item = self._grid.itemAt(place)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.show()

    def _add_pairs(self, words: str) -> None:
        for line, (name, value) in enumerate(pairs(words), start=1):
            if name:
                self._grid.addWidget(DimLabel(name), line, 0, Qt.AlignmentFlag.AlignTop)
                self._grid.addWidget(_selectable(value), line, 1)
            else:
                self._grid.addWidget(_selectable(value), line, 0, 1, 2)

    def needed_height(self) -> int:
        """Room for all of the words at the present width."""
        wide = max(_LEAST, self.width())
        return max(self._grid.totalSizeHint().height(), self._grid.totalHeightForWidth(wide)) + SIZES.half

    def text(self) -> str:
        """The words shown."""
        return self._shown[1]

    def clear(self) -> None:
        """Show nothing."""
        self._shown = ("", "")
        for line in range(self._grid.rowCount()):
            self._grid.setRowStretch(line, 0)
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


class TextSample(WordsSample):
    """One item as running text."""

    as_pairs = False


def _selectable(text: str) -> SelectableLabel:
    """Data may hold what looks like a markup language."""
    made = SelectableLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    return made
