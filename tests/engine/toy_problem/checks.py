"""Looks for clouds without points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from studio.engine.messages import Finding
from studio.problems.base import Dataset
from studio.recipe.schema import Recipe


def check(
    dataset: Dataset, recipe: Recipe, root: Path, progress: Callable[[str, int, int], None]
) -> Iterator[Finding]:
    """One finding for each cloud with fewer than three points."""
    for at, name in enumerate(dataset.classes, 1):
        progress("Looking at clouds", at, len(dataset.classes))
        if sum(item.target == name for item in dataset.items) < 3:
            yield Finding("thin", "warning", f"The cloud {name} is thin.", "Little can be learned from it.")
