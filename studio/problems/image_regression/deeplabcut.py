"""DeepLabCut's tables of key points: three or four header rows, laid out as one. No torch, no Qt.

The rows are `scorer`, `individuals` (with several animals only), `bodyparts` and `coords`; the columns before the
first coordinate name the photo, in one path or in its parts. https://deeplabcut.github.io describes the format.
"""

from __future__ import annotations

import dataclasses

from studio.dataset.tables import Row, Table, column_names

PHOTO = "image"
HEADERS = ("individuals", "bodyparts", "coords")


def is_deeplabcut(table: Table) -> bool:
    """Whether a table, as read with its first row as header, has DeepLabCut's header rows."""
    return table.columns[0].casefold() == "scorer" and _header(table, "coords") is not None


def _header(table: Table, word: str) -> Row | None:
    return next((row for row in table.rows[: len(HEADERS)] if row.cells[0].casefold() == word), None)


def flattened(table: Table) -> Table:
    """The same rows under one header: the photo, then `<body part>_x` and `<body part>_y`."""
    coords, parts, animals = (_header(table, word) for word in reversed(HEADERS))
    if coords is None or parts is None:
        return table
    first = _first(coords)
    kept = [at for at in range(first, len(coords.cells)) if coords.cells[at].casefold() in ("x", "y")]
    whose = [f"{animals.cells[at]} " if animals is not None and animals.cells[at] else "" for at in kept]
    names = [
        f"{animal}{parts.cells[at]}_{coords.cells[at].casefold()}"
        for animal, at in zip(whose, kept, strict=True)
    ]
    header_lines = {row.line for row in table.rows if row.cells[0].casefold() in HEADERS}
    rows = tuple(
        Row(row.line, (_path(row.cells[:first]), *(row.cells[at] for at in kept)))
        for row in table.rows
        if row.line not in header_lines
    )
    return dataclasses.replace(table, columns=column_names([PHOTO, *names]), rows=rows)


def _first(coords: Row) -> int:
    """The first column with a coordinate."""
    return next(at for at, cell in enumerate(coords.cells) if cell.casefold() in ("x", "y", "likelihood"))


def _path(cells: tuple[str, ...]) -> str:
    return "/".join(cell.strip("/\\") for cell in cells if cell)
