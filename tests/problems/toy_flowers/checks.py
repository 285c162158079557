"""Looks for flowers that are all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from studio.engine.messages import Finding
from studio.problems.base import Dataset
from studio.recipe.schema import Recipe

Progress = Callable[[str, int, int], None]


def check(dataset: Dataset, recipe: Recipe, root: Path, progress: Progress) -> Iterator[Finding]:
    """One finding where there are fewer than four flowers."""
    progress("Looking at flowers", 1, 1)
    if len(dataset.classes) < 4:
        yield Finding("few_flowers", "info", "Few kinds of flowers", "More kinds are harder.")
