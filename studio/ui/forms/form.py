"""A form drawn from declared fields: label, editor, help, error; the rarer ones behind "More".

Rules: shows values and tells edits; it validates nothing and knows no recipe. A field whose `shown_when` does
not hold is hidden as soon as its sibling changes. Every row carries the name of its note for the Why panel.
Must not import: pages, the store, torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.recipe.fields import Field
from studio.ui.forms.editors import Editor, editor_for
from studio.ui.theme import SIZES
from studio.ui.widgets import FieldRow, LinkButton, column

_NAMED = 2  # fields that the disclosure names: more would be wider than a narrow form


def visible_names(fields: Sequence[Field], values: Mapping[str, Any], more: bool) -> tuple[str, ...]:
    """Names of the fields to show: those that apply, the rarer ones only with `more`."""
    return tuple(f.name for f in fields if f.shown(values) and (more or not f.more))


def more_words(fields: Sequence[Field], values: Mapping[str, Any]) -> str:
    """The words of the disclosure, naming the first few fields behind it; empty where there are none."""
    names = [f.title[0].lower() + f.title[1:] for f in fields if f.more and f.shown(values)]
    if not names:
        return ""
    return f"More: {', '.join(names[:_NAMED])}{' …' if len(names) > _NAMED else ''}"


class Form(QWidget):
    """Editors of fields, one below the other.

    Parameters
    ----------
    fields : sequence of Field
        In the order they are shown; those with `more` come last, behind the disclosure.
    values : mapping
        Field name to value; a missing one shows the field's default.
    compact : bool
        Declared help is a tooltip (and read aloud) instead of a line; `set_help` still shows its line.

    Signals
    -------
    valueEdited(str, object)
        A person changed a field and is done with it.
    """

    valueEdited = Signal(str, object)

    def __init__(
        self,
        fields: Sequence[Field],
        values: Mapping[str, Any],
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._compact = compact
        self._fields = tuple(sorted(fields, key=_is_more))
        self._values: dict[str, Any] = {f.name: values.get(f.name, f.default) for f in self._fields}
        self._open = False
        self._refused: dict[str, Any] = {}
        self._editors: dict[str, Editor] = {}
        self._rows: dict[str, FieldRow] = {}
        self._more = LinkButton()
        self._more.clicked.connect(self._toggle_more)
        layout = column(gap=SIZES.grid + SIZES.half)
        for field in self._fields:
            if field.more and layout.indexOf(self._more) < 0:
                layout.addWidget(self._more)
            layout.addWidget(self._make_row(field))
        self.setLayout(layout)
        if layout.indexOf(self._more) < 0:
            self._more.setParent(self)
        self._arrange()

    def row(self, name: str) -> FieldRow:
        """The row of a field."""
        return self._rows[name]

    def editor(self, name: str) -> Editor:
        """The editor of a field."""
        return self._editors[name]

    def values(self) -> dict[str, Any]:
        """What the form shows."""
        return dict(self._values)

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show values that changed elsewhere; an editor whose value is the same keeps what is typed in it.

        So does one whose edit was refused, as long as the value that it was to replace still holds.
        """
        for name, value in values.items():
            if name in self._refused and value == self._refused[name]:
                continue
            self._refused.pop(name, None)
            if name in self._editors and value != self._values[name]:
                self._values[name] = value
                self._editors[name].show_value(value)
                self._rows[name].set_error("")
        self._arrange()

    def set_help(self, name: str, text: str) -> None:
        """Say something more useful than the declared help; empty brings that back."""
        field = next(f for f in self._fields if f.name == name)
        self._rows[name].set_help(text or ("" if self._compact else field.help))
        self._describe(field)

    def set_error(self, name: str, text: str) -> None:
        """Say what is wrong with a field; empty clears it."""
        self._rows[name].set_error(text)

    def refuse(self, name: str, holds: Any, text: str) -> None:
        """Say why an edit was refused: what was typed stays, beside the reason; `holds` is the value that stays.

        Where another value holds than at the last refusal, it was changed elsewhere, and is shown by `set_values`.
        """
        if name in self._rows and self._refused.get(name, holds) == holds:
            self._refused[name] = holds
            self._rows[name].set_error(text)

    def set_proposals(self, name: str, proposals: Sequence[str]) -> None:
        """Values worth offering, for example the columns of a table."""
        self._editors[name].set_proposals(proposals)

    def show_more(self, more: bool) -> None:
        """Open or close the disclosure."""
        self._open = more
        self._arrange()

    def _make_row(self, field: Field) -> FieldRow:
        editor = editor_for(field)
        editor.show_value(self._values[field.name])
        editor.edited.connect(partial(self._edited, field.name))
        label, help_line = "" if field.kind == "bool" else field.title, "" if self._compact else field.help
        row = FieldRow(label, editor.widget, help_line, note=field.note)
        editor.widget.setAccessibleName(f"{field.title}, in {field.unit}" if field.unit else field.title)
        editor.widget.setProperty("note", field.note)
        self._editors[field.name], self._rows[field.name] = editor, row
        self._describe(field)
        return row

    def _describe(self, field: Field) -> None:
        """The declared help, for readers and under the pointer."""
        self._editors[field.name].widget.setAccessibleDescription(field.help)
        self._rows[field.name].setToolTip(field.help if self._compact else "")

    def _edited(self, name: str, value: Any) -> None:
        self._values[name] = value
        self._refused.pop(name, None)
        self._rows[name].set_error("")
        self._arrange()
        self.valueEdited.emit(name, value)

    def _toggle_more(self) -> None:
        self.show_more(not self._open)

    def _arrange(self) -> None:
        shown = visible_names(self._fields, self._values, self._open)
        for name, row in self._rows.items():
            row.setVisible(name in shown)
        words = more_words(self._fields, self._values)
        self._more.setText("Less" if self._open else words)
        self._more.setVisible(bool(words))


def _is_more(field: Field) -> bool:
    return field.more
