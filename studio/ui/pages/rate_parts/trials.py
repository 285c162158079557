"""Ten times less, ten times more: the plot of three short fits with a card for each of them.

Rules: shows what it is given and tells which rate a person chose. Must not import: the store, actions, torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.charts.rate_plot import slice_words
from studio.ui.charts.rate_slice import Slice
from studio.ui.charts.rate_trials import TOKENS, TrialsPlot, reduce
from studio.ui.pages.rate_parts.state import Tried
from studio.ui.pages.rate_parts.trial_card import TrialCard, TrialView
from studio.ui.theme import SIZES
from studio.ui.widgets import row, set_note

TITLES = ("Ten times less", "As chosen", "Ten times more")


class Trials(QWidget):
    """See the module.

    Signals
    -------
    rateChosen(int)
        A person chose a fit by its curve, its card or its number; from 0, the smallest rate first.
    """

    rateChosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = TrialsPlot()
        self.cards = tuple(TrialCard(str(n + 1)) for n in range(len(TITLES)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.grid)
        layout.addWidget(self.plot, 1)
        layout.addLayout(row(*self.cards, gap=SIZES.grid))
        for place, card in enumerate(self.cards):
            card.clicked.connect(partial(self._take, place))
        self.plot.trialChosen.connect(self.rateChosen)
        set_note(self, "learning-rate")

    def show_tried(self, now: Tried, chosen: Slice | None) -> None:
        """Show the fits so far, and which of their rates is chosen."""
        marked = now.slices.index(chosen) if chosen in now.slices else -1
        names = [slice_words(one) for one in now.slices]
        self.plot.show_trials(reduce(now.losses), names, now.steps, marked)
        for place, card in enumerate(self.cards):
            ended = _ended(now, place)
            view = TrialView(TITLES[place], names[place], ended, TOKENS[place], place == now.best)
            card.set_view(view, place == marked)

    def _take(self, place: int, _checked: bool = False) -> None:
        self.rateChosen.emit(place)


def _ended(now: Tried, place: int) -> str:
    done = len(now.losses[place])
    if now.ends and now.shot_up[place]:
        return f"shot up at step {done}"
    if now.ends and now.ends[place] is not None:
        return f"loss {now.ends[place]:.3g}"
    if now.kind == "running":
        return _under_way(now.losses, place, now.steps)
    return f"{done} steps" if done else ""


def _under_way(losses: Sequence[Sequence[float | None]], place: int, steps: int) -> str:
    done, is_later = len(losses[place]), place + 1 < len(losses) and len(losses[place + 1]) > 0
    if not done:
        return "waits"
    return f"step {done} of {steps}" if not is_later else f"{done} steps" if done == steps else "shot up"
