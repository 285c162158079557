"""Reads the one line that says what a row is: names with their values, in the order of the table's columns.

The line is ``age: 39, occupation: Adm-clerical``; without colons the first word of each part is its name. No Qt.
"""

from __future__ import annotations

Pairs = tuple[tuple[str, str], ...]


def pairs(words: str) -> Pairs:
    """Names and values; a part without a name has an empty one.

    Where some parts have a colon, the others belong to the value before them: a value may hold commas.
    """
    parts = [part.strip() for part in words.split(", ") if part.strip()]
    return _with_colons(parts) if any(": " in part for part in parts) else tuple(map(_by_space, parts))


def _with_colons(parts: list[str]) -> Pairs:
    found: list[tuple[str, str]] = []
    for part in parts:
        name, colon, value = part.partition(": ")
        if colon:
            found.append((name, value))
        elif found and part != "…":
            found[-1] = (found[-1][0], f"{found[-1][1]}, {part}")
        else:
            found.append(("", part))
    return tuple(found)


def _by_space(part: str) -> tuple[str, str]:
    name, space, value = part.partition(" ")
    return (name, value) if space else ("", part)
