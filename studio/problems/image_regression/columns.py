"""Which columns of a table hold what is predicted: columns of numbers, or pairs of x and y. No torch, no Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.dataset.table_reading import reading_of
from studio.dataset.tables import Table
from studio.errors import UserError
from studio.problems.image_classification.table_source import SAMPLE_ROWS, SPLIT_NAMES
from studio.problems.image_regression.options import Options
from studio.problems.image_regression.targets import Schema
from studio.problems.tabular.cells import COMMA, PLAIN, is_empty, number
from studio.problems.tabular.options import listed

NOT_TARGETS = ("id", "index", "idx", "column 1", "unnamed: 0", "width", "height", "img_width", "img_height")
PAIR = re.compile(
    r"(?:(?P<name>.*?)[ _.\-]?(?P<axis>[xy])|(?P<first>[xy])[ _.\-]?(?P<rest>.*))", re.IGNORECASE
)


@dataclass(frozen=True)
class Columns:
    """Where a table has its targets: `places` are one column a number, or x and y of every point in turn."""

    schema: Schema
    places: tuple[int, ...]
    decimal: str = "."


def find_columns(table: Table, options: Options, item: str) -> Columns:
    """The columns as asked for, or as the table suggests.

    Raises
    ------
    UserError
        Where a column is not there, or none holds numbers.
    """
    others = [c for c in table.columns if c != item]
    decimal = reading_of(options).decimal_sign or decimal_of(table)
    if options.targets.strip():
        return _named(table, options, pairs_of(others), decimal)
    numeric = [c for c in others if _is_target(c) and is_numeric(table.values(c)[:SAMPLE_ROWS], decimal)]
    pairs = pairs_of(numeric)
    single = [c for c in numeric if c not in {one for pair in pairs.values() for one in pair}]
    if options.kind == "points" or (options.kind == "auto" and pairs and not single):
        return _points(table, pairs, decimal)
    names = single if options.kind == "auto" else numeric
    if not names:
        raise UserError(
            f"No column of {table.path.name} holds numbers to predict; it has: {', '.join(table.columns)}.",
            "Choose another table, or name the target columns.",
            fix="targets",
        )
    return Columns(Schema("numbers", tuple(names)), tuple(table.index(name) for name in names), decimal)


def _named(table: Table, options: Options, pairs: dict[str, tuple[str, str]], decimal: str) -> Columns:
    """The columns that the recipe names: points where all names are those of pairs."""
    names = [name for name in dict.fromkeys(listed(options.targets))]
    known = {name.casefold(): name for name in pairs}
    known |= {column.casefold(): name for name, pair in pairs.items() for column in pair}
    is_column = {c.casefold() for c in table.columns}
    wants_points = options.kind == "points" or (
        options.kind == "auto" and all(n.casefold() in known and n.casefold() not in is_column for n in names)
    )
    if not wants_points:
        places = tuple(table.index(name) for name in names)
        return Columns(Schema("numbers", tuple(table.columns[at] for at in places)), places, decimal)
    strange = [name for name in names if name.casefold() not in known]
    if strange:
        raise UserError(
            f"The table {table.path.name} has no columns of x and y for “{strange[0]}”.",
            f"There are points called: {', '.join(pairs) or 'none'}.",
            fix="targets",
        )
    chosen = dict.fromkeys(known[name.casefold()] for name in names)
    return _points(table, {name: pairs[name] for name in chosen}, decimal)


def _points(table: Table, pairs: dict[str, tuple[str, str]], decimal: str) -> Columns:
    if not pairs:
        raise UserError(
            f"No two columns of {table.path.name} are x and y of a point; it has: {', '.join(table.columns)}.",
            "Call them nose_x and nose_y, or choose numbers (kind).",
            fix="kind",
        )
    places = tuple(table.index(column) for pair in pairs.values() for column in pair)
    return Columns(Schema("points", tuple(pairs)), places, decimal)


def pairs_of(columns: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Columns of x and y by their point's name: `nose_x` and `nose_y`, `x1` and `y1`, or `x` and `y` alone."""
    found: dict[str, dict[str, str]] = {}
    for column in columns:
        told = PAIR.fullmatch(column.strip())
        if told is not None:
            axis = (told["axis"] or told["first"]).lower()
            name = (told["name"] or told["rest"] or "").strip() or "point"
            found.setdefault(name, {}).setdefault(axis, column)
    return {name: (axes["x"], axes["y"]) for name, axes in found.items() if len(axes) == 2}


def _is_target(column: str) -> bool:
    return column.casefold().strip() not in (*NOT_TARGETS, *SPLIT_NAMES)


def is_numeric(cells: Sequence[str], decimal: str = ".") -> bool:
    """Whether most filled cells are numbers; a column without any filled cell is none."""
    filled = [cell for cell in cells if not is_empty(cell)]
    return bool(filled) and sum(number(cell, decimal) is not None for cell in filled) * 2 >= len(filled)


def decimal_of(table: Table) -> str:
    """What parts the whole from the fraction: a comma where the table is not parted by commas and writes it so."""
    if table.dialect.delimiter == ",":
        return "."
    cells = [cell for row in table.rows[:SAMPLE_ROWS] for cell in row.cells]
    return "," if any(COMMA.fullmatch(c) and not PLAIN.fullmatch(c) for c in cells) else "."
