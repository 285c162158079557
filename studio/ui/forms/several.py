"""Some of a list: a button that says which are chosen, and a menu of ticks that stays open while they are set.

Rules: like every editor of the kit, it tells only what a person did, once the menu is closed.
Must not import: pages, the store, torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.widgets import MenuButton

_ROOM: Final = 48  # pixels of the button that are not words
_NONE: Final = "The usual ones"


class SeveralChoice(MenuButton):
    """None, or some of several; none is "the usual ones".

    Parameters
    ----------
    choices, hints : mapping
        Value to words, and to a sentence about it.

    Signals
    -------
    committed(object)
        A person closed the menu; the chosen values, in the order of the choices.
    """

    committed = Signal(object)

    def __init__(
        self, choices: Mapping[str, str], hints: Mapping[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self._words = dict(choices)
        self._value: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToHide.connect(self._finish)
        self._menu.installEventFilter(self)
        self._usual = self._tick(
            "", _NONE, "What this kind of data is told by, where nothing else is chosen."
        )
        self._menu.addSeparator()
        self._ticks = {key: self._tick(key, words, hints.get(key, "")) for key, words in choices.items()}
        self.set_value(())

    def set_value(self, value: Sequence[str]) -> None:
        """Show what is chosen without telling anyone; what is not among the choices is kept until an edit."""
        self._value = tuple(value)
        self._show_ticks(set(value))

    def value(self) -> tuple[str, ...]:
        """What the ticks say now."""
        return tuple(key for key, tick in self._ticks.items() if tick.isChecked())

    def flip(self, key: str) -> None:
        """Set or take away one tick, as a person does; an empty key takes all away."""
        chosen = set(self.value()) ^ {key} if key else set()
        self._show_ticks(chosen)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click, space or Return on an entry sets its tick, and leaves the menu open."""
        if watched is self._menu and self._is_choosing(event):
            entry = self._menu.activeAction()
            if entry is not None and entry.isCheckable():
                self.flip(str(entry.data()))
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_words()

    def _is_choosing(self, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            return event.type() == QEvent.Type.MouseButtonRelease
        keys = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        return isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in keys

    def _tick(self, key: str, words: str, hint: str) -> QAction:
        action = QAction(words, self._menu)
        action.setData(key)
        action.setCheckable(True)
        action.setToolTip(hint or words)
        self._menu.addAction(action)
        return action

    def _show_ticks(self, chosen: set[str]) -> None:
        for key, tick in self._ticks.items():
            tick.setChecked(key in chosen)
        self._usual.setChecked(not chosen)
        self._show_words()

    def _show_words(self) -> None:
        said = ", ".join(self._words[key] for key in self.value()) or _NONE
        self.setText(self.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, self.width() - _ROOM))
        self.setToolTip(said)

    def _choose(self, action: QAction) -> None:
        """A tick is set by `eventFilter`; nothing is chosen by itself."""

    def _finish(self) -> None:
        value: Any = self.value()
        if value != self._value:
            self._value = value
            self.committed.emit(list(value))
