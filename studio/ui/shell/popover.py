"""A panel that hangs above a bar, not modal: a click elsewhere or Escape puts it away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from studio.ui.theme import SIZES


class Popover(QFrame):
    """A child of the window, above everything else in it.

    Signals
    -------
    closed()
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(SIZES.gap, SIZES.gap - 2, SIZES.gap, SIZES.gap)
        self.body.setSpacing(SIZES.grid)
        self._anchor: QWidget | None = None
        self.hide()

    def toggle_above(self, anchor: QWidget, right: bool = False) -> None:
        """Open above a widget (at its left or right edge), or close."""
        if self.isVisible():
            self.put_away()
            return
        self._anchor = anchor
        self.setParent(anchor.window())
        self.show()
        self.place(right)
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def place(self, right: bool = False) -> None:
        """Take the size of the content and sit above the anchor, inside the window."""
        if self._anchor is None:
            return
        self.adjustSize()
        corner = self._anchor.mapTo(self.window(), QPoint(0, 0))
        left = corner.x() + (self._anchor.width() - self.width() if right else 0)
        left = max(SIZES.grid, min(left, self.window().width() - self.width() - SIZES.grid))
        self.move(left, max(SIZES.grid, corner.y() - self.height() - SIZES.grid))

    def put_away(self) -> None:
        """Close; the focus goes back to the anchor."""
        if not self.isVisible():
            return
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        had_focus = self._has_focus()
        self.hide()
        if had_focus and self._anchor is not None:
            self._anchor.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()

    def _has_focus(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and (focused is self or self.isAncestorOf(focused))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            point = event.globalPosition().toPoint()
            anchored = self._anchor is not None and self._holds(self._anchor, point)
            if not self._holds(self, point) and not anchored and QApplication.activePopupWidget() is None:
                self.put_away()
        return False

    @staticmethod
    def _holds(widget: QWidget, point: QPoint) -> bool:
        return widget.rect().contains(widget.mapFromGlobal(point))
