"""The doctor of photos with masks: what would spoil a run, found before it. No torch, no Qt.

Findings come in the order in which they are cheap: what the names tell, the photos' headers, every mask, copies.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from studio.dataset.facts import Progress
from studio.dataset.facts import no_progress as no_progress
from studio.dataset.scan_cache import NO_CACHE, ScanCache
from studio.engine.messages import Finding
from studio.errors import UserError
from studio.problems.base import Dataset
from studio.problems.image_classification.checks import copies, read_headers
from studio.problems.image_classification.file_checks import file_findings
from studio.problems.image_classification.findings import finding
from studio.problems.segmentation.items import codes_for
from studio.problems.segmentation.mask_checks import mask_findings
from studio.problems.segmentation.set_checks import copy_findings, film_findings, set_findings
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
    yield from tuple(group_findings(dataset, recipe)) or film_findings(dataset)
    headers = read_headers(dataset, root, progress, cache)
    yield from file_findings(headers, recipe)
    try:
        codes = codes_for(recipe, root)
    except UserError as error:
        yield finding("classes", "error", error.message, error.hint)
        return
    yield from mask_findings(dataset, headers, codes, root, progress, cache)
    readable = [key for key, header in headers.items() if not header.trouble]
    groups = copies(root, readable, progress, cache)
    yield from copy_findings(dataset, groups)
    yield from look_alike_findings(dataset, root, readable, groups, progress, cache, judge_classes=False)
