"""What the names of classes tell, for every problem that has classes: variants of one name, names that say "missing".

No torch, no Qt.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from studio.engine.messages import Finding
from studio.problems.base import Dataset
from studio.problems.image_classification.findings import finding, leave_out, many, merged, quoted
from studio.recipe.schema import Recipe

MISSING_WORDS = ("na", "n/a", "nan", "null", "none", "nil", "?", "#n/a", "<na>", "missing", "unknown")
MOST_SKIPPED = 1000
_JOINT = re.compile(r"(?<=\w)[-_\s]+(?=\w)")

Named = Callable[[Sequence[str]], list[str]]


def as_they_are(keys: Sequence[str]) -> list[str]:
    """Items by their keys."""
    return list(keys)


def name_variants(dataset: Dataset, recipe: Recipe, things: str = "photos") -> Iterator[Finding]:
    """Classes that differ in spaces, hyphens or capitals only; the commonest way of writing wins."""
    counts = Counter(str(item.target) for item in dataset.items)
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(dataset.classes, key=lambda name: (-counts[name], name)):
        groups[_JOINT.sub(" ", " ".join(name.casefold().split()))].append(name)
    variants = [names for names in groups.values() if len(names) > 1]
    if variants:
        yield finding(
            "class_name_variants",
            "warning",
            f"Class names that differ only in spaces or capitals: {quoted(variants[0])}",
            f"They are taken for different classes, and none of them gets the {things} of both.",
            [quoted(names) for names in variants],
            merged(recipe, variants),
        )


def named_missing(
    dataset: Dataset, thing: str = "photo", things: str = "photos", named: Named = as_they_are
) -> Iterator[Finding]:
    """A class called NA may be a class, or say that nobody knows."""
    keys = [item.key for item in dataset.items if str(item.target).casefold() in MISSING_WORDS]
    if keys:
        names = sorted({str(item.target) for item in dataset.items} & _missing_names(dataset))
        yield finding(
            "class_named_missing",
            "warning",
            f"{many(len(keys), thing, things)} in the class {quoted(names)}",
            f"It is taken for a class of its own. If it says that the class is not known, leave these {things} out.",
            named(keys),
            leave_out(keys) if len(keys) <= MOST_SKIPPED else None,
        )


def _missing_names(dataset: Dataset) -> set[str]:
    return {name for name in dataset.classes if name.casefold() in MISSING_WORDS}
