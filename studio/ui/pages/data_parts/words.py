"""Sentences of the Data page. Pure: no widgets.

Must not import: torch, pages, Qt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from studio.dataset.images import is_image_name
from studio.engine import messages as m
from studio.recipe.fields import Field
from studio.ui.widgets.words import plural

UNBALANCED = 1.5  # the largest class over the smallest one from which it is worth a word
_LOOKING = {"Scan": "Counting the items", "Check": "Looking for trouble", "Preview": "Drawing a batch"}


def found_words(scan: m.Scanned | None, part: str = "class", parts: str = "classes") -> str:
    """``397 found in 2 classes · 1 left out``, or ``with 4 points``; few that are left out have names, all count."""
    if scan is None:
        return ""
    total, classes = scan.n_train + scan.n_valid, len(scan.classes)
    n_out = max(scan.n_left_out, len(scan.left_out))
    out = f" · {n_out:,} left out" if n_out else ""
    among = f" {'in' if part == 'class' else 'with'} {plural(classes, part, parts)}" if classes else ""
    return f"{total:,} found{among}{out}"


def split_words(scan: m.Scanned | None) -> str:
    """``244 train · 153 validation``, and ``in 31 + 8 groups`` where groups are kept whole."""
    if scan is None:
        return ""
    groups = f" · in {scan.train_groups:,} + {scan.valid_groups:,} groups" if scan.train_groups else ""
    return f"{scan.n_train:,} train · {scan.n_valid:,} validation{groups}"


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


def severity_choices(findings: Sequence[m.Finding]) -> list[tuple[str, str]]:
    """Key and words of a filter: ``("all", "All 5")``, then each severity that there is with its count."""
    names = (("error", "Errors"), ("warning", "Warnings"), ("info", "Notes"))
    counts = [(key, word, sum(f.severity == key for f in findings)) for key, word in names]
    return [("all", f"All {len(findings)}"), *((key, f"{word} {n}") for key, word, n in counts if n)]


def picture_keys(items: Sequence[str]) -> tuple[str, ...]:
    """The photos named in the lines of a finding: ``a/1.jpg (why)``, ``a/1.jpg = b/2.jpg``, ``a/1.jpg ≈ b/2.jpg``."""
    parts = (part.strip() for line in items for part in re.split(" [=≈] ", line))
    names = (part if is_image_name(part) else part.rpartition(" (")[0] for part in parts)
    return tuple(dict.fromkeys(name for name in names if is_image_name(name)))


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


def complaints(refused: Mapping[str, str], failed: m.Failed | None) -> dict[str, str]:
    """What is wrong with each field: an edit that was refused, or what the data cannot be read with."""
    about = failed.fix.partition("=")[0] if failed is not None else ""
    return {**({about: failed.message} if failed is not None and about else {}), **refused}


def mend(failed: m.Failed, fields: Sequence[Field]) -> tuple[str, dict[str, str]]:
    """The words of a button that mends what failed, and the edit it makes; empty where a person must decide."""
    name, equals, value = failed.fix.partition("=")
    field = next((field for field in fields if field.name == name), None)
    if field is None or not equals:
        return "", {}
    return f"{field.title}: {field.choices.get(value, value).lower()}", {name: value}


def short_path(path: Path) -> Path:
    """With ``~`` for the person's own folder."""
    try:
        return Path("~") / path.relative_to(Path.home())
    except ValueError:
        return path
