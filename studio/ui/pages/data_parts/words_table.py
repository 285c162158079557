"""Items that are words as the rows of a table: by the names of their values where all have the same ones.

No widgets: columns and cells for a `DataTable`. Must not import: the store, Qt.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from studio.engine import messages as m
from studio.ui.samples.pairs import pairs

Cell = str | float | None
Rows = tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]
_MOST_COLUMNS = 4
_LONG = 24


def batch_rows(samples: Sequence[m.PreviewSample], what: str) -> Rows:
    """Columns and rows of a batch: what the model receives, and the target at the end.

    Parameters
    ----------
    what : str
        The heading where the words have no names in common ("Text").
    """
    read = [[(name, value) for name, value in pairs(s.words) if name] for s in samples]
    names = [tuple(name for name, _ in row) for row in read]
    if names and names[0] and all(one == names[0] for one in names):
        kept = names[0][:_MOST_COLUMNS]
        columns = [[_cell(row[at][1]) for row in read] for at in range(len(kept))]
        columns = [
            column if _numbers(column) and not _names(column) else [row[at][1] for row in read]
            for at, column in enumerate(columns)
        ]
        rows = zip(*columns, (s.label for s in samples), strict=True)
        return (*kept, "Target"), tuple(rows)
    return (what, "Target"), tuple((s.words or "none", s.label) for s in samples)


def sample_rows(samples: Sequence[m.SampleRef], what: str) -> Rows:
    """Columns and rows of items as they are."""
    rows = tuple((f"{what} {s.key}", s.label, "validation" if s.valid else "training") for s in samples)
    return (what.capitalize(), "Target", "Set"), rows


def wide_column(rows: Sequence[Sequence[Cell]]) -> int:
    """The column that takes the width that is left: the one of the longest words, else the last."""
    if not rows:
        return 0
    lengths = [max(len(c) if isinstance(c, str) else 0 for c in column) for column in zip(*rows, strict=True)]
    return lengths.index(max(lengths)) if max(lengths) > _LONG else len(lengths) - 1


def _numbers(column: Sequence[Cell]) -> bool:
    return all(isinstance(value, float) for value in column)


def _names(column: Sequence[Cell]) -> bool:
    """Whole numbers from a thousand are ids and years more often than amounts: shown as they are written."""
    return all(isinstance(v, float) and v.is_integer() for v in column) and any(
        isinstance(v, float) and v >= 1000 for v in column
    )


def _cell(text: str) -> Cell:
    """A number where the text is one."""
    try:
        value = float(text)
    except ValueError:
        return text
    return value if math.isfinite(value) else text
