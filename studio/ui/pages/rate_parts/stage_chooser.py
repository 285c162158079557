"""The stages side by side: a snowflake where the network is frozen, a flame where it is thawed.

Must not import: the store, actions, torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.recipe.schema import Stage
from studio.ui.theme import SIZES, font, theme_of
from studio.ui.widgets import SegmentedControl, paint_icon

_ICON_ROOM: Final = SIZES.icon + 6


class _Segments(SegmentedControl):
    """A segmented control with an icon before every word."""

    def __init__(
        self, options: Sequence[tuple[str, str]], frozen: Sequence[bool], parent: QWidget | None = None
    ) -> None:
        self._frozen = tuple(frozen)
        super().__init__(options, parent=parent)
        self.setAccessibleName("Stage")

    def _widths(self) -> list[int]:
        return [width + _ICON_ROOM for width in super()._widths()]

    def _paint_segment(self, painter: QPainter, rect: QRectF, text: str, index: int) -> None:
        chosen, frozen = index == self._index, self._frozen[index]
        if chosen:
            theme = theme_of()
            painter.setPen(QPen(theme.colour("ice" if frozen else "ember")))
            painter.setBrush(theme.colour("ice_bg" if frozen else "ember_bg"))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        self._paint_words(painter, rect.adjusted(_ICON_ROOM, 0, 0, 0), text, index)
        side = float(SIZES.icon - 2)
        place = QRectF(rect.left() + 12, rect.center().y() - side / 2, side, side)
        token = ("ice_text" if frozen else "ember_text") if chosen else "faint"
        paint_icon(painter, place, "snowflake" if frozen else "flame", token)

    def _paint_words(self, painter: QPainter, rect: QRectF, text: str, index: int) -> None:
        chosen = index == self._index
        painter.setFont(font(SIZES.text, 600 if chosen else 400))
        token = "text" if chosen or index == self._under else "dim"
        painter.setPen(theme_of().colour(token if self.isEnabled() else "faint"))
        painter.drawText(rect.adjusted(0, 0, -12, 0), Qt.AlignmentFlag.AlignCenter, text)


class StageChooser(QWidget):
    """Chooses a stage of the recipe.

    Signals
    -------
    stageChosen(int)
        A person chose another stage.
    """

    stageChosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._control: _Segments | None = None
        self._shown: tuple[bool, ...] = ()

    def set_stages(self, stages: Sequence[Stage], chosen: int) -> None:
        """Show the stages of a recipe and which of them is chosen."""
        frozen = tuple(s.freeze for s in stages)
        if frozen != self._shown or self._control is None:
            self._shown = frozen
            self._rebuild(frozen)
        if self._control is not None:
            self._control.choose(str(chosen))

    def control(self) -> SegmentedControl | None:
        """The control itself; None before there are stages."""
        return self._control

    def _rebuild(self, frozen: Sequence[bool]) -> None:
        if self._control is not None:
            self._layout.removeWidget(self._control)
            self._control.deleteLater()
        options = [(str(i), f"{i + 1} {'Frozen' if cold else 'Thawed'}") for i, cold in enumerate(frozen)]
        self._control = _Segments(options, frozen)
        self._control.keyChosen.connect(self._chosen)
        self._layout.addWidget(self._control)
        self.setFocusProxy(self._control)

    def _chosen(self, key: str) -> None:
        self.stageChosen.emit(int(key))
