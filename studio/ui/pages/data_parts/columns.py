"""The names of the columns of a table, for fields that name one.

Rules: reads the beginning of the file only, as the problem itself reads it; called on another thread.
Must not import: pandas, Qt.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from studio.dataset.tables import read_table
from studio.errors import UserError
from studio.problems.base import Problem
from studio.recipe.schema import Recipe

ROWS = 200


def table_columns(path: Path, encoding: str = "auto") -> tuple[str, ...]:
    """Names of the columns of a CSV or TSV file; none where there is no such file or it is no table."""
    try:
        return read_table(path, ROWS, encoding).columns
    except UserError:
        return ()


def columns_for(problem: Problem[Any], recipe: Recipe, root: Path) -> tuple[str, ...]:
    """Names of the columns of a recipe's table: as its problem names them, where it does so in its own way."""
    named = getattr(problem.part("items"), "columns_of", None)
    try:
        if named is not None:
            found: tuple[str, ...] = named(recipe, root)
            return found
        options = problem.options_of(recipe)
    except UserError:
        return ()
    return table_columns(root / options.table, options.encoding) if hasattr(options, "encoding") else ()
