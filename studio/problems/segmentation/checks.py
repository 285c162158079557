"""The doctor of photos with masks: what would spoil a run, found before it. No torch, no Qt.

Findings come in the order in which they are cheap: what the names tell, the photos' headers, every mask, copies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from studio.dataset.duplicates import exact_duplicates
from studio.engine.messages import Finding
from studio.errors import UserError
from studio.problems.base import Dataset
from studio.problems.image_classification.checks import read_headers
from studio.problems.image_classification.file_checks import file_findings
from studio.problems.image_classification.findings import finding
from studio.problems.segmentation.items import codes_for
from studio.problems.segmentation.mask_checks import mask_findings
from studio.problems.segmentation.set_checks import copy_findings, set_findings
from studio.recipe.schema import Recipe

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
    try:
        codes = codes_for(recipe, root)
    except UserError as error:
        yield finding("classes", "error", error.message, error.hint)
        return
    yield from mask_findings(dataset, headers, codes, root, progress)
    readable = [key for key, header in headers.items() if not header.trouble]
    groups = exact_duplicates(root, readable, lambda done, total: progress("Looking for copies", done, total))
    yield from copy_findings(dataset, groups)
