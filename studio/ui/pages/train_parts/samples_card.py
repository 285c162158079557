"""The same few validation items after every epoch, with a slider back through the epochs.

Must not import: the store, numpy.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSlider, QWidget

from studio.project.live_run import LiveRun
from studio.ui.pages.card_margins import set_margins
from studio.ui.pages.train_parts.sample_list import SampleList
from studio.ui.pages.train_parts.sample_words import epoch_words, rows
from studio.ui.samples import about
from studio.ui.samples.base import SampleKind
from studio.ui.theme import SIZES
from studio.ui.widgets import Card, DimLabel, scrolled

_NOT_YET = "After the first epoch, the model's answers to a few validation items come here."
_NO_ITEMS = (
    "This model answers for no single item: a language model goes on with any text. When the run is done, Results "
    "shows how it goes on."
)
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


class SamplesCard(Card):
    """What the model answers now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Sample predictions", parent=parent)
        self.list = SampleList()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Epoch of the samples shown")
        self.slider.setToolTip("Look back: what the model answered after earlier epochs")
        self.slider.valueChanged.connect(self._show)
        self._none = DimLabel(wrap=True)
        self._run: LiveRun | None = None
        self._kind: SampleKind | None = None
        self._count = 0
        self.body.addWidget(self._none)
        self.body.addWidget(self.slider)
        self.body.addWidget(scrolled(self.list), 1)
        set_margins(self, SIZES.grid + SIZES.half, SIZES.grid + SIZES.half, SIZES.grid, SIZES.grid)

    def show_run(self, run: LiveRun | None, kind: SampleKind, data: Path | None, folder: Path | None) -> None:
        """Show the newest samples, or stay where a person has moved the slider to."""
        anew = run is not self._run
        follows = anew or self.slider.value() >= self._count - 1
        self._run, self._kind = run, kind
        self._count = len(run.shown) if run is not None else 0
        self.list.set_places(data, folder)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, self._count - 1))
        if follows:
            self.slider.setValue(self._count - 1)
        self.slider.blockSignals(False)
        self._show()

    def _show(self) -> None:
        run, kind = self._run, self._kind
        some = run is not None and kind is not None and any(one.samples for one in run.shown)
        self._none.setText(_NO_ITEMS if run is not None and run.shown else _NOT_YET)
        self._none.setVisible(not some)
        self.list.setVisible(some)
        self.slider.setVisible(some and self._count > 1)
        if run is None or kind is None or not some:
            self.set_title("Sample predictions", "")
            return
        found = rows(run, self.slider.value(), kind)
        count = _NUMBERS[len(found)] if len(found) < len(_NUMBERS) else str(len(found))
        self.set_title(f"Same {count}", epoch_words(run, self.slider.value()))
        self.list.show_rows(found, about(kind).picture)
