"""The card with the plot: stage chooser, smoothing and saving above; suggestions and sentences below.

Rules: shows what it is given and tells what a person did. Must not import: the store, actions, torch.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from studio.engine import messages as m
from studio.ui.charts.rate_plot import RatePlot
from studio.ui.pages.rate_parts.smoothing import SmoothingSlider
from studio.ui.pages.rate_parts.stage_chooser import StageChooser
from studio.ui.pages.rate_parts.suggested import Suggested
from studio.ui.pages.rate_parts.trials import Trials
from studio.ui.theme import SIZES
from studio.ui.widgets import (
    Card,
    EmptyState,
    FindingCard,
    MenuButton,
    ProgressLine,
    SegmentedControl,
    SmallLabel,
    set_note,
    set_tone,
)


class Board(Card):
    """See the module.

    Attributes
    ----------
    plot : RatePlot
    chooser : StageChooser
    suggested : Suggested
    progress : ProgressLine
    empty : EmptyState
    slider : SmoothingSlider
    trials : Trials
        Three short fits, in the place of the plot.
    views : SegmentedControl
        "curve" or "trials", where there are both.

    Signals
    -------
    saveRequested(str)
        "picture" or "table".
    """

    saveRequested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.chooser, self.plot, self.suggested = StageChooser(), RatePlot(), Suggested()
        self.progress, self.trials = ProgressLine(), Trials()
        self.views = SegmentedControl([("curve", "Curve"), ("trials", "Three fits")])
        self.views.setAccessibleName("What is shown")
        self.empty = EmptyState("rate", "", "")
        self.slider, self._save = SmoothingSlider(), MenuButton("Save", "download", compact=True)
        self._save.set_entries([("picture", "Picture (PNG) …"), ("table", "Table (CSV) …")])
        self._save.chosen.connect(self.saveRequested)
        self._words = SmallLabel("Smoothing")
        self._words.setBuddy(self.slider)
        self.head.insertWidget(0, self.chooser)
        self.head.insertWidget(1, self.views)
        for widget in (self._words, self.slider, self._save):
            self.head.addWidget(widget)
        self._error: FindingCard | None = None
        self._failed: m.Failed | None = None
        self._sentence = SmallLabel(wrap=True)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.plot)
        self._stack.addWidget(self.trials)
        self._stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._stack.setMinimumHeight(SIZES.grid * 24)
        self._above = QVBoxLayout()
        self.body.addLayout(self._above)
        self.body.addWidget(self.progress)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self.suggested)
        self.body.addWidget(self._sentence)
        set_note(self.plot, "learning-rate")
        set_note(self.chooser, "freeze-unfreeze")

    def show_trials(self) -> None:
        """The three short fits in the place of the plot."""
        self._stack.setCurrentWidget(self.trials)
        for widget in (self._words, self.slider, self._save, self.suggested):
            widget.hide()

    def show_plot(self, visible: bool, finished: bool) -> None:
        """The plot or the empty place; a finished curve can be saved."""
        self._stack.setCurrentWidget(self.plot if visible else self.empty)
        for widget in (self._words, self.slider):
            widget.setVisible(visible)
        self._save.setVisible(finished)
        self.suggested.setVisible(finished)

    def say(self, text: str, tone: str = "") -> None:
        """The sentence below the plot; empty hides it."""
        self._sentence.setText(text)
        self._sentence.setVisible(bool(text))
        set_tone(self._sentence, tone)

    def sentence(self) -> str:
        """What is said below the plot."""
        return self._sentence.text()

    def show_error(self, failed: m.Failed | None) -> None:
        """A card above the plot that says why a search failed."""
        if failed is self._failed:
            return
        self._failed = failed
        if self._error is not None:
            self._above.removeWidget(self._error)
            self._error.deleteLater()
            self._error = None
        if failed is not None:
            self._error = FindingCard("error", failed.message, failed.hint, show="")
            self._above.addWidget(self._error)
