"""Runs over each other, by epoch: validation loss, and the metric that they are judged by.

Where a run was repeated with other seeds, a band in its colour says where luck alone may put the score: a curve that
ends within it is no better and no worse.

Must not import: pages, the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.project.live_run import LiveRun
from studio.project.scores import metric_heading, score_words
from studio.ui.charts.axes import Axis, WholeAxis
from studio.ui.charts.base import Band, Curve, Plot
from studio.ui.charts.legend import Entry, Legend
from studio.ui.compared import curve_colour
from studio.ui.theme import SIZES

Spans = Mapping[int, tuple[float, float]]
_PAD = 0.08
_FAINT = 0.16
_SYMBOL = 5


@dataclass(frozen=True)
class Series:
    """One run: epochs counted from 1 over all its stages, and a value at the end of each (None leaves a gap)."""

    run: int
    epochs: tuple[float, ...]
    values: tuple[float | None, ...]

    def last(self) -> float | None:
        """The last value that is known."""
        return next((value for value in reversed(self.values) if value is not None), None)


def reduce(runs: Mapping[int, LiveRun], metric: str) -> tuple[Series, ...]:
    """The values of a metric (``"valid_loss"`` or one by fastai's name) at the ends of epochs, run by run."""
    return tuple(_series(number, run, metric) for number, run in runs.items())


def _series(number: int, run: LiveRun, metric: str) -> Series:
    if metric == "valid_loss":
        values = tuple(epoch.valid_loss for epoch in run.epochs)
    else:
        values = tuple(epoch.metrics.get(metric) for epoch in run.epochs)
    return Series(number, tuple(float(i + 1) for i in range(len(values))), values)


class EpochPlot(QWidget):
    """One metric of several runs over the epoch."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._legend, self._metric = Legend(title), "valid_loss"
        self._series: tuple[Series, ...] = ()
        self._curves: list[Curve] = []
        self._luck: list[Band] = []
        self.plot = Plot(
            x=WholeAxis("epochs", "bottom"), y=Axis("", "left", grid=True), readout=self._words_at
        )
        self.plot.setAccessibleName(f"{title} over epochs, run by run")
        self.plot.cursorMoved.connect(self._say)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.half)
        layout.addWidget(self._legend)
        layout.addWidget(self.plot, 1)

    def set_metric(self, name: str) -> None:
        """Name the metric, by fastai's name."""
        self._metric = name
        self._legend.set_title(metric_heading(name))
        self.plot.setAccessibleName(f"{metric_heading(name)} over epochs, run by run")

    def _figure(self, value: float | None) -> str:
        if value is None:
            return ""
        return f"{value:.3g}" if self._metric == "valid_loss" else score_words(self._metric, value)

    def show_series(self, series: tuple[Series, ...], luck: Spans | None = None) -> None:
        """Draw these runs; `luck` is the span of the score over seeds, by run."""
        self._series = series
        for curve in self._curves:
            self.plot.drop(curve)
        for band in self._luck:
            self.plot.drop(band)
        self._curves = [self._curve(position, one) for position, one in enumerate(series)]
        self._luck = [
            self._band(position, luck[one.run])
            for position, one in enumerate(series)
            if luck is not None and one.run in luck
        ]
        self._fit()
        self._say(None)

    def _band(self, position: int, span: tuple[float, float]) -> Band:
        band = self.plot.band(curve_colour(position), _FAINT, across=True)
        band.set_span(*span)
        return band

    def luck(self) -> list[tuple[float, float]]:
        """The spans that are drawn."""
        return [band.getRegion() for band in self._luck]

    def _curve(self, position: int, series: Series) -> Curve:
        curve = self.plot.curve(curve_colour(position), width=2)
        curve.set_points(series.epochs, series.values)
        if len(series.epochs) == 1:
            curve.setSymbol("o")
            curve.setSymbolSize(_SYMBOL)
        return curve

    def _fit(self) -> None:
        known = [v for s in self._series for v in s.values if v is not None]
        longest = max((len(s.epochs) for s in self._series), default=0)
        if known and longest:
            low, high = float(np.min(known)), float(np.max(known))
            room = (high - low or abs(high) or 1.0) * _PAD
            self.plot.show_span(x=(1.0, max(2.0, float(longest))), y=(low - room, high + room))

    def _say(self, x: object) -> None:
        """Values now, or under the cursor."""
        epoch = round(x) if isinstance(x, float) else None
        entries = tuple(
            Entry(curve_colour(position), f"run {series.run}", self._figure(value_at(series, epoch)))
            for position, series in enumerate(self._series)
        )
        self._legend.show_entries(entries, f"epoch {epoch}" if epoch is not None and epoch > 0 else "")

    def _words_at(self, _x: float) -> str:
        return ""


def value_at(series: Series, epoch: int | None) -> float | None:
    """The value of an epoch (counted from 1), or the last one for None."""
    if epoch is None:
        return series.last()
    return series.values[epoch - 1] if 1 <= epoch <= len(series.values) else None


class CompareChart(QWidget):
    """Validation loss at the left, score at the right, one crosshair over both."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loss, self.score = EpochPlot("Loss"), EpochPlot("Score")
        self.loss.plot.cursorMoved.connect(self.score.plot.show_cursor)
        self.score.plot.cursorMoved.connect(self.loss.plot.show_cursor)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.gap)
        layout.addWidget(self.loss, 1)
        layout.addWidget(self.score, 1)

    def show_runs(self, runs: Mapping[int, LiveRun], score: str, luck: Spans | None = None) -> None:
        """Draw runs; `score` by fastai's name, `luck` the span of it over seeds, by run."""
        self.loss.show_series(reduce(runs, "valid_loss"))
        self.score.set_metric(score)
        self.score.show_series(reduce(runs, score), luck)
