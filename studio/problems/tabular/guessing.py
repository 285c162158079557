"""What a dropped table, or a folder with one, looks like. Reads some rows only. No torch, no pandas, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.dataset.table_reading import AS_FOUND, Reading, reading_told
from studio.dataset.tables import Table
from studio.errors import UserError
from studio.problems.base import Guess
from studio.problems.table_options import NOTHING
from studio.problems.tabular import source
from studio.problems.tabular.options import Options
from studio.problems.tabular.plan import Plan, planned
from studio.recipe.schema import Split

ROWS = 2000
SPLIT_NAMES = ("is_valid", "valid", "is_validation", "split")
NAMED_FILES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".gif", ".wav", ".mp3", ".txt")
LONG_TEXT = 60


def guess_at(path: Path, told: Mapping[str, Any] = NOTHING) -> Guess | None:
    """Propose values for a table or a folder that holds one; None where it looks like something else.

    Raises
    ------
    UserError
        Where it cannot be read in the way that was told.
    """
    table_file = _table_at(path)
    if table_file is None:
        return None
    said = reading_told(told)
    guesses = (
        _guess(table_file, way, is_told=way == said != AS_FOUND) for way in source.ways(table_file, said)
    )
    return next((guess for guess in guesses if guess is not None), None)


def _guess(table_file: Path, reading: Reading, is_told: bool) -> Guess | None:
    try:
        table = source.read(table_file, ROWS, reading)
        plan = planned(table, Options(), _split(table))
    except UserError:  # no table, so no guess; the person who names it is told why
        if is_told:
            raise
        return None
    if len(table.columns) < 3 and len(plan.inputs) < 2:
        return None
    return Guess(
        problem="tabular",
        sure=_sure(plan),
        sentence=_sentence(plan),
        options={"table": table_file.name, "target": plan.target, "task": plan.task, **sheet_of(reading)},
        split=_split(table)
        if _has_split(table)
        else Split(kind="stratified" if plan.task == "classification" else "random"),
    )


def sheet_of(reading: Reading) -> dict[str, str]:
    """The sheet of a guess, where it is not the first."""
    return {"sheet": reading.sheet} if reading.sheet else {}


def _table_at(path: Path) -> Path | None:
    if path.is_file():
        return path if source.is_table_name(path.name) else None
    if not path.is_dir():
        return None
    names = source.find_tables(path)
    return path / max(names, key=lambda name: (path / name).stat().st_size) if names else None


def _has_split(table: Table) -> bool:
    return any(column.casefold() in SPLIT_NAMES for column in table.columns)


def _split(table: Table) -> Split:
    found = next((c for c in table.columns if c.casefold() in SPLIT_NAMES), None)
    return Split(kind="column", column=found) if found else Split(kind="random")


def _sure(plan: Plan) -> float:
    """Little where cells name files or hold whole texts: those tables belong to other problems."""
    for name in plan.table.columns:
        cells = plan.table.values(name)[:50]
        filled = [cell for cell in cells if cell]
        if filled and sum(cell.lower().endswith(NAMED_FILES) for cell in filled) > len(filled) / 2:
            return 0.05
        if filled and sum(map(len, filled)) / len(filled) > LONG_TEXT:
            return 0.2
    return 0.7 if len(plan.inputs) >= 3 else 0.4


def _sentence(plan: Plan) -> str:
    kinds = {"categorical": "categories", "continuous": "numbers", "date": "dates"}
    parts = [(len(plan.named(role)), words) for role, words in kinds.items()]  # type: ignore[arg-type]
    columns = ", ".join(f"{n} of {words}" for n, words in parts if n)
    what = "the class" if plan.task == "classification" else "the number"
    n_columns = sum(n for n, _ in parts)
    return f"{plan.table.path.name}: predict {what} “{plan.target}” from {n_columns} columns ({columns})."
