"""Cells to tags: delimiters, columns of 1 and 0, and what of both is odd. Pure; no torch, no Qt."""

from __future__ import annotations

from collections.abc import Sequence

DELIMITERS = {"bar": "|", "semicolon": ";", "comma": ",", "space": " "}
"""By their names in a recipe, in the order in which they are looked for."""

DELIMITER_WORDS = {"bar": "bars", "semicolon": "semicolons", "comma": "commas", "space": "spaces"}
LEAST_SEVERAL = {"bar": 0.02, "semicolon": 0.02, "comma": 0.1, "space": 0.2}
"""The share of cells that must have several tags before a delimiter is believed."""

NEW_PER_SET = {"bar": 2.0, "semicolon": 2.0, "comma": 1.0, "space": 0.999}
"""How many different tags there may be for each different cell: names such as “golden retriever” bring a word of
their own each, tags come back in ever new sets."""

UNKNOWN = ("nan", "<na>", "null")
YES = ("1", "1.0", "true", "t", "yes", "y", "x")
NO = ("0", "0.0", "false", "f", "no", "n", "")


def parts_of(cell: str, delimiter: str) -> list[str]:
    """What stands between the delimiters, stripped; empty parts too, except between spaces."""
    if not delimiter:
        return [cell.strip()]
    return cell.split() if delimiter == " " else [part.strip() for part in cell.split(delimiter)]


def tags_of(cell: str, delimiter: str) -> tuple[str, ...]:
    """The tags in a cell, each once, sorted; `delimiter` is the character, or empty for a single tag."""
    return tuple(sorted({part for part in parts_of(cell, delimiter) if part}))


def is_unknown(cell: str) -> bool:
    """Whether a cell says that its value is missing, as tables written by programs do."""
    return cell.casefold() in UNKNOWN


def oddity(cell: str, delimiter: str) -> str:
    """What is odd about a cell's tags: an empty one, one twice; empty where nothing is."""
    parts = parts_of(cell, delimiter)
    named = [part for part in parts if part]
    if len(named) < len(parts) and named:
        return "empty"
    return "twice" if len(set(named)) < len(named) else ""


def guess_delimiter(cells: Sequence[str]) -> str:
    """The name of what stands between tags, or empty where the cells hold one tag, or no tags at all."""
    filled = [cell for cell in cells if cell and not is_unknown(cell)]
    for name, delimiter in DELIMITERS.items():
        sets = [tags_of(cell, delimiter) for cell in filled]
        several = sum(len(one) > 1 for one in sets)
        tags = {tag for one in sets for tag in one}
        if (
            several
            and several >= LEAST_SEVERAL[name] * len(filled)
            and len(tags) <= NEW_PER_SET[name] * len(set(sets))
        ):
            return name
    return ""


def said(cell: str) -> bool | None:
    """A cell of a tag's own column: whether it says so; None where it says neither."""
    word = cell.casefold()
    return True if word in YES else False if word in NO else None


def is_tag_column(cells: Sequence[str]) -> bool:
    """Whether a column holds only 1 and 0 (or such words), and at least one of them."""
    return any(cells) and all(said(cell) is not None or is_unknown(cell) for cell in cells)
