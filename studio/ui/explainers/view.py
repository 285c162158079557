"""Shows explainers: a painted drawing with its caption, a slider for each control, play, step and start again.

It moves only while somebody plays it, and stops at its end. Must not import: torch, numpy, pages.
"""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from studio.ui.explainers.base import Box, Control, Dot, Drawing, Explainer, Line, Mark, Words
from studio.ui.theme import SIZES, font, theme_of
from studio.ui.widgets import Card, DimLabel, IconButton, SmallLabel, column, row
from studio.ui.widgets.layout import cleared
from studio.ui.widgets.segmented import SegmentedControl

_TICK_MS: Final = 50
_STEPS: Final = 200
_HEIGHT: Final = 260
_LABEL: Final = 168
_ALIGN = {"left": 0.0, "centre": 0.5, "right": 1.0}


class Stage(QWidget):
    """The drawing of one moment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawing: Drawing | None = None
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_drawing(self, drawing: Drawing) -> None:
        """Paint another moment."""
        self.drawing = drawing
        self.setAccessibleDescription(drawing.caption)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.drawing is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(SIZES.small))
        place = self._place(self.drawing)
        self._axes(painter, self.drawing, place)
        painter.setClipRect(place.adjusted(-SIZES.grid, -SIZES.grid, SIZES.grid, SIZES.grid))
        for mark in self.drawing.marks:
            self._paint(painter, mark, place)

    def _place(self, drawing: Drawing) -> QRectF:
        """Where the span lies: the whole widget, less the room for the names of the axes."""
        below = SIZES.gap + SIZES.half if drawing.x_title else SIZES.half
        above = SIZES.gap + SIZES.half if drawing.y_title else SIZES.half
        return QRectF(self.rect()).adjusted(SIZES.grid, above, -SIZES.grid, -below)

    def _axes(self, painter: QPainter, drawing: Drawing, place: QRectF) -> None:
        theme = theme_of()
        painter.setPen(QPen(theme.colour("line"), SIZES.line))
        if drawing.x_title:
            painter.drawLine(place.bottomLeft(), place.bottomRight())
        painter.setPen(theme.colour("faint"))
        whole = QRectF(self.rect()).adjusted(SIZES.grid, 0, -SIZES.grid, 0)
        painter.drawText(whole, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight, drawing.x_title)
        painter.drawText(whole, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, drawing.y_title)

    def _paint(self, painter: QPainter, mark: Mark, place: QRectF) -> None:
        if isinstance(mark, Line):
            self._line(painter, mark, place)
        elif isinstance(mark, Dot):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme_of().colour(mark.token, mark.alpha))
            painter.drawEllipse(self._at(mark.at, place), mark.radius, mark.radius)
        elif isinstance(mark, Box):
            self._box(painter, mark, place)
        else:
            self._words(painter, mark, place)

    def _line(self, painter: QPainter, mark: Line, place: QRectF) -> None:
        pen = QPen(theme_of().colour(mark.token, mark.alpha), mark.width)
        pen.setStyle(Qt.PenStyle.DashLine if mark.is_dashed else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([self._at(point, place) for point in mark.points]))

    def _box(self, painter: QPainter, mark: Box, place: QRectF) -> None:
        box = QRectF(self._at(mark.low, place), self._at(mark.high, place)).normalized()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme_of().colour(mark.token, mark.alpha))
        painter.drawRoundedRect(box, SIZES.half, SIZES.half)
        painter.setPen(theme_of().colour(mark.text_token))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.text)

    def _words(self, painter: QPainter, mark: Words, place: QRectF) -> None:
        painter.setPen(theme_of().colour(mark.token))
        at, wide = self._at(mark.at, place), painter.fontMetrics().horizontalAdvance(mark.text)
        painter.drawText(QPointF(at.x() - wide * _ALIGN[mark.align], at.y()), mark.text)

    def _at(self, point: tuple[float, float], place: QRectF) -> QPointF:
        left, right, bottom, top = self.drawing.span if self.drawing is not None else (0.0, 1.0, 0.0, 1.0)
        return QPointF(
            place.left() + (point[0] - left) / (right - left) * place.width(),
            place.bottom() - (point[1] - bottom) / (top - bottom) * place.height(),
        )


class Turned(QWidget):
    """A control: its name, a slider, and its value.

    Signals
    -------
    turned(str, float)
    """

    turned = Signal(str, float)

    def __init__(self, control: Control, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._control = control
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setAccessibleName(control.title)
        self._value = SmallLabel()
        name = SmallLabel(control.title)
        name.setFixedWidth(_LABEL - SIZES.gap * 4)
        self._value.setFixedWidth(SIZES.gap * 3)
        self.setLayout(row(name, self.slider, self._value))
        self.slider.setValue(round(self._share(control.value) * _STEPS))
        self._say(control.value)
        self.slider.valueChanged.connect(self._moved)

    @Slot(int)
    def _moved(self, at: int) -> None:
        control, share = self._control, at / _STEPS
        if control.is_log:
            value = control.low * (control.high / control.low) ** share
        else:
            value = control.low + share * (control.high - control.low)
        self._say(value)
        self.turned.emit(control.name, value)

    def _share(self, value: float) -> float:
        low, high = self._control.low, self._control.high
        if self._control.is_log:
            return math.log(value / low) / math.log(high / low)
        return (value - low) / (high - low)

    def _say(self, value: float) -> None:
        self._value.setText(f"{value:.2g}")


class ExplainerCard(Card):
    """The explainers of one note, one of them on the stage."""

    def __init__(self, explainers: tuple[Explainer, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._explainers = {one.key: one for one in explainers}
        self._which = SegmentedControl([(one.key, one.title) for one in explainers])
        self._which.keyChosen.connect(self.choose)
        self._sentence, self._caption = DimLabel(wrap=True), SmallLabel(wrap=True)
        self._caption.setMinimumHeight(SIZES.gap * 2 + SIZES.half)
        self.stage, self._controls = Stage(), column(gap=SIZES.half)
        self.play = IconButton("play", "Play")
        self._again = IconButton("refresh", "From the beginning")
        self.play.clicked.connect(self.toggle)
        self._again.clicked.connect(self.restart)
        self.head.insertWidget(0, self._which)
        self.head.addWidget(self.play)
        self.head.addWidget(self._again)
        for widget in (self._sentence, self.stage, self._caption):
            self.body.addWidget(widget)
        self.body.addLayout(self._controls)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self.choose(explainers[0].key)

    @property
    def is_playing(self) -> bool:
        """Whether it moves by itself."""
        return self._timer.isActive()

    @Slot(str)
    def choose(self, key: str) -> None:
        """Put an explainer on the stage, at its beginning."""
        self._now = self._explainers[key]
        self._which.choose(key)
        self._which.setVisible(len(self._explainers) > 1)
        self.set_title("" if len(self._explainers) > 1 else self._now.title)
        self._values, self.frame = self._now.at_start(), 0
        self._sentence.setText(self._now.sentence)
        moves = self._now.frames > 1
        self.play.setVisible(moves)
        self._again.setVisible(moves)
        cleared(self._controls)
        for control in self._now.controls:
            turned = Turned(control)
            turned.turned.connect(self._turn)
            self._controls.addWidget(turned)
        self._stop()
        self._show()

    @Slot()
    def toggle(self) -> None:
        """Play, or stand still; at its end it begins anew."""
        if self.is_playing:
            self._stop()
            return
        if self.frame >= self._now.frames - 1:
            self.frame = 0
        if self._now.frames > 1:
            self._timer.start()
            self._dress()

    @Slot()
    def restart(self) -> None:
        """Back to the first moment; it plays on if it did."""
        self.frame = 0
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Space:
            self.toggle()
        elif step is not None:
            self.frame = max(0, min(self._now.frames - 1, self.frame + step))
            self._show()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._stop()
        super().hideEvent(event)

    @Slot(str, float)
    def _turn(self, name: str, value: float) -> None:
        self._values[name] = value
        self._show()

    @Slot()
    def _tick(self) -> None:
        self.frame += 1
        if self.frame >= self._now.frames - 1:
            self.frame = self._now.frames - 1
            self._stop()
        self._show()

    def _stop(self) -> None:
        self._timer.stop()
        self._dress()

    def _dress(self) -> None:
        self.play.set_icon("pause" if self.is_playing else "play")
        self.play.setToolTip("Stand still (space)" if self.is_playing else "Play (space)")

    def _show(self) -> None:
        drawing = self._now.draw(self._values, self.frame)
        self.stage.show_drawing(drawing)
        self._caption.setText(drawing.caption)
