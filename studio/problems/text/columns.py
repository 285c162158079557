"""Which column of a table holds the texts, and which the labels: named by the recipe, or guessed. No torch, no Qt."""

from __future__ import annotations

from statistics import fmean

from studio.dataset.tables import Table
from studio.errors import UserError

TEXT_NAMES = (
    "text",
    "texts",
    "review",
    "comment",
    "comments",
    "message",
    "body",
    "content",
    "sentence",
    "tweet",
)
LABEL_NAMES = ("label", "labels", "class", "category", "target", "sentiment", "topic", "y")
SPLIT_NAMES = ("is_valid", "valid", "is_validation", "split", "set")
LONG = 40
"""Letters that a cell has on average where a column holds texts."""
LOOKED_AT = 200
MOST_CLASSES = 100


def text_column(table: Table, named: str = "") -> str:
    """The column of texts.

    Raises
    ------
    UserError
        Where the table has no column of that name.
    """
    if named:
        return table.columns[table.index(named)]
    by_name = _first_named(table, TEXT_NAMES)
    lengths = {column: mean_length(table, column) for column in table.columns}
    longest = max(lengths, key=lambda column: lengths[column])
    return by_name if by_name and lengths[by_name] >= lengths[longest] / 4 else longest


def label_column(table: Table, text: str, named: str = "") -> str:
    """The column of labels, or "" where no column looks like one.

    Raises
    ------
    UserError
        Where the table has no column of that name, or it is the one of the texts.
    """
    if named:
        found = table.columns[table.index(named)]
        if found == text:
            raise UserError(
                f"“{found}” cannot be the column of the texts and that of the labels.",
                "Name another column.",
                fix="label_column",
            )
        return found
    others = [c for c in table.columns if c != text and c.casefold() not in SPLIT_NAMES]
    by_name = next((c for name in LABEL_NAMES for c in others if c.casefold() == name), "")
    return by_name or next((c for c in others if looks_like_labels(table, c)), "")


def split_column(table: Table) -> str:
    """The column that says which rows validate, or ""."""
    return _first_named(table, SPLIT_NAMES)


def looks_like_labels(table: Table, column: str) -> bool:
    """Whether a few words come again and again in a column."""
    cells = [cell for cell in table.values(column)[:LOOKED_AT] if cell]
    kinds = set(cells)
    return 2 <= len(kinds) <= min(MOST_CLASSES, max(2, len(cells) // 4)) and mean_length(table, column) < LONG


def mean_length(table: Table, column: str) -> float:
    """Letters of a column's cells on average."""
    cells = [cell for cell in table.values(column)[:LOOKED_AT] if cell]
    return fmean(map(len, cells)) if cells else 0.0


def _first_named(table: Table, names: tuple[str, ...]) -> str:
    return next((c for name in names for c in table.columns if c.casefold() == name), "")
