"""Choices that are proposals: a list that can be typed into, and a list with "a file of your own" at its end.

Rules: like every editor of the kit, they tell only what a person did.
Must not import: pages, the store, torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCompleter, QFileDialog, QWidget

from studio.ui.widgets import Combo, IconButton, row

_BROWSE: Final = "\0browse"


class OpenCombo(Combo):
    """Proposals in a list, and a line to type anything else.

    Signals
    -------
    committed(str)
        A person chose a proposal or finished typing; the key of a proposal, or the text.
    """

    committed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self.setEditable(True)
        self.setInsertPolicy(Combo.InsertPolicy.NoInsert)
        completer = self.completer()
        if completer is not None:
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.keyChosen.connect(self._choose)
        line = self.lineEdit()
        if line is not None:
            line.editingFinished.connect(self._finish)

    def set_choices(self, choices: Mapping[str, str]) -> None:
        """Replace the proposals (value to words); the value stays."""
        kept = self._shown
        self.set_options(list(choices.items()))
        self.set_value(kept)

    def value(self) -> str:
        """The key of the proposal in the line, or what is typed there."""
        text = self.currentText().strip()
        index = self.findText(text)
        return str(self.itemData(index)) if index >= 0 else text

    def set_value(self, value: str) -> None:
        """Show a value without telling anyone."""
        self._shown = value
        index = self.findData(value)
        self.setCurrentIndex(index)
        if index < 0:
            self.setEditText(value)
        self._show_start()

    def _show_start(self) -> None:
        """Long words begin at their beginning; all of them under the pointer."""
        self.setToolTip(self.currentText())
        line = self.lineEdit()
        if line is not None:
            line.home(False)

    def _choose(self, _key: str) -> None:
        self._finish()

    def _finish(self) -> None:
        value = self.value()
        if value != self._shown:
            self._shown = value
            self._show_start()
            self.committed.emit(value)


class FileChoice(QWidget):
    """Named values, the file in use, and a way to choose a file.

    Signals
    -------
    committed(str)
        A person chose a named value or a file (then its path).
    """

    committed = Signal(str)

    def __init__(self, choices: Mapping[str, str], caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices, self._caption, self._value = dict(choices), caption, ""
        self._combo = Combo()
        self._browse = IconButton("folder", f"Choose a file: {caption.lower()}")
        self._combo.keyChosen.connect(self._chosen)
        self._browse.clicked.connect(self.browse)
        self.setLayout(row(self._combo, self._browse, gap=4))
        self.setFocusProxy(self._combo)
        self._fill()

    def setAccessibleName(self, name: str) -> None:
        """A reader meets the list, so the list has the name."""
        super().setAccessibleName(name)
        self._combo.setAccessibleName(name)

    def set_value(self, value: str) -> None:
        """Show a named value or a file without telling anyone."""
        if value != self._value:
            self._value = value
            self._fill()

    def browse(self) -> None:
        """Open the system's chooser."""
        start = str(Path(self._value).parent) if self._value not in self._choices else ""
        found, _ = QFileDialog.getOpenFileName(self, self._caption, start)
        if found:
            self.take(found)

    def take(self, value: str) -> None:
        """A person chose this value."""
        if value != self._value:
            self.set_value(value)
            self.committed.emit(value)

    def _fill(self) -> None:
        own = (
            [] if self._value in self._choices or not self._value else [(self._value, Path(self._value).name)]
        )
        self._combo.set_options([*self._choices.items(), *own, (_BROWSE, "A file of your own …")])
        self._combo.choose(self._value)
        self._combo.setToolTip(self._value if own else "")

    def _chosen(self, key: str) -> None:
        if key == _BROWSE:
            self._combo.choose(self._value)
            self.browse()
        else:
            self.take(key)
