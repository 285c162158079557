"""The breakdown of the gauge: who holds how much, what is predicted, what each stage needs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from studio.ui.shell.gauge_paint import EMPTY, GaugeView
from studio.ui.shell.popover import Popover
from studio.ui.theme import SIZES
from studio.ui.widgets.icons import IconLabel
from studio.ui.widgets.labels import DimLabel, HeadingLabel, SelectableLabel, SmallLabel
from studio.ui.widgets.words import gigabytes

_WIDTH = 360


class GaugePanel(Popover):
    """Rows of amounts, then the stages, then the reason of the batch size in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH)
        self._view = EMPTY
        self._title = HeadingLabel()
        self._table = QWidget()
        self._reason = SelectableLabel()
        self._reason.setProperty("tone", "dim")
        for widget in (self._title, self._table, self._reason):
            self.body.addWidget(widget)
        self.setAccessibleName("Memory")
        self.set_view(EMPTY)

    def set_view(self, view: GaugeView) -> None:
        """Show another state; rows are made anew, there are few."""
        if view == self._view and self._title.text():
            return
        self._view = view
        self._title.setText(f"Memory of {view.name}" if view is not EMPTY else view.name)
        fresh = QWidget()
        self._fill(QGridLayout(fresh), view)
        self.body.replaceWidget(self._table, fresh)
        self._table.hide()
        self._table.deleteLater()
        self._table = fresh
        self._reason.setText(view.reason or _plain_reason(view))
        if self.isVisible():
            self.place()

    def _fill(self, grid: QGridLayout, view: GaugeView) -> None:
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(6)
        grid.setHorizontalSpacing(SIZES.grid)
        grid.setColumnStretch(1, 1)
        rows = _rows(view)
        for number, (colour, text, amount) in enumerate(rows):
            grid.addWidget(IconLabel("dot", colour, SIZES.icon), number, 0)
            grid.addWidget(QLabel(text), number, 1)
            grid.addWidget(QLabel(amount), number, 2, Qt.AlignmentFlag.AlignRight)
        for number, (title, floor, peak) in enumerate(view.stages, start=len(rows) + 1):
            grid.addWidget(DimLabel(title), number, 0, 1, 2)
            grid.addWidget(
                DimLabel(f"{gigabytes(floor)} to {gigabytes(peak)} GB"),
                number,
                2,
                Qt.AlignmentFlag.AlignRight,
            )
        if view.stages:
            grid.addWidget(SmallLabel("Each stage, at rest and at its peak"), len(rows), 0, 1, 3)


def _rows(view: GaugeView) -> list[tuple[str, str, str]]:
    """Colour, words and amount of each row."""
    used = view.used_mib()
    free = view.total_mib - used if view.total_mib is not None and used is not None else None
    named = [
        ("others", "Other programs", view.others_mib),
        ("accent", "This studio, now", view.ours_mib),
        ("line_strong", "Free", free),
    ]
    if view.predicted_mib is not None:
        named.insert(2, ("predicted", "Predicted in all while training", view.predicted_mib))
    return [(colour, text, _amount(mib)) for colour, text, mib in named]


def _amount(mib: float | None) -> str:
    return "not known" if mib is None else f"{gigabytes(mib)} GB"


def _plain_reason(view: GaugeView) -> str:
    if view.kind == "ram":
        return "There is no NVIDIA GPU here, so training uses the processor and its memory."
    if view.kind == "unknown":
        return "The driver does not say how much memory is in use."
    return "Free memory decides the batch size; a click on a tick overrides it."
