"""One editor for each kind of field, all with the same face: show a value, tell when a person changed it.

Rules: `edited` is told once a person is done, never while code sets a value; a value is told in the words of
`--set` (the key of a choice, a number, a text, True or False).
Must not import: pages, the store, torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.recipe.fields import Field
from studio.ui.forms.open_choice import FileChoice, OpenCombo
from studio.ui.forms.several import SeveralChoice
from studio.ui.widgets import Combo, FloatSpin, IntSpin, PathEdit, Toggle

_MOST = 2**31 - 1


class Editor(QObject):
    """An editor of one value.

    Attributes
    ----------
    widget : QWidget
        What is put into the form.

    Signals
    -------
    edited(object)
        A person is done; the new value.
    """

    edited = Signal(object)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.widget = widget

    def show_value(self, value: Any) -> None:
        """Show a value without telling anyone."""
        raise NotImplementedError

    def set_proposals(self, proposals: Sequence[str]) -> None:
        """Values worth offering; only editors of open choices show them."""

    def _tell(self, value: Any) -> None:
        self.edited.emit(value)


class ChoiceEditor(Editor):
    """One of a few."""

    def __init__(self, field: Field) -> None:
        self._combo = Combo()
        super().__init__(self._combo)
        self._combo.set_options(list(field.choices.items()))
        self._combo.keyChosen.connect(self._tell)

    def show_value(self, value: Any) -> None:
        key = str(value)
        if self._combo.findData(key) < 0:
            self._combo.addItem(key, key)  # a recipe may know more than the form offers
        self._combo.choose(key)
        self._combo.setToolTip(self._combo.currentText())


class OpenEditor(Editor):
    """Proposals, or anything typed."""

    def __init__(self, field: Field) -> None:
        self._combo = OpenCombo()
        super().__init__(self._combo)
        self._declared = dict(field.choices)
        self._combo.set_choices(self._declared)
        self._combo.committed.connect(self._tell)

    def show_value(self, value: Any) -> None:
        self._combo.set_value("" if value is None else str(value))

    def set_proposals(self, proposals: Sequence[str]) -> None:
        self._combo.set_choices({**self._declared, **{p: p for p in proposals}})


class SeveralEditor(Editor):
    """Some of several."""

    def __init__(self, field: Field) -> None:
        self._choice = SeveralChoice(field.choices, field.hints)
        super().__init__(self._choice)
        self._choice.committed.connect(self._tell)

    def show_value(self, value: Any) -> None:
        self._choice.set_value([str(one) for one in value or ()])


class FileChoiceEditor(Editor):
    """A few named values, or a file."""

    def __init__(self, field: Field) -> None:
        self._choice = FileChoice(dict(field.choices), field.title)
        super().__init__(self._choice)
        self._choice.committed.connect(self._tell)

    def show_value(self, value: Any) -> None:
        self._choice.set_value(str(value))


class IntEditor(Editor):
    """A whole number."""

    def __init__(self, field: Field) -> None:
        low = int(field.minimum) if field.minimum is not None else -_MOST
        high = int(field.maximum) if field.maximum is not None else _MOST
        self._spin = IntSpin(low, high, max(low, min(high, 0)), unit=field.unit)
        super().__init__(self._spin)
        self._spin.edited.connect(self._tell)

    def show_value(self, value: Any) -> None:
        self._spin.setValue(int(value))


class FloatEditor(Editor):
    """A number, small ones in the way people write rates."""

    def __init__(self, field: Field) -> None:
        low = field.minimum if field.minimum is not None else -1e12
        high = field.maximum if field.maximum is not None else 1e12
        self._spin = FloatSpin(low, high, max(low, min(high, 0.0)), unit=field.unit)
        super().__init__(self._spin)
        self._spin.edited.connect(self._tell)

    def show_value(self, value: Any) -> None:
        self._spin.set_value(float(value))


class BoolEditor(Editor):
    """Yes or no."""

    def __init__(self, field: Field) -> None:
        self._toggle = Toggle(field.title)
        super().__init__(self._toggle)
        self._toggle.clicked.connect(self._tell)  # clicked: only by a person, also by the keyboard

    def show_value(self, value: Any) -> None:
        self._toggle.setChecked(bool(value))


class TextEditor(Editor):
    """A line of text."""

    def __init__(self, field: Field) -> None:
        self._line = QLineEdit()
        super().__init__(self._line)
        self._shown = ""
        self._line.editingFinished.connect(self._finish)

    def show_value(self, value: Any) -> None:
        self._shown = "" if value is None else str(value)
        self._line.setText(self._shown)

    def _finish(self) -> None:
        if self._line.text() != self._shown:
            self._shown = self._line.text()
            self.edited.emit(self._shown)


class PathEditor(Editor):
    """A file or a folder."""

    def __init__(self, field: Field) -> None:
        self._path = PathEdit("folder" if field.kind == "folder" else "file", field.title)
        super().__init__(self._path)
        self._path.pathChosen.connect(self._chosen)

    def show_value(self, value: Any) -> None:
        self._path.set_path(Path(str(value)) if value else None)

    def _chosen(self, path: Path) -> None:
        self.edited.emit(str(path))


def editor_for(field: Field) -> Editor:
    """The editor of a field, by its kind."""
    if field.kind == "file" and field.choices:
        return FileChoiceEditor(field)
    if field.kind == "several":
        return SeveralEditor(field)
    if field.kind == "choice" or (field.choices and not field.open):
        return ChoiceEditor(field)
    if field.kind in ("column", "sheet") or field.choices:
        return OpenEditor(field)
    kinds: dict[str, type[Editor]] = {
        "int": IntEditor, "float": FloatEditor, "bool": BoolEditor, "file": PathEditor, "folder": PathEditor,
    }  # fmt: skip
    return kinds.get(field.kind, TextEditor)(field)  # type: ignore[arg-type]
