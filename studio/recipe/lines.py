"""Where a field stands in a TOML text: for errors that name the line. No torch, no Qt.

A reader of lines, not a parser: it follows headers and keys at the start of lines, which is how recipes are
written. A key inside an inline table is found at the line of that table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def line_of(text: str, path: Path) -> int | None:
    """Return the line (from 1) of the field at `path`, or of the nearest table around it that is written."""
    best: tuple[int, int | None] = (0, None)
    for number, here in _places(text):
        if path[: len(here)] == here and len(here) > best[0]:
            best = (len(here), number)
    return best[1]


def _places(text: str) -> Iterator[tuple[int, Path]]:
    """Every header and key with its line and whole path; tables of arrays are numbered from 0."""
    table: Path = ()
    seen: dict[Path, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _table(_parts(header[2]), header[1] == "[[", seen)
            yield number, table
        elif key := _KEY.match(line):
            yield number, table + _parts(key[1])


def _table(parts: Path, is_array: bool, seen: dict[Path, int]) -> Path:
    if is_array:
        name = _table(parts[:-1], False, seen) + parts[-1:]
        seen[name] = seen.get(name, -1) + 1
        return (*name, seen[name])
    path: Path = ()
    for part in parts:
        path = (*path, part)
        if path in seen:
            path = (*path, seen[path])
    return path


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
