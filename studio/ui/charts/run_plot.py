"""What the three plots of a run share: the axis of batches with its stages, the zoom, curves from pyramids.

Rules: a plot reads a `RunSeries`; after a change of the run or of the visible span it draws about two
points a pixel. Must not import: pages, the store.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from studio.project.live_run import LiveRun
from studio.ui.charts.axes import Axis
from studio.ui.charts.base import Band, Curve, Plot
from studio.ui.charts.pyramid import Pyramid
from studio.ui.charts.run_series import RunSeries, StageBand, bands, length
from studio.ui.theme import SIZES, theme_of

_ZOOM: Final = 0.8
_MARKED: Final = 0.12
_END: Final = 1.012  # a little air, so that the mark of the last epoch is whole


class RunPlot(Plot):
    """A plot over batches.

    Signals
    -------
    spanChanged(bool)
        The visible span changed; True while it is a part of the whole.
    """

    spanChanged = Signal(bool)

    def __init__(self, x: Axis, y: Axis, parent: QWidget | None = None) -> None:
        self._bands: list[Band] = []
        self._stages: tuple[StageBand, ...] = ()
        self._drawn: list[tuple[Curve, Pyramid, bool]] = []
        self._whole, self._zoomed = 1.0, False
        self._now: float | None = None
        self._marked: Band | None = None
        self._setting = False
        super().__init__(x=x, y=y, zoom=True, parent=parent)
        self.getPlotItem().layout.setContentsMargins(0, SIZES.half, SIZES.gap, 0)
        self.getViewBox().disableAutoRange()
        self.getViewBox().sigXRangeChanged.connect(self._span_changed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_run(self, run: LiveRun | None, series: RunSeries) -> None:
        """Draw the run as it is now; override `draw` for what is special."""
        self._whole = length(run)
        self._now = float(run.steps[-1] + 1) if run is not None and run.steps else None
        self._set_stages(bands(run) if run is not None else ())
        if not self._zoomed:
            self._show(0.0, self._whole * _END)
        self.draw(run, series)
        self.redraw()
        self.viewport().update()

    def draw(self, run: LiveRun | None, series: RunSeries) -> None:
        """Point the curves at their values."""

    def bind(self, drawn: list[tuple[Curve, Pyramid, bool]]) -> None:
        """Which curve draws which pyramid, and whether its values are smooth."""
        self._drawn = drawn

    def redraw(self) -> None:
        """Hand each curve what is visible, and fit the height to it."""
        left, right = self.span()
        columns = max(200, self.width())
        for curve, pyramid, smooth in self._drawn:
            read = pyramid.samples if smooth else pyramid.window
            curve.set_points(*read(left, right, columns // 2 if smooth else columns))
        low, high = self.heights(left, right)
        if high > low:
            self.show_span(y=(low, high))

    def mark(self, span: tuple[float, float] | None) -> None:
        """Tint a span of batches: there a finding shows; None takes the tint away."""
        if self._marked is None:
            self._marked = self.band("warning", _MARKED, z=-5)
        self._marked.setVisible(span is not None)
        if span is not None:
            self._marked.set_span(*span)

    def heights(self, left: float, right: float) -> tuple[float, float]:
        """The span of y to show between two x."""
        return 0.0, 1.0

    def span(self) -> tuple[float, float]:
        """The visible x."""
        left, right = self.getViewBox().viewRange()[0]
        return float(left), float(right)

    @property
    def zoomed(self) -> bool:
        return self._zoomed

    def reset_zoom(self) -> None:
        """Show the whole run."""
        self._zoomed = False
        self._show(0.0, self._whole * _END)
        self.redraw()
        self.spanChanged.emit(False)

    def zoom_by(self, factor: float) -> None:
        """Show `factor` of the visible span about its middle."""
        left, right = self.span()
        middle, half = (left + right) / 2, (right - left) / 2 * factor
        if 2 * half >= self._whole:
            self.reset_zoom()
        else:
            self.show_span(x=(middle - half, middle + half))

    def _show(self, left: float, right: float) -> None:
        self._setting = True
        self.show_span(x=(left, max(right, left + 1)))
        self._setting = False

    def _span_changed(self) -> None:
        if self._setting:
            return
        left, right = self.span()
        self._zoomed = (right - left) < 0.999 * self._whole or left > 0.01 * self._whole
        self.redraw()
        self.viewport().update()
        self.spanChanged.emit(self._zoomed)

    def _set_stages(self, stages: tuple[StageBand, ...]) -> None:
        if stages == self._stages:
            return
        self._stages = stages
        for band in self._bands:
            self.drop(band)
        self._bands = [self.band("ice_bg" if s.frozen else "ember_bg", 0.65) for s in stages]
        for band, stage in zip(self._bands, stages, strict=True):
            band.set_span(stage.start, stage.stop)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_zoom()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        factor = {"+": _ZOOM, "=": _ZOOM, "-": 1 / _ZOOM}.get(event.text())
        if factor is not None:
            self.zoom_by(factor)
        elif event.text() == "0":
            self.reset_zoom()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._zoomed:
            left, right = self.span()
            move = (right - left) * (0.2 if event.key() == Qt.Key.Key_Right else -0.2)
            self.show_span(x=(left + move, right + move))
        else:
            QWidget.keyPressEvent(self, event)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """The dashed line at the batch that was trained last."""
        super().drawForeground(painter, rect)
        if self._now is None or self._now >= self._whole:
            return
        box = self.box()
        x = self.scene_x(self._now)
        if box.left() <= x <= box.right():
            painter.setPen(QPen(theme_of().colour("faint"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def box(self) -> QRectF:
        """The area of the curves, in the scene's pixels."""
        return QRectF(self.getViewBox().sceneBoundingRect())

    def scene_x(self, x: float) -> float:
        """The scene's pixel of a batch."""
        return float(self.getViewBox().mapViewToScene(QPointF(x, 0)).x())
