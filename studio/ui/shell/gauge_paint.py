"""The painted gauge: memory of others, ours, predicted and free on one line, batch sizes as ticks.

Rules: draws a `GaugeView`; ticks that do not fit are drawn past the end, dim. An unknown amount draws an
empty track, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.ui.theme import SIZES, font, theme_of
from studio.ui.widgets.words import gigabytes

_TOP: Final = 9
_SIDE: Final = 2
_NEAR: Final = 9  # pixels around a tick that still mean it
_APART: Final = 22  # labels closer than this would touch
_LINES_APART: Final = 5  # so would lines
_SPILL: Final = 8.0  # how far the empty end of a label's box may reach past the widget

Tick = tuple[int, float, bool]  # batch size, memory in MiB, fits


@dataclass(frozen=True, slots=True)
class GaugeView:
    """What the gauge shows; amounts in MiB, None where the driver cannot say.

    Attributes
    ----------
    ticks : tuple of (batch, mib, fits)
        Memory in use altogether if this batch size were trained.
    meanings : tuple of str
        What each tick means, in words.
    stages : tuple of (title, floor_mib, peak_mib)
        For the panel: what each stage needs at least and at most.
    taken : tuple of (title, floor_mib, peak_mib, predicted_mib or None)
        What stages really took.
    offers : tuple of (words, mib, fits)
        Ways out where nothing fits.
    cards : tuple of (number, name, free_mib)
        Where there are several, and `card` the number of the one in use.
    how : str
        Where the prediction was not made in the usual way.
    picked : int or None
        The batch that "auto" comes to.
    precision : str
        What fits train in, "fp16" for example; empty where it is not known.
    """

    name: str
    kind: Literal["gpu", "ram", "unknown"]
    total_mib: float | None
    others_mib: float | None = None
    ours_mib: float | None = None
    predicted_mib: float | None = None
    ticks: tuple[Tick, ...] = ()
    chosen_batch: int | Literal["auto"] = "auto"
    reason: str = ""
    stages: tuple[tuple[str, float, float], ...] = ()
    meanings: tuple[str, ...] = ()
    taken: tuple[tuple[str, float, float, float | None], ...] = ()
    offers: tuple[tuple[str, float, bool], ...] = ()
    cards: tuple[tuple[int, str, float], ...] = ()
    card: int = 0
    how: str = ""
    picked: int | None = None
    precision: str = ""

    def in_use(self) -> int | None:
        """The batch that will be trained; None where it is not known yet."""
        return self.picked if self.chosen_batch == "auto" else self.chosen_batch

    def meaning(self, batch: int) -> str:
        """What a batch size means."""
        place = next((i for i, tick in enumerate(self.ticks) if tick[0] == batch), -1)
        if 0 <= place < len(self.meanings):
            return f"batch {batch}: {self.meanings[place]}"
        return f"batch {batch}"

    def used_mib(self) -> float | None:
        """Others and ours together, None where nothing is known."""
        known = [amount for amount in (self.others_mib, self.ours_mib) if amount is not None]
        return sum(known) if known else None

    def sentence(self) -> str:
        """The state in one sentence, for tooltips and screen readers."""
        used = self.used_mib()
        if self.total_mib is None or used is None:
            return f"{self.name}: how much memory is in use is not known"
        text = f"{self.name}: {gigabytes(used)} of {gigabytes(self.total_mib)} GB in use"
        if self.predicted_mib is not None:
            text += f", {gigabytes(self.predicted_mib)} GB predicted"
        return text


EMPTY: Final = GaugeView("Looking for the device", "unknown", None)


class GaugePainting(QWidget):
    """The line itself.

    Signals
    -------
    tickChosen(int)
        A person clicked a batch size that fits.
    opened()
        A person clicked elsewhere on it, or pressed Return.
    """

    tickChosen = Signal(int)
    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = EMPTY
        self._under: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(SIZES.gauge - SIZES.line)
        self.setMinimumWidth(140)
        self.setMaximumWidth(320)

    def sizeHint(self) -> QSize:
        return QSize(320, SIZES.gauge - SIZES.line)

    def set_view(self, view: GaugeView) -> None:
        """Show another state."""
        self._view = view
        self.setAccessibleName(view.sentence())
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        tick = self._tick_at(event.position().x())
        if tick is not None and tick[2]:
            self.tickChosen.emit(tick[0])
        else:
            self.opened.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tick = self._tick_at(event.position().x())
        self._under = tick[0] if tick else None
        text = self._view.sentence()
        if tick is not None:
            text = self._view.meaning(tick[0])
        QToolTip.showText(event.globalPosition().toPoint(), text, self)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._under = None
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = self._track()
        self._paint_bar(painter, track)
        self._paint_ticks(painter, track)
        if self.hasFocus():
            painter.setPen(QPen(theme_of().colour("accent"), SIZES.ring))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(track.adjusted(-1, -1, 1, 1), 6, 6)

    def _paint_bar(self, painter: QPainter, track: QRectF) -> None:
        theme, view = theme_of(), self._view
        path = QPainterPath()
        path.addRoundedRect(track, track.height() / 2, track.height() / 2)
        painter.fillPath(path, theme.colour("track"))
        painter.save()
        painter.setClipPath(path)
        others, ours = view.others_mib or 0.0, view.ours_mib or 0.0
        if view.predicted_mib is not None:
            painter.fillRect(self._span(0, view.predicted_mib), theme.colour("predicted"))
        painter.fillRect(self._span(others, others + ours), theme.colour("accent"))
        painter.fillRect(self._span(0, others), theme.colour("others"))
        painter.restore()
        if view.predicted_mib is not None and view.predicted_mib > others + ours:
            x = self._x(view.predicted_mib)
            painter.setPen(QPen(theme.colour("accent"), 1.5))
            painter.drawLine(QPointF(x, track.top()), QPointF(x, track.bottom()))

    def _paint_ticks(self, painter: QPainter, track: QRectF) -> None:
        """Lines and labels; where sizes take nearly the same, the chosen one is drawn and others give way."""
        lines: list[float] = []
        labels: list[float] = []
        for tick in sorted(self._view.ticks, key=self._is_strong, reverse=True):
            x = round(self._x(tick[1])) + 0.5
            if all(abs(x - other) >= _LINES_APART for other in lines):
                self._paint_line(painter, track, tick, x)
                lines.append(x)
                if all(abs(x - other) >= _APART for other in labels):
                    self._paint_label(painter, track, tick, x)
                    labels.append(x)

    def _is_strong(self, tick: Tick) -> bool:
        return tick[0] in (self._view.in_use(), self._under)

    def _colour_of(self, tick: Tick) -> QColor:
        return theme_of().colour("text" if self._is_strong(tick) else "dim" if tick[2] else "faint")

    def _paint_line(self, painter: QPainter, track: QRectF, tick: Tick, x: float) -> None:
        painter.setPen(QPen(self._colour_of(tick), 2 if self._is_strong(tick) else 1.25))
        painter.drawLine(QPointF(x, track.top() - 3), QPointF(x, track.bottom() + 3))

    def _paint_label(self, painter: QPainter, track: QRectF, tick: Tick, x: float) -> None:
        painter.setFont(font(SIZES.tick, 600 if self._is_strong(tick) else 400))
        painter.setPen(self._colour_of(tick))
        box = QRectF(x - 20, track.bottom() + 3, 40, 14)
        box.moveRight(min(box.right(), self.width() + _SPILL))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(tick[0]))

    def _track(self) -> QRectF:
        return QRectF(_SIDE, _TOP, self.width() - 2 * _SIDE, SIZES.bar)

    def _x(self, mib: float) -> float:
        track = self._track()
        total = self._view.total_mib or 0.0
        return track.left() + track.width() * (min(1.0, mib / total) if total else 0.0)

    def _span(self, first: float, last: float) -> QRectF:
        track = self._track()
        return QRectF(self._x(first), track.top(), max(0.0, self._x(last) - self._x(first)), track.height())

    def _tick_at(self, x: float) -> Tick | None:
        near = [tick for tick in self._view.ticks if abs(self._x(tick[1]) - x) <= _NEAR]
        return min(near, key=lambda tick: abs(self._x(tick[1]) - x), default=None)
