"""From rows to the network's input, and from its output to an answer: what a bundle does around its graph.

A row comes from a table (CSV, TSV; Parquet and Excel where pandas is installed) or from a JSON object. Cells are read,
gaps filled, categories numbered and numbers standardised exactly as in training, by what the bundle's description
holds. This file and the modules of the studio that it imports are copied into every bundle: none may need more than
the standard library and numpy.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import UserError
from studio.problems.tabular.cells import finite, is_empty, number
from studio.problems.tabular.features import categories, dates, numbers
from studio.problems.tabular.source import find_tables, read, words

BATCH = 512
TAKES_WORDS = True
MISSING = "#na#"


@dataclass(frozen=True)
class RowCase:
    """One row to answer for: what to call it, and its cells by column. `problem` says why it cannot be read."""

    name: str
    cells: Mapping[str, str]
    problem: str = ""

    def __str__(self) -> str:
        return self.name


def find(inputs: Iterable[Path | str]) -> list[RowCase]:
    """Return the rows meant by `inputs`: tables, folders with tables, or JSON objects as text."""
    found: list[RowCase] = []
    for given in inputs:
        if isinstance(given, str):
            found += _from_json(given)
        elif given.is_dir():
            found += [row for name in find_tables(given) for row in _from_table(given / name)]
        else:
            found += _from_table(given)
    return found


def _from_table(path: Path) -> list[RowCase]:
    try:
        table = read(path)
    except UserError as error:
        return [RowCase(str(path), {}, error.message)]
    bad = [
        RowCase(f"{path.name} row {line}", {}, f"This row cannot be read: {why}.") for line, why in table.bad
    ]
    rows = (zip(table.columns, row.cells, strict=True) for row in table.rows)
    return [
        *(RowCase(f"{path.name} row {r.line}", dict(c)) for r, c in zip(table.rows, rows, strict=True)),
        *bad,
    ]


def _from_json(text: str) -> list[RowCase]:
    if not text.lstrip().startswith(("{", "[")):
        return [RowCase(text[:60], {}, f"There is no file or folder {text[:60]}.")]
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        return [RowCase(text[:60], {}, f"This is no JSON object: {error}.")]
    rows = given if isinstance(given, list) else [given]
    if not all(isinstance(row, dict) for row in rows):
        return [RowCase(text[:60], {}, "A row must be a JSON object of columns and values.")]
    return [
        RowCase(f"row {at}", {str(k): words(v) for k, v in row.items()}) for at, row in enumerate(rows, 1)
    ]


def prepare(case: RowCase, spec: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return the graph's input for one row: `categories` (n,) int64 and `numbers` (n,) float32, where it has any.

    Raises
    ------
    UserError
        Where the row cannot be read, or lacks a column.
    """
    if case.problem:
        raise UserError(case.problem)
    given = spec["input"]
    named, counted = features_of(case, given["columns"])
    codes = [_code(feature, named, counted) for feature in given["categories"]]
    values = [_standardised(feature, counted[feature["name"]]) for feature in given["numbers"]]
    prepared: dict[str, NDArray[Any]] = {}
    if codes:
        prepared["categories"] = np.asarray(codes, dtype=np.int64)
    if values:
        prepared["numbers"] = np.asarray(values, dtype=np.float64).astype(np.float32)
    return prepared


def features_of(
    case: RowCase, columns: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, str], dict[str, float]]:
    """A row's categories and numbers by name; raises `UserError` where it lacks a column."""
    cells = _matched(case, [column["name"] for column in columns])
    named: dict[str, str] = {}
    counted: dict[str, float] = {}
    for column in columns:
        cell = [cells[column["name"]]]
        named |= {name: found[0] for name, found in categories(column, cell).items()}
        counted |= {name: found[0] for name, found in numbers(column, cell).items()}
    return named, counted


def _matched(case: RowCase, names: Sequence[str]) -> dict[str, str]:
    """The cells of the columns that are needed, exactly named or else regardless of case."""
    loose = {name.strip().casefold(): cell for name, cell in case.cells.items()}
    found = {name: case.cells.get(name, loose.get(name.casefold())) for name in names}
    lacking = [name for name, cell in found.items() if cell is None]
    if lacking:
        raise UserError(
            f"The row has no column “{lacking[0]}”"
            + (f" and {len(lacking) - 1} more." if lacking[1:] else ".")
        )
    return {name: cell.strip() for name, cell in found.items() if cell is not None}


def _code(feature: Mapping[str, Any], named: Mapping[str, str], counted: Mapping[str, float]) -> int:
    """A category's number; 0 for one that training never saw, and for a missing one."""
    vocabulary: Sequence[str] = feature["vocabulary"]
    word = str(math.isnan(counted[feature["gaps_of"]])) if feature["gaps_of"] else named[feature["name"]]
    return vocabulary.index(word) if word in vocabulary else 0


def _standardised(feature: Mapping[str, Any], value: float) -> float:
    known = feature["median"] if math.isnan(value) else value
    return float((known - feature["mean"]) / feature["deviation"])


def remark(case: RowCase, spec: Mapping[str, Any]) -> str:
    """What a person should know about an answer: categories never seen in training, cells that are no numbers."""
    given = spec["input"]
    cells = _matched(case, [column["name"] for column in given["columns"]])
    named, _ = features_of(case, given["columns"])
    known = {feature["name"]: feature["vocabulary"] for feature in given["categories"]}
    said = [
        f"“{word}” was never seen in “{name}”"
        for name, word in named.items()
        if word and name in known and word not in known[name]
    ]
    said += [
        f"“{cells[c['name']]}” in “{c['name']}” counts as empty"
        for c in given["columns"]
        if _unread(c, cells[c["name"]])
    ]
    return f"{', '.join(said)}." if said else ""


def _unread(column: Mapping[str, Any], cell: str) -> bool:
    """Whether a cell says something that is not what its column holds."""
    if is_empty(cell) or column["role"] == "categorical":
        return False
    if column["role"] == "date":
        return dates(column, [cell])[0] is None
    return number(cell, column["decimal"]) is None or math.isnan(finite(cell, column["decimal"]))


def decode(
    outputs: Mapping[str, NDArray[Any]], spec: Mapping[str, Any]
) -> tuple[str, tuple[tuple[str, float], ...]]:
    """Return the answer for one row: a class, and every class with its score, best first; or a number, and nothing.

    Parameters
    ----------
    outputs : mapping
        `scores` (n_classes,) float32; or `value` (1,) float32, a standardised number.
    """
    if "value" in outputs:
        unit = spec["input"]["unit"]
        return f"{float(outputs['value'][0]) * unit['deviation'] + unit['mean']:.6g}", ()
    scores: Sequence[float] = outputs["scores"].tolist()
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    ranked = tuple((str(spec["classes"][i]), float(scores[i])) for i in order)
    return ranked[0][0], ranked
