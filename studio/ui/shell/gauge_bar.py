"""The status bar: the gauge, the batch size, whether the work is saved, how many notices.

Rules: it never leaves the window. It shows a `GaugeView` and asks; which batch fits was said by others.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from studio.ui.shell.gauge_paint import EMPTY, GaugePainting, GaugeView
from studio.ui.shell.gauge_panel import GaugePanel
from studio.ui.theme import SIZES
from studio.ui.widgets.buttons import GhostButton, MenuButton
from studio.ui.widgets.icons import IconLabel
from studio.ui.widgets.labels import DimLabel, set_note
from studio.ui.widgets.words import gigabytes, plural

__all__ = ["GaugeBar", "GaugeView"]
_AUTO: Final = "auto"


class GaugeBar(QFrame):
    """The bar at the foot of the window.

    Signals
    -------
    batchChosen(object)
        An int, or ``"auto"``.
    offerChosen(int), cardChosen(int)
        See the panel.
    panelRequested()
        The breakdown was opened.
    noticesRequested()
    """

    batchChosen = Signal(object)
    offerChosen = Signal(int)
    cardChosen = Signal(int)
    panelRequested = Signal()
    noticesRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(SIZES.gauge)
        self._view = EMPTY
        self._build()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SIZES.gap, 0, SIZES.grid, 0)
        layout.setSpacing(SIZES.gap)
        for widget in (self._name, self.painting, self._amounts, self.batch):
            layout.addWidget(widget)
        layout.addStretch(1)
        saved = QHBoxLayout()
        saved.setSpacing(6)
        saved.addWidget(self._saved_icon)
        saved.addWidget(self._saved)
        layout.addLayout(saved)
        layout.addWidget(self.notices)
        self._show_batch(EMPTY)
        self.set_gauge(EMPTY)
        self.set_saved("")
        self.set_notices(0)

    def _build(self) -> None:
        self._name, self._amounts, self._saved = DimLabel(), DimLabel(), DimLabel()
        self._saved_icon = IconLabel("check", "good", 14)
        for label in (self._name, self._saved):
            label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.painting = GaugePainting()
        self.painting.tickChosen.connect(self._on_tick)
        self.painting.opened.connect(self.open_panel)
        self.batch = MenuButton("batch auto", compact=True)
        self.batch.chosen.connect(self._on_batch)
        self.notices = GhostButton("", "bell")
        self.notices.clicked.connect(self.noticesRequested)
        self.panel = GaugePanel(self)
        self.panel.offerChosen.connect(self.offerChosen)
        self.panel.cardChosen.connect(self.cardChosen)
        set_note(self, "batch-size")

    def set_gauge(self, view: GaugeView) -> None:
        """Show another state of the memory."""
        before, self._view = self._view, view
        self._name.setText(view.name)
        self._name.setToolTip(view.name)
        self.painting.set_view(view)
        self._amounts.setText(_amounts(view))
        self.panel.set_view(view)
        if _batches(before) != _batches(view):
            self._show_batch(view)

    def _show_batch(self, view: GaugeView) -> None:
        """The chooser; left alone while only the memory moves, so that an open list stays open."""
        self.batch.set_text(_chosen(view))
        self.batch.setToolTip(view.reason)
        self.batch.setVisible(bool(view.ticks))
        choice = str(view.chosen_batch)
        entries = [(_AUTO, "Automatic: what the data calls for and memory allows")]
        entries += [(str(batch), _entry(view, batch, mib, fits)) for batch, mib, fits in view.ticks]
        self.batch.set_entries(entries, checked=choice)

    def set_saved(self, text: str, good: bool = True) -> None:
        """Say whether the work is safe, for example ``saved · checkpoint 40 s ago``; empty hides it."""
        self._saved.setText(text)
        self._saved_icon.set("check" if good else "warning", "good" if good else "warning")
        self._saved_icon.setVisible(bool(text))

    def set_notices(self, count: int, worst: str = "") -> None:
        """Show how many notices there are, coloured by the worst of them (error, warning or nothing)."""
        self.notices.setText(plural(count, "notice"))
        self.notices.icon_colour = worst if worst in ("error", "warning") else "dim"  # type: ignore[misc]
        self.notices.set_icon("bell")
        self.notices.setVisible(count > 0)

    def open_panel(self) -> None:
        """Open or close the breakdown above the gauge."""
        self.panel.toggle_above(self.painting)
        if self.panel.isVisible():
            self.panelRequested.emit()

    def _on_tick(self, batch: int) -> None:
        self.batchChosen.emit(batch)

    def _on_batch(self, key: str) -> None:
        self.batchChosen.emit(key if key == _AUTO else int(key))


def _batches(view: GaugeView) -> tuple[object, ...]:
    return view.ticks, view.chosen_batch, view.picked, view.reason


def _chosen(view: GaugeView) -> str:
    """``batch 32``, or ``batch auto · 32`` where the gauge picked it."""
    picked = f" · {view.picked}" if view.chosen_batch == _AUTO and view.picked is not None else ""
    return f"batch {view.chosen_batch}{picked}"


def _amounts(view: GaugeView) -> str:
    """``13.4 of 24 GB · others 2.1``, as rich text with the first figure strong."""
    used = view.used_mib()
    if view.total_mib is None or used is None:
        return "memory not known" if view is not EMPTY else ""
    text = f"<b>{gigabytes(used)}</b> of {gigabytes(view.total_mib)} GB"
    return text + (f" · others {gigabytes(view.others_mib)}" if view.others_mib is not None else "")


def _entry(view: GaugeView, batch: int, mib: float, fits: bool) -> str:
    if view.meanings:
        return view.meaning(batch).removeprefix("batch ")
    return f"{batch}   {gigabytes(mib)} GB" + ("" if fits else "   does not fit")
