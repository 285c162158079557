"""Layouts of pages: margins, rows, two columns, wrapping flow. No splitters: nothing to drag by mistake.

Rules: distances come from `SIZES`.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLayout,
    QLayoutItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.ui.theme import SIZES
from studio.ui.widgets.labels import DimLabel, TitleLabel


def row(*widgets: QWidget | QLayout | None, gap: int = SIZES.grid) -> QHBoxLayout:
    """Widgets side by side; None is a stretch."""
    made = QHBoxLayout()
    _fill(made, widgets, gap)
    return made


def column(*widgets: QWidget | QLayout | None, gap: int = SIZES.grid) -> QVBoxLayout:
    """Widgets one below the other; None is a stretch."""
    made = QVBoxLayout()
    _fill(made, widgets, gap)
    return made


def _fill(layout: QHBoxLayout | QVBoxLayout, widgets: tuple[QWidget | QLayout | None, ...], gap: int) -> None:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(gap)
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        elif isinstance(widget, QLayout):
            layout.addLayout(widget)
        else:
            layout.addWidget(widget)


def columns(left: QWidget, right: QWidget, left_width: int = 280) -> QWidget:
    """A fixed left column and a right one that takes the rest."""
    made = QWidget()
    left.setFixedWidth(left_width)
    layout = row(left, right, gap=SIZES.gap)
    layout.setStretch(1, 1)
    made.setLayout(layout)
    return made


def page_layout(page: QWidget) -> QVBoxLayout:
    """Give a page its margins; returns the layout to fill from top to bottom."""
    page.setObjectName("page")
    layout = QVBoxLayout(page)
    margin = SIZES.page_margin
    layout.setContentsMargins(margin, SIZES.gap, margin, SIZES.gap + SIZES.half)
    layout.setSpacing(SIZES.gap)
    return layout


def rule(vertical: bool = False, parent: QWidget | None = None) -> QFrame:
    """A one-pixel line between two parts."""
    made = QFrame(parent)
    made.setObjectName("rule")
    if vertical:
        made.setFixedWidth(SIZES.line)
    else:
        made.setFixedHeight(SIZES.line)
    return made


class PageHeader(QWidget):
    """Title, a few words beside it, actions at the right: the primary one last."""

    def __init__(self, title: str, subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subtitle = DimLabel(subtitle)
        self._subtitle.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row = row(TitleLabel(title), self._subtitle, gap=SIZES.grid + SIZES.half)
        self._row.setStretch(1, 1)
        self.setLayout(self._row)
        self.setMinimumHeight(SIZES.control + SIZES.half)

    def set_subtitle(self, text: str) -> None:
        """The words beside the title."""
        self._subtitle.setText(text)
        self._subtitle.setToolTip(text)

    def add_action(self, button: QWidget) -> None:
        """Put a button at the right end."""
        self._row.addWidget(button)


class FlowLayout(QLayout):
    """Widgets in lines that wrap, each at its own size."""

    def __init__(self, parent: QWidget | None = None, gap: int = SIZES.grid) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(gap)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, move: bool) -> int:
        """Walk through the lines; the height they take."""
        x, y, tallest = rect.x(), rect.y(), 0
        for item in self._items:
            hint = item.sizeHint()
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                x, y, tallest = rect.x(), y + tallest + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x += hint.width() + self.spacing()
            tallest = max(tallest, hint.height())
        return y + tallest - rect.y()


def cleared(layout: QLayout) -> None:
    """Take every widget out of a layout and let it go."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
