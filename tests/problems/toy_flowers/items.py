"""Rows to items."""

from __future__ import annotations

from pathlib import Path

from studio.dataset.splits import stratified_split
from studio.dataset.tables import read_table
from studio.problems.base import Dataset, Item
from studio.recipe.schema import Recipe
from tests.problems.toy_flowers import PROBLEM, TABLE


def collect(recipe: Recipe, root: Path) -> Dataset:
    """One item a row; its key is the row's line."""
    table = read_table(root / TABLE)
    labels = table.values(PROBLEM.options_of(recipe).target)
    sides = stratified_split(labels, recipe.data.split.valid_pct, recipe.seed)
    rows = zip(table.rows, labels, sides, strict=True)
    items = tuple(Item(f"{row.line:05d}", label, valid) for row, label, valid in rows)
    return Dataset(items, tuple(sorted(set(labels))))
