"""Sentences of the Data page. Pure: no widgets.

Must not import: torch, pages, Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.engine import messages as m
from studio.ui.widgets.words import plural

UNBALANCED = 1.5  # the largest class over the smallest one from which it is worth a word
_LOOKING = {"Scan": "Counting the items", "Check": "Looking for trouble", "Preview": "Drawing a batch"}


def found_words(scan: m.Scanned | None) -> str:
    """``397 found in 2 classes · 1 left out``."""
    if scan is None:
        return ""
    total, classes = scan.n_train + scan.n_valid, len(scan.classes)
    out = f" · {len(scan.left_out):,} left out" if scan.left_out else ""
    among = f" in {plural(classes, 'class', 'classes')}" if classes else ""
    return f"{total:,} found{among}{out}"


def split_words(scan: m.Scanned | None) -> str:
    """``244 train · 153 validation``."""
    return "" if scan is None else f"{scan.n_train:,} train · {scan.n_valid:,} validation"


def balance_words(classes: Sequence[m.ClassCount]) -> str:
    """Whether the classes have about as many items."""
    totals = [c.train + c.valid for c in classes]
    if len(totals) < 2:
        return ""
    if min(totals) > 0 and max(totals) <= UNBALANCED * min(totals):
        return "balanced"
    return "unbalanced, trains anyway"


def looking(job_what: str) -> str:
    """What a job does that looks at the data; empty for other jobs."""
    return _LOOKING.get(job_what, "")


def all_fine(scan: m.Scanned) -> tuple[str, str]:
    """Title and sentence where the checks found nothing wrong."""
    total = scan.n_train + scan.n_valid
    return (
        "All is fine",
        f"{total:,} items were checked: {scan.n_train:,} train the model, {scan.n_valid:,} judge it.",
    )


def by_severity(findings: Sequence[m.Finding]) -> tuple[m.Finding, ...]:
    """Errors first, then warnings, then what is only worth knowing."""
    order = ("error", "warning", "info")
    return tuple(f for level in order for f in findings if f.severity == level)


def count_words(findings: Sequence[m.Finding]) -> str:
    """``1 error, 2 warnings``; empty where there are neither."""
    parts = []
    for level, word in (("error", "error"), ("warning", "warning")):
        count = sum(1 for f in findings if f.severity == level)
        if count:
            parts.append(plural(count, word))
    return ", ".join(parts)


def more_items(finding: m.Finding) -> str:
    """``and 12 more``, where not all items are named."""
    rest = max(finding.count, len(finding.items)) - len(finding.items)
    return f"and {rest:,} more" if rest > 0 else ""


def short_path(path: Path) -> Path:
    """With ``~`` for the person's own folder."""
    try:
        return Path("~") / path.relative_to(Path.home())
    except ValueError:
        return path
