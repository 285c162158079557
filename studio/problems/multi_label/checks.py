"""The doctor of tagged photos: what would spoil a run, found before it.

Findings come in the order in which they are cheap: what the items and the table's cells tell, then what the file
headers tell, then copies. No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from studio.dataset.facts import Progress
from studio.dataset.facts import no_progress as no_progress
from studio.dataset.scan_cache import NO_CACHE, ScanCache
from studio.dataset.table_reading import reading_of
from studio.engine.messages import Finding
from studio.problems.base import Dataset
from studio.problems.image_classification.checks import copies, read_headers
from studio.problems.image_classification.copy_checks import copy_findings
from studio.problems.image_classification.file_checks import file_findings
from studio.problems.multi_label.cell_checks import cell_findings
from studio.problems.multi_label.items import options_of
from studio.problems.multi_label.tag_checks import tag_findings
from studio.problems.table_checks import reading_findings
from studio.problems.vision.leak_checks import group_findings, look_alike_findings
from studio.recipe.schema import Recipe

COPY_WORDS = {
    "copies_with_other_class": (
        "with different tags",
        "Copies of the same photo have different tags: one of them teaches the wrong thing.",
    ),
    "repeated": (
        "more than once with the same tags",
        "Copies count more than other photos. One of each is enough.",
    ),
}
"""By the code of the finding: how its title ends, and what it means, where photos have tags."""


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
    yield from tag_findings(dataset, recipe)
    if options_of(recipe).labels != "folders":
        yield from reading_findings(root / options_of(recipe).table, reading_of(options_of(recipe)))
    yield from cell_findings(dataset, recipe, root)
    yield from group_findings(dataset, recipe)
    headers = read_headers(dataset, root, progress, cache)
    yield from file_findings(headers, recipe)
    readable = [key for key, header in headers.items() if not header.trouble]
    groups = copies(root, readable, progress, cache)
    for found in copy_findings(dataset, groups):
        yield in_tags(found)
    yield from look_alike_findings(dataset, root, readable, groups, progress, cache)


def in_tags(found: Finding) -> Finding:
    """A finding about copies in the words of tags."""
    ending, meaning = COPY_WORDS.get(found.code, ("", ""))
    if not ending:
        return found
    count, thing = found.title.split(" ")[:2]
    return msgspec.structs.replace(found, title=f"{count} {thing} {ending}", meaning=meaning)
