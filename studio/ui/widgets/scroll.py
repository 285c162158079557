"""A scroll area whose bar floats over the content, so that edges stay straight whether it scrolls or not."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QStackedWidget, QWidget

_WIDTH = 10


class ScrollArea(QScrollArea):
    """Scrolls up and down only; the wheel, the keyboard and the floating bar move it."""

    def __init__(self, widget: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        hidden = self.verticalScrollBar()
        hidden.rangeChanged.connect(self._take_range)
        hidden.valueChanged.connect(self._bar.setValue)
        self._bar.valueChanged.connect(hidden.setValue)
        self._take_range(0, 0)
        self.setWidget(widget)

    def setWidget(self, widget: QWidget) -> None:
        """Show another content; the one before is deleted."""
        if type(widget) is QWidget:  # a card keeps its own ground
            widget.setObjectName(widget.objectName() or "scrolled")
        super().setWidget(widget)
        self.viewport().setAutoFillBackground(False)
        widget.setAutoFillBackground(False)
        self._bar.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._bar.setGeometry(self.width() - _WIDTH, 0, _WIDTH, self.height())
        self._bar.setPageStep(self.verticalScrollBar().pageStep())

    def _take_range(self, low: int, high: int) -> None:
        self._bar.setRange(low, high)
        self._bar.setPageStep(self.verticalScrollBar().pageStep())
        self._bar.setSingleStep(self.verticalScrollBar().singleStep())
        self._bar.setVisible(high > low)
        self._bar.raise_()


class Filling(QWidget):
    """A content that takes the height there is, and scrolls only where that is less than it needs at least."""

    def heightForWidth(self, width: int) -> int:
        """The least height; without this a scroll area gives plots all the height that they would like."""
        layout = self.layout()
        return layout.minimumHeightForWidth(width) if layout is not None else -1


class FillingStack(QStackedWidget):
    """Pages of which one takes the height there is: what they would like to have counts for nothing."""

    def hasHeightForWidth(self) -> bool:
        return False


def scrolled(widget: QWidget) -> ScrollArea:
    """A scroll area without a frame around a widget that grows downwards."""
    return ScrollArea(widget)
