"""The left column: where the data is, and the fields that say what to make of it.

Rules: shows the recipe and tells edits in the words of `--set`; saves nothing itself.
Must not import: actions, torch, pandas.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.engine import messages as m
from studio.problems.base import Problem
from studio.recipe.fields import Field
from studio.recipe.schema import Recipe
from studio.ui.background import in_background
from studio.ui.forms import Form
from studio.ui.pages.data_parts import words
from studio.ui.pages.data_parts.columns import READ_BY, TableLook, look_for
from studio.ui.pages.data_parts.fields import column_names, page_fields, page_values
from studio.ui.samples.base import PHOTOS, About
from studio.ui.theme import SIZES
from studio.ui.widgets import Card, FieldRow, PathEdit, scrolled

log = logging.getLogger(__name__)
NOTHING: Final[Mapping[str, str]] = {}


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
        self._told: set[str] = set()  # fields with a line that says what is wrong
        self._table: tuple[Any, ...] = ()  # what the proposed columns were read by

    def show_recipe(
        self, problem: Problem[Any], recipe: Recipe, root: Path, wrong: Mapping[str, str] = NOTHING
    ) -> None:
        """Show a recipe, and below each field what is `wrong` with it; drawn anew only where its fields changed."""
        fields, values = page_fields(problem, recipe), page_values(problem, recipe)
        if fields != self._fields or self.form is None:
            self._rebuild(fields, values)
        assert self.form is not None
        self._show_wrong(wrong, values)
        self.form.set_values(values)
        self.folder.set_path(words.short_path(root))
        self._look_at_table(problem, recipe, root)

    def show_scan(self, scan: m.Scanned | None, spoken: About = PHOTOS) -> None:
        """What the folder and the split came to."""
        self._folder_row.set_help(words.found_words(scan, spoken.part, spoken.parts))
        if self.form is not None and "split" in self.form.values():
            self.form.set_help("split", words.split_words(scan))

    def _show_wrong(self, wrong: Mapping[str, str], values: Mapping[str, Any]) -> None:
        """Why an edit was refused, so that what was typed stays; or why the data cannot be read with a value."""
        assert self.form is not None
        self._folder_row.set_error(wrong.get("root", ""))
        for name in self._told - wrong.keys():
            self.form.set_error(name, "")
        for name, why in wrong.items():
            self.form.refuse(name, values.get(name), why)
        self._told = set(wrong) & set(self.form.values())

    def _rebuild(self, fields: tuple[Field, ...], values: dict[str, Any]) -> None:
        if self.form is not None:
            self._rows.removeWidget(self.form)
            self.form.deleteLater()
        self._fields = fields
        self._table = ()
        self._told = set()
        self.form = Form(fields, values, compact=True)
        self.form.valueEdited.connect(self.valueEdited)
        self._rows.insertWidget(1, self.form)

    def _folder_chosen(self, path: Path) -> None:
        self.valueEdited.emit("root", str(path))

    def _look_at_table(self, problem: Problem[Any], recipe: Recipe, root: Path) -> None:
        """Read the table's beginning on another thread, once for each table and way of reading it."""
        told = tuple(recipe.options.get(name) for name in READ_BY)
        if (root, *told) == self._table or not column_names(self._fields):
            return
        self._table = (root, *told)
        in_background(self, partial(look_for, problem, recipe, root), self._looked, _not_looked)

    @Slot(object)
    def _looked(self, look: TableLook) -> None:
        """Offer columns and sheets, and say below each field how the table was read."""
        if self.form is None:
            return
        there = self.form.values()
        for name in column_names(self._fields):
            self.form.set_proposals(name, look.columns)
        if "sheet" in there:
            self.form.set_proposals("sheet", look.sheets)
        for name in READ_BY:
            if name in there and name != "table":
                self.form.set_help(name, look.found.get(name, ""))


def _not_looked(error: Exception) -> None:
    """The form is without proposals; what is wrong with the table is the scan's to say."""
    log.warning("the beginning of the table was not read", exc_info=error)
