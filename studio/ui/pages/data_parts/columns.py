"""What the beginning of a table tells a form: its columns, its sheets, and how it was found to be written.

Rules: reads the beginning of the file only, as the problem itself reads it; called on another thread.
Must not import: pandas, Qt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from studio.dataset.letter_encodings import encoding_title
from studio.dataset.table_reading import reading_of, separator_words
from studio.dataset.tables import Table, read_table
from studio.errors import UserError
from studio.problems.base import Problem
from studio.problems.tabular.profiles import profile
from studio.recipe.schema import Recipe

ROWS: Final = 200
READ_BY: Final = ("table", "encoding", "separator", "header", "decimal", "sheet")
"""The fields that say how a table is read; what was found is said below those that are not the table itself."""
TEXT_FILE: Final = "This table is a text file, without sheets."
SELF_TOLD: Final = "Not needed: the table is no text file."


@dataclass(frozen=True)
class TableLook:
    """What a table's beginning tells.

    Attributes
    ----------
    found : mapping
        For each field of `READ_BY`, how the table was read, in words.
    """

    columns: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    found: Mapping[str, str] = field(default_factory=dict)


def look_for(problem: Problem[Any], recipe: Recipe, root: Path) -> TableLook:
    """Look at a recipe's table; where it cannot be read as is said, as it is found. The scan says what is wrong."""
    kept = {name: value for name, value in recipe.options.items() if name not in READ_BY[1:]}
    for asked, word in ((recipe, "Read"), (msgspec.structs.replace(recipe, options=kept), "Found")):
        try:
            table = _peeked(problem, asked, root)
        except UserError:
            continue
        if table is not None:
            return TableLook(table.columns, table.dialect.sheets, found_words(table, word))
    return TableLook()


def _peeked(problem: Problem[Any], recipe: Recipe, root: Path) -> Table | None:
    peeked = getattr(problem.part("items"), "peeked", None)
    if peeked is not None:
        table: Table = peeked(recipe, root)
        return table
    options = problem.options_of(recipe)
    return (
        read_table(root / options.table, ROWS, reading_of(options)) if hasattr(options, "encoding") else None
    )


def found_words(table: Table, word: str = "Read") -> dict[str, str]:
    """How a table was read, for the line below each field that can say otherwise."""
    dialect = table.dialect
    names = ", ".join(table.columns[:3]) + (", …" if len(table.columns) > 3 else "")
    said = {
        "encoding": encoding_title(dialect.encoding) if dialect.encoding else "",
        "separator": separator_words(dialect.delimiter) if dialect.delimiter else "",
        "header": names,
        "decimal": _decimal_words(table),
        "sheet": dialect.sheet,
    }
    needless = {"sheet": TEXT_FILE} if dialect.delimiter else {"encoding": SELF_TOLD, "separator": SELF_TOLD}
    return {**needless, **{name: f"{word}: {words}" for name, words in said.items() if words}}


def _decimal_words(table: Table) -> str:
    """The mark of the columns that have fractions; "" where there are none."""
    seen = [profile(name, table.values(name)) for name in table.columns]
    marks = {one.decimal for one in seen if one.kind == "number" and not one.whole}
    words = {".": "a point", ",": "a comma"}
    return " and ".join(words[mark] for mark in sorted(marks, reverse=True))
