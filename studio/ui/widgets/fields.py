"""A field: its name, its editor, a line of help and a line for what is wrong; and the list to choose from.

Rules: `FieldRow` shows words it is given and checks nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.theme import SIZES
from studio.ui.widgets.icons import paint_icon
from studio.ui.widgets.labels import ErrorLabel, FieldLabel, SmallLabel, repolish, set_note
from studio.ui.widgets.layout import row
from studio.ui.widgets.numbers import FloatSpin, IntSpin


class FieldRow(QWidget):
    """Label above, editor, help below; an error takes the place of the help.

    Attributes
    ----------
    editor : QWidget
        The editor it was given.
    """

    def __init__(
        self,
        label: str,
        editor: QWidget,
        help: str = "",
        unit: str = "",
        note: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self._label, self._help, self._error = FieldLabel(label), SmallLabel(wrap=True), ErrorLabel(wrap=True)
        self._label.setBuddy(editor)
        editor.setAccessibleName(f"{label}, in {unit}" if unit else label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.half)
        layout.addWidget(self._label)
        layout.addLayout(row(editor, SmallLabel(unit)) if unit else row(editor))
        layout.addWidget(self._help)
        layout.addWidget(self._error)
        self.set_help(help)
        self.set_error("")
        if note:
            set_note(self, note)
        if isinstance(editor, IntSpin | FloatSpin):
            editor.refused.connect(self.set_error)
            editor.edited.connect(self._take_back)

    def set_help(self, text: str) -> None:
        """The dim line below the editor; empty hides it."""
        self._help.setText(text)
        self._help.setVisible(bool(text) and not self._error.text())
        self.editor.setAccessibleDescription(text)

    def set_error(self, text: str) -> None:
        """Say what is wrong; empty clears it."""
        self._error.setText(text)
        self._error.setVisible(bool(text))
        self._help.setVisible(bool(self._help.text()) and not text)
        if bool(self.editor.property("bad")) != bool(text):
            self.editor.setProperty("bad", bool(text))
            repolish(self.editor)

    def _take_back(self) -> None:
        self.set_error("")

    def help(self) -> str:
        """The dim line below the editor, or an empty string."""
        return self._help.text()

    def error(self) -> str:
        """What is said to be wrong, or an empty string."""
        return self._error.text()


class Combo(QComboBox):
    """A list to choose one key from.

    Signals
    -------
    keyChosen(str)
        A person chose another entry; `choose` from code stays silent.
    """

    keyChosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.activated.connect(self._tell)

    def set_options(self, options: Sequence[tuple[str, ...]]) -> None:
        """Replace the entries by ``(key, text)`` or ``(key, text, help)``; the chosen key stays if it can."""
        kept = self.key()
        self.clear()
        for key, text, *rest in options:
            self.addItem(text, key)
            if rest:
                self.setItemData(self.count() - 1, rest[0], Qt.ItemDataRole.ToolTipRole)
        self.choose(kept)

    def key(self) -> str:
        """The key chosen, or an empty string where there is nothing to choose."""
        return str(self.currentData() or "")

    def choose(self, key: str) -> None:
        """Show another entry without telling anyone; an unknown key changes nothing."""
        index = self.findData(key)
        if index >= 0:
            self.setCurrentIndex(index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling a page must not change a setting under the pointer

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        size = SIZES.small + 2
        rect = QRectF(self.width() - size - 9, (self.height() - size) / 2, size, size)
        paint_icon(QPainter(self), rect, "down", "dim" if self.isEnabled() else "faint")

    def _tell(self, _index: int) -> None:
        self.keyChosen.emit(self.key())
