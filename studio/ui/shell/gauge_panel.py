"""The breakdown of the gauge: who holds how much, what is predicted, what each stage needs, and ways out.

Signals say what a person chose; nothing is decided here.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from studio.ui.shell.gauge_paint import EMPTY, GaugeView
from studio.ui.shell.popover import Popover
from studio.ui.theme import SIZES
from studio.ui.widgets.buttons import SecondaryButton
from studio.ui.widgets.icons import IconLabel
from studio.ui.widgets.labels import DimLabel, HeadingLabel, SelectableLabel, SmallLabel
from studio.ui.widgets.words import gigabytes

_WIDTH = 400
_HALF = ("fp16", "bf16")
_RIGHT = Qt.AlignmentFlag.AlignRight


class GaugePanel(Popover):
    """Rows of amounts, the stages, the reason of the batch size in words, then what can be done.

    Signals
    -------
    offerChosen(int)
        A way out, by its place among the view's offers.
    cardChosen(int)
        Another card, by its number.
    """

    offerChosen = Signal(int)
    cardChosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH)
        self._view = EMPTY
        self._title = HeadingLabel()
        self._table, self._ways = QWidget(), QWidget()
        self._reason = SelectableLabel()
        self._reason.setProperty("tone", "dim")
        for widget in (self._title, self._table, self._reason, self._ways):
            self.body.addWidget(widget)
        self.setAccessibleName("Memory")
        self.set_view(EMPTY)

    def set_view(self, view: GaugeView) -> None:
        """Show another state; rows are made anew, there are few. Buttons stay while only amounts move."""
        if view == self._view and self._title.text():
            return
        before, self._view = self._view, view
        self._title.setText(_title(view))
        self._table = self._renewed(self._table, _table(view))
        if not self._reason.text() or (before.offers, before.cards, before.card) != (
            view.offers,
            view.cards,
            view.card,
        ):
            self._ways = self._renewed(self._ways, self._made_ways(view))
        said = (view.reason or _plain_reason(view), view.how, _precision(view))
        self._reason.setText("\n".join(text for text in said if text))
        if self.isVisible():
            self.place()

    def _renewed(self, old: QWidget, fresh: QWidget) -> QWidget:
        self.body.replaceWidget(old, fresh)
        old.hide()
        old.deleteLater()
        return fresh

    def _made_ways(self, view: GaugeView) -> QWidget:
        """A button for each offer, and for each other card."""
        ways = QWidget()
        layout = QVBoxLayout(ways)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.half)
        if view.offers:
            layout.addWidget(SmallLabel("Ways out, each with what it would take"))
        for number, (words, mib, fits) in enumerate(view.offers):
            text = f"{words}: {gigabytes(mib)} GB" + ("" if fits else ", still too much")
            layout.addWidget(
                _button(text, "Changes the recipe; undo takes it back.", self.offerChosen, number)
            )
        if view.cards:
            layout.addWidget(SmallLabel("Train on another card"))
        for number, name, free in view.cards:
            if number != view.card:
                text = f"{name} (card {number}): {gigabytes(free)} GB free"
                layout.addWidget(
                    _button(text, "Starts a fresh engine on that card.", self.cardChosen, number)
                )
        ways.setVisible(layout.count() > 0)
        return ways


def _title(view: GaugeView) -> str:
    if view.kind == "ram":
        return "Memory of this computer"
    return f"Memory of {view.name}" if view is not EMPTY else view.name


def _precision(view: GaugeView) -> str:
    """What fits train in, and why not in half of it."""
    if view.precision in _HALF:
        return f"Trains in half precision ({view.precision}): about half the memory for what backward needs."
    if view.precision:
        why = ": a processor has nothing to win from half precision" if view.kind == "ram" else ""
        return f"Trains in full precision ({view.precision}){why}."
    return ""


def _button(text: str, tooltip: str, chosen: object, number: int) -> QWidget:
    button = SecondaryButton(text)
    button.setToolTip(tooltip)
    button.setAccessibleName(text)
    button.clicked.connect(partial(chosen.emit, number))  # type: ignore[attr-defined]
    return button


def _table(view: GaugeView) -> QWidget:
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(6)
    grid.setHorizontalSpacing(SIZES.grid)
    grid.setColumnStretch(1, 1)
    rows = _rows(view)
    for number, (colour, text, amount) in enumerate(rows):
        grid.addWidget(IconLabel("dot", colour, SIZES.icon), number, 0)
        grid.addWidget(QLabel(text), number, 1)
        grid.addWidget(QLabel(amount), number, 2, _RIGHT)
    _add_stages(grid, view)
    return table


def _add_stages(grid: QGridLayout, view: GaugeView) -> None:
    predicted = [(title, f"{gigabytes(floor)} to {gigabytes(peak)} GB") for title, floor, peak in view.stages]
    taken = [line for title, floor, peak, foretold in view.taken
             for line in _taken(title, floor, peak, foretold)]  # fmt: skip
    for heading, lines in (("Predicted for each stage, at rest and at its peak", predicted),
                           ("Measured in this run, at rest and at its peak", taken)):  # fmt: skip
        if lines:
            grid.addWidget(SmallLabel(heading), grid.rowCount(), 0, 1, 3)
        for title, amounts in lines:
            row = grid.rowCount()
            grid.addWidget(DimLabel(title), row, 0, 1, 2)
            grid.addWidget(DimLabel(amounts), row, 2, _RIGHT)


def _taken(title: str, floor: float, peak: float, predicted: float | None) -> list[tuple[str, str]]:
    """A line of what a stage took, and one of what was foretold of it."""
    lines = [(title, f"{gigabytes(floor)} to {gigabytes(peak)} GB")]
    if predicted is not None:
        lines.append(("    its peak as predicted", f"{gigabytes(floor + predicted)} GB"))
    return lines


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
        named.insert(2, ("predicted", "While training, predicted", view.predicted_mib))
    return [(colour, text, _amount(mib)) for colour, text, mib in named]


def _amount(mib: float | None) -> str:
    return "not known" if mib is None else f"{gigabytes(mib)} GB"


def _plain_reason(view: GaugeView) -> str:
    if view.kind == "ram":
        return "There is no NVIDIA GPU here, so training uses the processor and its memory."
    if view.kind == "unknown":
        return "The driver does not say how much memory is in use."
    return "Free memory decides the batch size; a click on a tick overrides it."
