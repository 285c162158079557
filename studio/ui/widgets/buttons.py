"""Buttons: one primary a page, secondary beside it, ghost and link for the quiet ones.

Rules: they take the focus by Tab, not by a click, so the ring shows where the keyboard is and a click never
steals the focus from an editor. Looks come from the stylesheet by class name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from studio.ui.theme import SIZES
from studio.ui.widgets.icons import icon as make_icon
from studio.ui.widgets.icons import paint_icon

_ROOM: Final = 4


class _Button(QPushButton):
    """What all buttons share: an icon that follows the theme, keyboard focus, Return as well as space."""

    icon_colour: ClassVar[str] = "text"

    def __init__(self, text: str = "", icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._icon_name = icon
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(True)
        self._renew_icon()

    def set_icon(self, name: str) -> None:
        """Show another icon; an empty name shows none."""
        self._icon_name = name
        self._renew_icon()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._renew_icon()

    def _renew_icon(self) -> None:
        if self._icon_name:
            room = _ROOM if self.text() else 0  # Qt's own distance of icon and words is too small
            self.setIconSize(QSize(SIZES.icon + room, SIZES.icon))
            self.setIcon(make_icon(self._icon_name, self.icon_colour, SIZES.icon, room))


class PrimaryButton(_Button):
    """The one action a page is for."""

    icon_colour = "on_accent"


class SecondaryButton(_Button):
    """Any other action. `danger` colours it for what cannot be undone; `compact` fits it into a bar."""

    def __init__(
        self,
        text: str = "",
        icon: str = "",
        parent: QWidget | None = None,
        danger: bool = False,
        compact: bool = False,
    ) -> None:
        super().__init__(text, icon, parent)
        self.setProperty("tone", "danger" if danger else "")
        self.setProperty("compact", compact)


class GhostButton(_Button):
    """A quiet action without a frame."""

    icon_colour = "dim"


class LinkButton(_Button):
    """A quiet action in running text."""

    icon_colour = "accent"


class IconButton(_Button):
    """A square button with an icon only; `name` is what a screen reader says and the tooltip."""

    icon_colour = "dim"

    def __init__(self, icon: str, name: str, tooltip: str = "", parent: QWidget | None = None) -> None:
        super().__init__("", icon, parent)
        self.setAccessibleName(name)
        self.setToolTip(tooltip or name)


class MenuButton(_Button):
    """A button that opens a list of choices.

    Signals
    -------
    chosen(str)
        The key of the entry a person chose.
    """

    chosen = Signal(str)

    def __init__(
        self, text: str = "", icon: str = "", parent: QWidget | None = None, compact: bool = False
    ) -> None:
        super().__init__(text, icon, parent)
        self.setProperty("compact", compact)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._menu = rounded(QMenu(self))
        self._group = QActionGroup(self)
        self._checked: str | None = None
        self._menu.triggered.connect(self._choose)
        self.clicked.connect(self.open_menu)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """The face of the button."""
        self.setText(text)
        self.setAccessibleName(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        size = SIZES.small
        rect = QRectF(self.width() - size - 9, (self.height() - size) / 2, size, size)
        paint_icon(QPainter(self), rect, "down", "dim" if self.isEnabled() else "faint")

    def set_entries(self, entries: Sequence[tuple[str, str]], checked: str | None = None) -> None:
        """Replace the choices by ``(key, text)`` pairs; `checked` marks the one in force."""
        self._checked = checked
        self._menu.clear()
        for key, text in entries:
            action = QAction(text, self._menu)
            action.setData(key)
            if checked is not None:
                action.setCheckable(True)
                action.setChecked(key == checked)
                self._group.addAction(action)
            self._menu.addAction(action)

    def entries(self) -> tuple[QAction, ...]:
        """The entries as actions, for keys and for tests."""
        return tuple(self._menu.actions())

    def open_menu(self) -> None:
        """Show the choices below the button, or above it where there is no room."""
        below = self.mapToGlobal(QPoint(0, self.height() + SIZES.half))
        room = self.screen().availableGeometry().bottom() - below.y()
        above = self.mapToGlobal(QPoint(0, -SIZES.half - self._menu.sizeHint().height()))
        self._menu.setMinimumWidth(self.width())
        self._menu.popup(below if room > self._menu.sizeHint().height() else above)

    def _choose(self, action: QAction) -> None:
        for entry in self._menu.actions() if self._checked is not None else ():
            entry.setChecked(entry.data() == self._checked)  # the choice is in force once somebody says so
        self.chosen.emit(str(action.data()))


def rounded(menu: QMenu) -> QMenu:
    """Let the window behind show at the round corners of a menu."""
    menu.setWindowFlag(Qt.WindowType.FramelessWindowHint, True)
    menu.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint, True)
    menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, True)
    return menu
