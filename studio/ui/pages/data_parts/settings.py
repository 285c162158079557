"""The left column: where the data is, and the fields that say what to make of it.

Rules: shows the recipe and tells edits in the words of `--set`; saves nothing itself.
Must not import: actions, torch, pandas.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.engine import messages as m
from studio.problems.base import Problem
from studio.recipe.fields import Field
from studio.recipe.schema import Recipe
from studio.ui.background import Background
from studio.ui.forms import Form
from studio.ui.pages.data_parts import words
from studio.ui.pages.data_parts.columns import table_columns
from studio.ui.pages.data_parts.fields import column_names, page_fields, page_values
from studio.ui.samples.base import PHOTOS, About
from studio.ui.theme import SIZES
from studio.ui.widgets import Card, FieldRow, PathEdit, scrolled


class DataSettings(Card):
    """Folder row and form.

    Signals
    -------
    valueEdited(str, object)
        A field in the words of `--set`, and its new value; "root" for the folder.
    """

    valueEdited = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.folder = PathEdit("folder", "Where the data is now")
        self._folder_row = FieldRow("Data folder", self.folder, note="why-data")
        self.folder.pathChosen.connect(self._folder_chosen)
        inside = QWidget()
        self._rows = QVBoxLayout(inside)
        self._rows.setContentsMargins(0, 0, SIZES.gap, SIZES.gap)
        self._rows.setSpacing(SIZES.grid + SIZES.half)
        self._rows.addWidget(self._folder_row)
        self._rows.addStretch(1)
        card = self.layout()
        assert card is not None
        card.setContentsMargins(SIZES.gap, SIZES.gap - SIZES.ring, SIZES.ring, SIZES.ring)
        self.body.addWidget(scrolled(inside))
        self.form: Form | None = None
        self._fields: tuple[Field, ...] = ()
        self._table: Path | None = None

    def show_recipe(self, problem: Problem[Any], recipe: Recipe, root: Path) -> None:
        """Show a recipe; the form is drawn anew only where its fields changed."""
        fields, values = page_fields(problem, recipe), page_values(problem, recipe)
        if fields != self._fields or self.form is None:
            self._rebuild(fields, values)
        assert self.form is not None
        self.form.set_values(values)
        self.folder.set_path(words.short_path(root))
        self._propose_columns(root / str(values.get("table", "")) if values.get("table") else None)

    def show_scan(self, scan: m.Scanned | None, missing: str, spoken: About = PHOTOS) -> None:
        """What the folder and the split came to; `missing` says why the folder cannot be read."""
        self._folder_row.set_help(words.found_words(scan, spoken.part, spoken.parts))
        self._folder_row.set_error(missing)
        if self.form is not None and "split" in self.form.values():
            self.form.set_help("split", words.split_words(scan))

    def _rebuild(self, fields: tuple[Field, ...], values: dict[str, Any]) -> None:
        if self.form is not None:
            self._rows.removeWidget(self.form)
            self.form.deleteLater()
        self._fields = fields
        self._table = None
        self.form = Form(fields, values, compact=True)
        self.form.valueEdited.connect(self.valueEdited)
        self._rows.insertWidget(1, self.form)

    def _folder_chosen(self, path: Path) -> None:
        self.valueEdited.emit("root", str(path))

    def _propose_columns(self, table: Path | None) -> None:
        """Read the table's columns on another thread, once for each table."""
        if table == self._table or not column_names(self._fields):
            return
        self._table = table
        if table is not None:
            reading = Background(partial(table_columns, table), self)
            reading.finished.connect(self._columns_read)
            reading.start()

    @Slot(object)
    def _columns_read(self, columns: tuple[str, ...]) -> None:
        if self.form is not None:
            for name in column_names(self._fields):
                self.form.set_proposals(name, columns)
