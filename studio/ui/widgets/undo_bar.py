"""A bar at the bottom of its parent: what was just done, with the way back; it goes by itself."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from studio.ui.theme import SIZES
from studio.ui.widgets.buttons import IconButton, SecondaryButton
from studio.ui.widgets.icons import IconLabel
from studio.ui.widgets.labels import SelectableLabel

_MOVED: Final = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)


class UndoBar(QFrame):
    """Floats above its parent and above `keep_clear`, a bar of the page in front; never takes the focus.

    Signals
    -------
    undoRequested()
    closed()
        Closed by a person or by time.
    """

    undoRequested = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._clear: QWidget | None = None
        self._icon = IconLabel("keep", "good")
        self._text = SelectableLabel(wrap=False)
        self._undo = SecondaryButton("Undo", "undo", compact=True)
        self._undo.clicked.connect(self._on_undo)
        close = IconButton("close", "Close this message")
        close.clicked.connect(self._close)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SIZES.gap, SIZES.grid, SIZES.grid, SIZES.grid)
        layout.setSpacing(SIZES.grid + SIZES.half)
        for widget in (self._icon, self._text, self._undo, close):
            layout.addWidget(widget)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self._close)
        parent.installEventFilter(self)
        self.hide()

    @property
    def keep_clear(self) -> QWidget | None:
        """A bar of the page in front that is never covered, whatever height it takes."""
        return self._clear

    @keep_clear.setter
    def keep_clear(self, bar: QWidget | None) -> None:
        if self._clear is not None:
            self._clear.removeEventFilter(self)
        self._clear = bar
        if bar is not None:
            bar.installEventFilter(self)

    def show_message(self, text: str, undo: bool = True, seconds: float = 8, tone: str = "good") -> None:
        """Show what was done for some seconds; 0 seconds keeps it until it is closed."""
        self._text.setText(text)
        self._icon.set({"good": "keep"}.get(tone, tone if tone in ("warning", "error") else "info"), tone)
        self._undo.setVisible(undo)
        self.setAccessibleName(text)
        self.show()
        self._place()
        self.raise_()
        self._clock.stop()
        if seconds > 0:
            self._clock.start(round(seconds * 1000))

    def stay_in_front(self) -> None:
        """Another page has come to the front: the message stays above it."""
        if self.isVisible():
            self._place()
            self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVED and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.adjustSize()
        parent = self._parent
        left = max(SIZES.gap, (parent.width() - self.width()) // 2)
        self.move(left, self._floor() - self.height() - SIZES.page_margin)

    def _floor(self) -> int:
        """The lowest line that may be covered, in the parent's pixels."""
        bar = self._clear
        if bar is None or not bar.isVisible():
            return self._parent.height()
        return bar.mapTo(self._parent, bar.rect().topLeft()).y()

    def _on_undo(self) -> None:
        self._close()
        self.undoRequested.emit()

    def _close(self) -> None:
        self._clock.stop()
        if self.isVisible():
            self.hide()
            self.closed.emit()
