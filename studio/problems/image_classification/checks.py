"""The doctor of image data: what would spoil a run, found before it.

Findings come in the order in which they are cheap: what the items alone tell, then what the file headers
tell, then copies. An error is only what stops training or makes its result worthless. No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from studio.dataset.duplicates import exact_duplicates
from studio.dataset.facts import HEADER, Progress, facts
from studio.dataset.facts import no_progress as no_progress
from studio.dataset.headers import Header
from studio.dataset.scan_cache import NO_CACHE, ScanCache
from studio.dataset.table_reading import reading_of
from studio.engine.messages import Finding
from studio.problems.base import Dataset
from studio.problems.image_classification.copy_checks import copy_findings
from studio.problems.image_classification.file_checks import file_findings
from studio.problems.image_classification.items import options_of
from studio.problems.image_classification.set_checks import set_findings
from studio.problems.table_checks import reading_findings
from studio.problems.vision.leak_checks import group_findings, look_alike_findings
from studio.recipe.schema import Recipe


def check(
    dataset: Dataset,
    recipe: Recipe,
    root: Path,
    progress: Progress = no_progress,
    cache: ScanCache = NO_CACHE,
) -> Iterator[Finding]:
    """Yield findings as they are known.

    Parameters
    ----------
    root : Path
        The absolute data root.
    progress : callable
        Told (text, done, total); what it raises ends the check.
    cache : ScanCache
        What is known of the files from before.
    """
    yield from set_findings(dataset, recipe)
    if recipe.options.get("source") == "table":
        yield from reading_findings(root / options_of(recipe).table, reading_of(options_of(recipe)))
    yield from group_findings(dataset, recipe)
    headers = read_headers(dataset, root, progress, cache)
    yield from file_findings(headers, recipe)
    readable = [key for key, header in headers.items() if not header.trouble]
    groups = copies(root, readable, progress, cache)
    yield from copy_findings(dataset, groups)
    yield from look_alike_findings(dataset, root, readable, groups, progress, cache)


def read_headers(
    dataset: Dataset, root: Path, progress: Progress = no_progress, cache: ScanCache = NO_CACHE
) -> dict[str, Header]:
    """Look at every item's file, several at a time, in the items' order."""
    return dict(facts(HEADER, root, [item.key for item in dataset.items], progress, cache))


def copies(
    root: Path, keys: list[str], progress: Progress = no_progress, cache: ScanCache = NO_CACHE
) -> tuple[tuple[str, ...], ...]:
    """Groups of photos whose files are equal."""

    def told(done: int, total: int) -> None:
        progress("Looking for copies", done, total)

    return exact_duplicates(root, keys, told, cache)
