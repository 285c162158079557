"""The rail: the steps of the project, each with its state, and notes and settings below.

Rules: any step can be asked for at any time; a page says itself what is missing. Ctrl+1 to Ctrl+7 ask
for a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.theme import SIZES, font, theme_of
from studio.ui.widgets.icons import paint_icon

Mark = Literal["done", "attention", "running", "none"]
_HEIGHT: Final = 38
_SPOKEN: Final = {"done": "done", "attention": "needs attention", "running": "running", "none": ""}


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the rail."""

    key: str
    title: str
    icon: str


STEPS: Final = (
    Step("data", "Data", "data"),
    Step("rate", "Rate", "rate"),
    Step("train", "Train", "train"),
    Step("results", "Results", "results"),
    Step("clean", "Clean", "clean"),
    Step("ship", "Ship", "ship"),
    Step("runs", "Runs", "runs"),
)
FOOT: Final = (Step("notes", "Notes", "notes"), Step("settings", "Settings", "settings"))


class RailButton(QAbstractButton):
    """An entry: icon, title, mark at the right."""

    def __init__(self, step: Step, keys: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step = step
        self._keys = keys
        self._narrow = False
        self.setCheckable(True)
        self.setAutoExclusive(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        self._mark: Mark = "none"
        self._why: str | None = None
        self.set_mark("none")

    def mark(self) -> Mark:
        """How the step stands."""
        return self._mark

    def set_mark(self, mark: Mark, why: str = "") -> None:
        """Show how the step stands; `why` is said in the tooltip and to screen readers."""
        if (mark, why) == (self._mark, self._why):
            return  # every batch of a fit says it again
        self._mark, self._why = mark, why
        spoken = ", ".join(part for part in (self.step.title, _SPOKEN[mark]) if part)
        self.setAccessibleName(spoken)
        self.setAccessibleDescription(why)
        keys = f" ({self._keys})" if self._keys else ""
        self.setToolTip(f"{self.step.title}{keys}" + (f"\n{why}" if why else ""))
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Draw the icon without the title."""
        self._narrow = narrow
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(SIZES.rail_narrow - 16, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        if chosen or self.underMouse() or self.hasFocus():
            painter.setBrush(theme.colour("hover" if chosen else "background"))
            ring = QPen(theme.colour("accent"), SIZES.ring) if self.hasFocus() else QPen(Qt.PenStyle.NoPen)
            painter.setPen(ring)
            rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(rect, SIZES.radius_control, SIZES.radius_control)
        colour = "text" if chosen else "dim"
        left = (self.width() - 18) / 2 if self._narrow else 12
        paint_icon(painter, QRectF(left, (_HEIGHT - 18) / 2, 18, 18), self.step.icon, colour)
        if not self._narrow:
            painter.setPen(theme.colour(colour))
            painter.setFont(font(SIZES.text, 600 if chosen else 400))
            words = self.rect().adjusted(40, 0, -28, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.step.title)
        self._paint_mark(painter)

    def _paint_mark(self, painter: QPainter) -> None:
        theme = theme_of()
        middle = QPointF(self.width() - 19, self.height() / 2)
        if self._narrow:
            middle = QPointF(self.width() - 8, 10)
        if self._mark == "done":
            side = 10 if self._narrow else 14
            box = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
            paint_icon(painter, box, "check", "good")
        elif self._mark in ("attention", "running"):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("warning" if self._mark == "attention" else "accent"))
            painter.drawEllipse(middle, 4, 4)


class Rail(QFrame):
    """The steps from top to bottom.

    Signals
    -------
    pageRequested(str)
        The key of a step, or ``notes`` or ``settings``.
    """

    pageRequested = Signal(str)

    def __init__(self, steps: Sequence[Step] = STEPS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, RailButton] = {}
        self.setAccessibleName("Steps")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.grid, SIZES.grid + SIZES.half, SIZES.grid, SIZES.grid)
        layout.setSpacing(1)
        for number, step in enumerate(steps, start=1):
            keys = f"Ctrl+{number}" if number < 10 else ""
            layout.addWidget(self._add(step, keys))
            if keys:
                self._add_shortcut(keys)
        layout.addStretch(1)
        for step in FOOT:
            layout.addWidget(self._add(step))
        self._keys = [step.key for step in steps]
        self.set_narrow(False)

    def button(self, key: str) -> RailButton:
        """The entry of a step; raises KeyError where there is none."""
        return self._buttons[key]

    def set_current(self, key: str) -> None:
        """Mark the page that is shown."""
        for known, button in self._buttons.items():
            button.setChecked(known == key)

    def set_mark(self, key: str, mark: Mark, why: str = "") -> None:
        """Show how a step stands."""
        self._buttons[key].set_mark(mark, why)

    def set_narrow(self, narrow: bool) -> None:
        """Icons only, for small windows."""
        self.setFixedWidth(SIZES.rail_narrow if narrow else SIZES.rail)
        for button in self._buttons.values():
            button.set_narrow(narrow)

    def _add(self, step: Step, keys: str = "") -> RailButton:
        button = RailButton(step, keys)
        button.clicked.connect(self._clicked)
        self._buttons[step.key] = button
        return button

    def _add_shortcut(self, keys: str) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(self._pressed)

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, RailButton):
            button.setChecked(not button.isChecked())  # the window says which page is shown
            self.pageRequested.emit(button.step.key)

    def _pressed(self) -> None:
        shortcut = self.sender()
        if isinstance(shortcut, QShortcut):
            number = int(shortcut.key().toString().rsplit("+", 1)[1])
            self.pageRequested.emit(self._keys[number - 1])
