"""Where Tab goes: through what can have the focus in the order in which one reads, as the layouts have it.

Qt goes by the order in which widgets were made, so that a form that is drawn anew would come after the whole window.
Must not import: pages, the store.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLayout,
    QScrollArea,
    QWidget,
)

_WHOLE = (QAbstractItemView, QAbstractSpinBox, QComboBox)  # their parts are theirs


def next_stop(root: QWidget, now: QWidget | None, forward: bool) -> QWidget | None:
    """The widget that Tab leads to from `now`, which itself need be no stop; around at the end."""
    every = list(_walk(root))
    at = next((n for n, widget in enumerate(every) if widget is now), -1 if forward else len(every))
    around = [*every[at + 1 :], *every[: at + 1]] if forward else [*every[:at][::-1], *every[at:][::-1]]
    return next((widget for widget in around if _is_stop(widget)), None)


def bring_into_view(widget: QWidget) -> None:
    """Scroll every area around a widget so that it is seen."""
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget)
        around = around.parentWidget()


def _is_stop(widget: QWidget) -> bool:
    takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes and widget.isEnabled() and widget.focusProxy() is None


def _walk(widget: QWidget) -> Iterator[QWidget]:
    """A widget and what is in it, as it is read; what is hidden is left out."""
    if not widget.isVisible() or (widget.isWindow() and widget.parentWidget() is not None):
        return
    yield widget
    if isinstance(widget, _WHOLE):
        return
    laid_out = list(_laid_out(widget.layout()))
    for child in (*laid_out, *_others(widget, laid_out)):
        yield from _walk(child)


def _laid_out(layout: QLayout | None) -> Iterator[QWidget]:
    """The widgets of a layout and of those in it, in their order."""
    for at in range(layout.count() if layout is not None else 0):
        item = layout.itemAt(at) if layout is not None else None
        inner = item.widget() if item is not None else None
        if inner is not None:
            yield inner
        elif item is not None:
            yield from _laid_out(item.layout())


def _others(widget: QWidget, known: list[QWidget]) -> list[QWidget]:
    """Children outside of a layout, such as what a scroll area shows: from top to bottom."""
    free = [child for child in widget.children() if isinstance(child, QWidget) and child not in known]
    is_area = isinstance(widget, QAbstractScrollArea) and not isinstance(widget, QScrollArea)
    return [] if is_area else sorted(free, key=lambda child: (child.y(), child.x()))
