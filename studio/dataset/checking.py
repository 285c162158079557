"""Runs the doctor of a problem type over its data, with what is known of the files from before. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import signature
from pathlib import Path
from typing import Any

from studio.dataset.facts import Progress
from studio.dataset.scan_cache import ScanCache
from studio.engine.messages import Finding
from studio.problems.base import Dataset, Problem
from studio.recipe.schema import Recipe


def findings(
    problem: Problem[Any], dataset: Dataset, recipe: Recipe, root: Path, progress: Progress, folder: Path
) -> Iterator[Finding]:
    """Yield findings as they are known.

    Parameters
    ----------
    folder : Path
        The project's cache; where it is missing, nothing is remembered.
    """
    check = problem.part("checks").check
    with ScanCache(folder) as cache:
        kept = {"cache": cache} if "cache" in signature(check).parameters else {}
        yield from check(dataset, recipe, root, progress, **kept)
