"""The three plots of a run above each other: losses, metrics, rate and momentum; one axis, one cursor.

Rules: reads a `LiveRun`; the values under the cursor are written into the lines above the plots, so that
nothing covers a curve. Must not import: the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from studio.project.curve_rules import Evidence
from studio.project.curves_export import csv
from studio.project.live_run import LiveRun
from studio.project.scores import metric_heading, metric_title, same_measure, score_words
from studio.ui.charts.axes import rate_figure
from studio.ui.charts.legend import Entry, Legend
from studio.ui.charts.losses import LossPlot
from studio.ui.charts.metrics import TOKENS, MetricPlot, best, others
from studio.ui.charts.run_plot import RunPlot
from studio.ui.charts.run_series import RunSeries, epochs, nearest
from studio.ui.charts.schedule import SchedulePlot
from studio.ui.pages.card_margins import set_margins
from studio.ui.theme import SIZES, theme_of
from studio.ui.widgets import Card, GhostButton, IconButton, MenuButton, row

_LEAST = (128, 56, 72)  # heights at which the curves can still be read, in pixels


class RunCharts(Card):
    """The charts of one run.

    Signals
    -------
    told(str)
        Something was copied or saved, or could not be, in words.
    """

    told = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._run: LiveRun | None = None
        self._series = RunSeries()
        self.losses, self.metrics, self.schedule = LossPlot(), MetricPlot(), SchedulePlot()
        self._legends = Legend("Loss"), Legend("Metric"), Legend("Rate")
        self._cursor: float | None = None
        self._score = ""
        self._axes: tuple[tuple[str, ...], str] = ((), "")
        self._build()
        self._plots: tuple[RunPlot, ...] = (self.losses, self.metrics, self.schedule)
        for plot in self._plots:
            plot.cursorMoved.connect(self._show_cursor)
        self.losses.spanChanged.connect(self._zoomed)
        for plot in (self.metrics, self.schedule):
            plot.follow_x(self.losses)
            plot.spanChanged.connect(self._follow_reset)

    def _build(self) -> None:
        set_margins(self, SIZES.grid + SIZES.half, SIZES.grid, SIZES.half, SIZES.half)
        self.body.setSpacing(0)
        self.losses.x_axis.setStyle(showValues=False)
        self.losses.x_axis.setHeight(SIZES.half)
        for plot, least in zip((self.losses, self.metrics, self.schedule), _LEAST, strict=True):
            plot.setMinimumHeight(least)
        self._all = GhostButton("Show all")
        self._all.clicked.connect(self._reset)
        self._all.hide()
        copy = IconButton("copy", "Copy all values as a table")
        copy.clicked.connect(self.copy_values)
        save = IconButton("download", "Save as a picture or a table")
        save.clicked.connect(self._ask_where)
        top = row(self._legends[0], self._all, copy, save, gap=SIZES.half)
        top.setStretch(0, 1)
        self.body.addLayout(top)
        self.body.addWidget(self.losses, 12)
        self.body.addLayout(self._metric_line())
        self.body.addWidget(self.metrics, 5)
        self.body.addWidget(self._legends[2])
        self.body.addWidget(self.schedule, 6)

    def _metric_line(self) -> QHBoxLayout:
        """The legend of the metrics, and which of them are drawn where they need different axes."""
        self._axis = MenuButton("", compact=True)
        self._axis.setToolTip("Metrics that need an axis of their own")
        self._axis.chosen.connect(self._put_first)
        self._axis.hide()
        line = row(self._legends[1], self._axis, gap=SIZES.half)
        line.setStretch(0, 1)
        return line

    def set_score(self, name: str, up: bool) -> None:
        """The metric that runs are judged by."""
        self._score = name
        self.metrics.set_score(name, up)

    def _put_first(self, name: str) -> None:
        self.metrics.put_first(name)
        self.show_run(self._run)

    def _offer_axes(self, run: LiveRun | None) -> None:
        """One entry for each measure; nothing to choose where one axis holds all."""
        names = (self._score, *others(run, self._score)) if run is not None and run.epochs else ()
        rows = self.metrics.rows()
        now = next((n for n in names if rows and same_measure(n, rows[0][0])), self._score)
        if (names, now) == self._axes:
            return
        self._axes = (names, now)
        self._axis.setVisible(len(names) > 1)
        self._axis.set_entries([(name, metric_heading(name)) for name in names], now)
        self._axis.set_text(metric_heading(now))

    def mark(self, evidence: Evidence | None) -> None:
        """Tint the part of a plot in which a finding shows."""
        for name, plot in (("loss", self.losses), ("metric", self.metrics)):
            here = evidence if evidence is not None and evidence.plot == name else None
            plot.mark(None if here is None else (here.start, here.stop))

    def show_run(self, run: LiveRun | None) -> None:
        """Draw the run as it stands."""
        anew = self._series.take(run)
        self._run = run
        for plot in self._plots:
            if anew and plot.zoomed:
                plot.reset_zoom()
            plot.show_run(run, self._series)
        self._offer_axes(run)
        self._write()

    def copy_values(self) -> None:
        """Put every value on the clipboard as comma-separated values."""
        if self._run is not None:
            QGuiApplication.clipboard().setText(csv(self._run))
            self.told.emit(f"Copied {len(self._run.steps):,} batches as a table.")

    def save(self, path: Path) -> bool:
        """Write a picture of the charts, or the values where the name ends in .csv."""
        if path.suffix.lower() == ".csv" and self._run is not None:
            try:
                path.write_text(csv(self._run), encoding="utf-8")
            except OSError as error:
                self.told.emit(f"{path.name} could not be written: {error.strerror}. Choose another folder.")
                return False
        elif not self._picture().save(str(path)):
            self.told.emit(
                f"{path.name} could not be written. Choose another folder and a name in .png or .csv."
            )
            return False
        self.told.emit(f"Saved {path.name}.")
        return True

    def _picture(self) -> QImage:
        made = QImage(self.size() * 2, QImage.Format.Format_ARGB32)
        made.setDevicePixelRatio(2)
        made.fill(theme_of().colour("panel"))
        painter = QPainter(made)
        self.render(painter, QPoint())
        painter.end()
        return made

    def _ask_where(self) -> None:
        number = self._run.run if self._run is not None else 0
        name, _ = QFileDialog.getSaveFileName(
            self, "Save the charts", f"run-{number}.png", "Picture (*.png);;Table of all values (*.csv)"
        )
        if name:
            self.save(Path(name))

    # -- cursor and zoom
    def _show_cursor(self, x: float | None) -> None:
        self._cursor = x
        for plot in self._plots:
            plot.show_cursor(x)
        self._write()

    def _zoomed(self, zoomed: bool) -> None:
        self._all.setVisible(zoomed)

    def _follow_reset(self, zoomed: bool) -> None:
        if not zoomed and self.losses.zoomed:
            self.losses.reset_zoom()
        self._all.setVisible(zoomed)

    def _reset(self) -> None:
        for plot in self._plots:
            plot.reset_zoom()

    # -- words
    def _write(self) -> None:
        """The values under the cursor, or the newest ones."""
        run = self._run
        if run is None:
            return
        batch = self._place(run.steps)
        ends = epochs(run)
        epoch = self._place(ends.steps)
        loss = run.losses[batch] if batch is not None else None
        smooth = _figure(run.smooth[batch]) if batch is not None else ""
        if batch is not None and loss is None:
            smooth = "not a number"
        hovering = self._cursor is not None and batch is not None
        entries = (
            Entry("train_loss", "training, smoothed", smooth),
            Entry("valid_loss", "validation", _figure(ends.valid[epoch]) if epoch is not None else ""),
            Entry("train_loss", "each batch", _figure(loss) if hovering else "", True),
        )
        where = f"batch {run.steps[batch] + 1:,}" if hovering and batch is not None else ""
        self._legends[0].show_entries(entries, where)
        self._write_metrics(epoch)
        rate = rate_figure(run.lrs[batch]) if batch is not None else ""
        momentum = f"{run.momentums[batch]:.2f}" if batch is not None else ""
        self._legends[2].show_entries(
            (Entry("rate", "last group", rate), Entry("momentum", "momentum", momentum))
        )

    def _place(self, steps: Sequence[float]) -> int | None:
        """The index that the cursor is nearest to; the newest without a cursor."""
        if self._cursor is None:
            return len(steps) - 1 if steps else None
        return nearest(steps, self._cursor)

    def _write_metrics(self, epoch: int | None) -> None:
        rows = self.metrics.rows()
        entries = []
        for place, (name, values) in enumerate(rows):
            value = values[epoch] if epoch is not None and epoch < len(values) else None
            entries.append(Entry(TOKENS[place % len(TOKENS)], metric_title(name), _score(name, value)))
        top = best(rows[0][1], self.metrics.score_up) if rows else None
        tail = f"best {_score(rows[0][0], rows[0][1][top])} after epoch {top + 1}" if top is not None else ""
        self._legends[1].set_title("Metrics" if len(rows) > 1 else "Metric")
        self._legends[1].show_entries(tuple(entries), tail)
        self._legends[1].setToolTip(
            "\n".join(f"{e.name} {e.value}".strip() for e in entries)
        )  # some may not fit


def _score(name: str, value: float | None) -> str:
    return "" if value is None else score_words(name, value)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}" if abs(value) < 100 else f"{value:.3g}"
