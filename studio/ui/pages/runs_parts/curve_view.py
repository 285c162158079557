"""Do I need more data? The learning curve as its points come, the sentence, and the button that finds it.

Must not import: the store, torch.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from studio.project.scores import is_share, metric_title, score_words
from studio.ui.store import CurveView as Told
from studio.ui.widgets import (
    Card,
    DimLabel,
    EmptyState,
    HeadingLabel,
    SecondaryButton,
    SegmentedControl,
    column,
    row,
    set_note,
)

_NO_SENTENCE = "The sentence comes with the last point."


class CurveView(QWidget):
    """The view.

    Signals
    -------
    findRequested(str, int)
        Train on parts of the data: the plan ("quick" or "full") and the number of seeds.
    cancelRequested()
    """

    findRequested = Signal(str, int)
    cancelRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from studio.ui.charts.more_data import MoreDataPlot

        self.plot = MoreDataPlot()
        self.plan = SegmentedControl([("quick", "Quick"), ("full", "Full recipe")], "quick")
        self.plan.setToolTip(
            "Quick trains one short stage for each point, the other all stages of the recipe"
        )
        self.seeds = SegmentedControl([("1", "1 seed"), ("3", "3 seeds")], "1")
        self.seeds.setToolTip(
            "Three trainings for each point take three times as long and say how sure it is"
        )
        self.seeds.setAccessibleName("Trainings for each point")
        self.start = SecondaryButton("Find out", "play")
        self.start.clicked.connect(self._ask)
        self._running = False
        card = Card("Do I need more data?", "score against the number of training items")
        card.head.addLayout(row(self.plan, self.seeds, self.start))
        self._sentence, self._points = HeadingLabel(), DimLabel(wrap=True)
        self._sentence.setWordWrap(True)
        shown = QWidget()
        lines = column(self._sentence, self._points, self.plot)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setStretch(2, 1)
        shown.setLayout(lines)
        words = (
            "Trains on an eighth, a quarter, half and all of the training items, and says what twice as many would "
            "bring. Nothing of it is kept among the runs."
        )
        self._empty = EmptyState("chart", "Would more data help?", words)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(shown)
        card.body.addLayout(self._stack, 1)
        line = row(card)
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)
        set_note(self, "why-data")

    def show_curve(self, told: Told, free: bool) -> None:
        """Show what is there; `free` says whether the engine could train now."""
        found = told.found if not told.running else None
        points = found.points if found is not None else told.points
        self._running = told.running
        self.start.setText("Stop" if told.running else "Find out anew" if found is not None else "Find out")
        self.start.set_icon("stop" if told.running else "play")
        self.start.setEnabled(free or told.running)
        self.plan.setEnabled(not told.running)
        self.seeds.setEnabled(not told.running)
        self._stack.setCurrentIndex(1 if points or told.running else 0)
        self._sentence.setText(found.sentence if found is not None else _NO_SENTENCE)
        metric = (
            found.metric if found is not None else told.started.metric if told.started is not None else ""
        )
        said = (f"{p.items:,} items: {score_words(metric, p.score)}" for p in points)
        self._points.setText(
            f"{metric_title(metric)} · " + " · ".join(said) if points else "Training on the first part."
        )
        self.plot.show_curve(points, found.fit if found is not None else None, is_share(metric))

    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()

    def _ask(self) -> None:
        if self._running:
            self.cancelRequested.emit()
        else:
            self.findRequested.emit(self.plan.key(), int(self.seeds.key()))
