"""The finder's plot under mouse and keyboard: clicks, drags and keys choose a slice of learning rates.

Rules: tells what a person chose; knows no store and no actions. What a click, a drag or a key means is
decided in `rate_slice`; how it looks in `rate_canvas`.
Must not import: pages, the store, torch.
"""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget

from studio.ui.charts.axes import rate_figure
from studio.ui.charts.rate_canvas import Earlier, RateCanvas, slice_words
from studio.ui.charts.rate_slice import Handle, Slice, between

__all__ = ["Earlier", "RatePlot", "slice_words"]

_NEAR: Final = 7.0  # pixels from a line that still grab it
_DRAG: Final = 5.0  # pixels before a press becomes a drag


class RatePlot(RateCanvas):
    """Loss over the learning rate, with the slice chosen on it.

    Signals
    -------
    sliceChanged()
        A person chose another slice (`choice.slice`), also by undo; tells while dragging too.
    suggestionTaken(int)
        A person clicked a suggestion, by its index.
    """

    sliceChanged = Signal()
    suggestionTaken = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._pressed: QPointF | None = None
        self._drag: Handle | None = None
        self._before: Slice | None = None
        self._visited: set[Handle] = set()
        super().__init__(parent)
        self.set_readout(self._words_at)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)

    def _words_at(self, x: float) -> str:
        if self._drag is not None or self._handle_at(self.to_pixel(x, 0)) is not None:
            return ""
        loss = self._curve.loss_at(x)
        return rate_figure(10.0**x) + (f"  loss {loss:.3g}" if math.isfinite(loss) else "")

    # -- mouse
    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if (
            event.button() != Qt.MouseButton.LeftButton
            or not self._live
            or not self._inside().contains(place)
        ):
            return
        self._pressed, self._before, self._held = place, self.choice.slice, True
        self._drag = self._handle_at(place)
        if self._drag is not None:
            self.choice.active = self._drag
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        place = event.position()
        if self._pressed is None:
            self._hover(place)
        elif self._drag is not None:
            self._drag_handle(place)
        elif abs(place.x() - self._pressed.x()) > _DRAG:
            self._drag_pair(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        place, dragged = event.position(), self.choice.slice != self._before
        on = self._mark_at(place)
        if not dragged and self._drag is None:
            if on >= 0:
                self.suggestionTaken.emit(on)
            else:
                self.choice.click(
                    self._rate_at(place), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                )
                self._tell()
        elif dragged:
            self._keep_drag()
        self._pressed, self._drag, self._held = None, None, False
        self._hover(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def _drag_handle(self, place: QPointF) -> None:
        if self.choice.slice is not None and self._drag is not None:
            self.choice.slice, self._drag = self.choice.slice.with_handle(self._drag, self._rate_at(place))
            self.choice.active = self._drag
            self._tell()

    def _drag_pair(self, place: QPointF) -> None:
        """A drag from an empty place spans a slice."""
        assert self._pressed is not None
        start, end = self._rate_at(self._pressed), self._rate_at(place)
        self.choice.slice = between(start, end)
        self.choice.active = "high" if end > start else "low"
        self._tell()

    def _keep_drag(self) -> None:
        """A whole drag is one step of undo."""
        dragged = self.choice.slice
        self.choice.slice = self._before
        if dragged is not None:
            self.choice.take(dragged, self.choice.active)

    def _hover(self, place: QPointF) -> None:
        hot = self._mark_at(place) if self._live else -1
        if hot != self._hot:
            self._hot = hot
            self.viewport().update()
        inside = self._live and self._inside().contains(place)
        on_handle = inside and self._handle_at(place) is not None
        shape = Qt.CursorShape.SizeHorCursor if on_handle else Qt.CursorShape.PointingHandCursor
        plain = Qt.CursorShape.CrossCursor if inside else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape if on_handle or hot >= 0 else plain)

    def _rate_at(self, place: QPointF) -> float:
        inside = self._inside()
        x = min(max(place.x(), inside.left()), inside.right())
        return float(10.0 ** self.at_pixel(QPointF(x, place.y())).x())

    def _handle_at(self, place: QPointF) -> Handle | None:
        """The handle whose line or flag is under a point; the active one first."""
        flags = self._flags()
        order: list[Handle] = ["high", "low"] if self.choice.active == "high" else ["low", "high"]
        for handle in order:
            if handle in flags and (
                abs(place.x() - flags[handle][0]) <= _NEAR or flags[handle][1].contains(place)
            ):
                return handle
        return None

    def _mark_at(self, place: QPointF) -> int:
        return next((m.index for m in self._marks if m.hit(place)), -1)

    # -- keyboard
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if not self._live:
            event.ignore()
        elif step is not None:
            self.choice.step(step, fine=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            self._tell()
        elif _is_undo(event) or _is_redo(event):
            done = self.choice.undo() if _is_undo(event) else self.choice.redo()
            event.setAccepted(done)
            self._tell()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.choice.set_rate("low", None)
            self._tell()
        elif Qt.Key.Key_1 <= event.key() < Qt.Key.Key_1 + len(self._suggestions):
            self.suggestionTaken.emit(event.key() - Qt.Key.Key_1)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()  # the plot's own undo comes before the window's
            return True
        return bool(super().event(event))

    def _takes(self, event: QKeyEvent) -> bool:
        return (_is_undo(event) and self.choice.can_undo) or (_is_redo(event) and self.choice.can_redo)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes to the other handle first, then on."""
        chosen = self.choice.slice
        other: Handle = "low" if self.choice.active == "high" else "high"
        if chosen is not None and chosen.low is not None and other not in self._visited:
            self._visited.add(other)
            self.choice.active = other
            self.viewport().update()
            return True
        return bool(super().focusNextPrevChild(forward))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._visited = {self.choice.active}
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            on = self._mark_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._suggestions[on].reason if on >= 0 else "", self)
            return True
        return bool(super().viewportEvent(event))

    def _tell(self) -> None:
        self.show_slice()
        self.sliceChanged.emit()


def _is_undo(event: QKeyEvent) -> bool:
    plain_u = event.key() == Qt.Key.Key_U and event.modifiers() == Qt.KeyboardModifier.NoModifier
    return plain_u or event.matches(QKeySequence.StandardKey.Undo)


def _is_redo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Redo)
