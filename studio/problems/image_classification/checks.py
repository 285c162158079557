"""The doctor of image data: what would spoil a run, found before it.

Findings come in the order in which they are cheap: what the items alone tell, then what the file headers
tell, then copies. An error is only what stops training or makes its result worthless. No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from studio.dataset.duplicates import exact_duplicates
from studio.dataset.headers import Header, look
from studio.engine.messages import Finding
from studio.problems.base import Dataset
from studio.problems.image_classification.copy_checks import copy_findings
from studio.problems.image_classification.file_checks import file_findings
from studio.problems.image_classification.set_checks import set_findings
from studio.recipe.schema import Recipe

THREADS = 4

Progress = Callable[[str, int, int], None]


def no_progress(text: str, done: int, total: int) -> None:
    """Tell nobody."""


def check(
    dataset: Dataset, recipe: Recipe, root: Path, progress: Progress = no_progress
) -> Iterator[Finding]:
    """Yield findings as they are known.

    Parameters
    ----------
    root : Path
        The absolute data root.
    progress : callable
        Told (text, done, total); what it raises ends the check.
    """
    yield from set_findings(dataset, recipe)
    headers = read_headers(dataset, root, progress)
    yield from file_findings(headers, recipe)
    readable = [key for key, header in headers.items() if not header.trouble]
    groups = exact_duplicates(root, readable, lambda done, total: progress("Looking for copies", done, total))
    yield from copy_findings(dataset, groups)


def read_headers(dataset: Dataset, root: Path, progress: Progress = no_progress) -> Mapping[str, Header]:
    """Look at every item's file, several at a time, in the items' order."""
    keys = [item.key for item in dataset.items]
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="headers")
    headers: dict[str, Header] = {}
    try:
        for key, header in zip(keys, pool.map(look, (root / key for key in keys)), strict=True):
            headers[key] = header
            progress("Looking at images", len(headers), len(keys))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return headers
