"""Making findings: the first items named, all counted, and a fix in the words of `--set`. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Sequence

from studio.dataset.merging import with_merges
from studio.engine.messages import Finding, Fix, Severity
from studio.recipe.schema import Recipe

SHOWN = 20


def finding(
    code: str,
    severity: Severity,
    title: str,
    meaning: str,
    items: Sequence[str] = (),
    fix: Fix | None = None,
    count: int | None = None,
) -> Finding:
    """A finding that names the first 20 of `items` and counts all."""
    return Finding(
        code, severity, title, meaning, tuple(items[:SHOWN]), len(items) if count is None else count, fix
    )


def leave_out(keys: Sequence[str], label: str = "Leave them out") -> Fix:
    """A fix that adds keys to the recipe's `skip`."""
    return Fix(label if len(keys) != 1 else label.replace("them", "it"), {"skip": list(keys)})


def merged(recipe: Recipe, groups: Sequence[Sequence[str]]) -> Fix:
    """A fix that makes one class of the names in each group: the first."""
    label = f"Make it one class, “{groups[0][0]}”" if len(groups) == 1 else "Make one class of each"
    return Fix(label, {"merge": with_merges(str(recipe.options.get("merge", "")), groups)})


def weigh(recipe: Recipe) -> Fix | None:
    """The offer to let rare classes count more, where they do not yet."""
    is_weighted = recipe.options.get("class_weights", "none") != "none"
    return None if is_weighted else Fix("Let rare classes count more", {"class_weights": "balanced"})


STRATIFY = Fix("Keep a share of every class", {"split": "stratified"})


def many(n: int, one: str, more: str = "") -> str:
    """`1 image`, `3 images`."""
    return f"{n:,} {one if n == 1 else more or one + 's'}"


def quoted(names: Sequence[str], most: int = 5) -> str:
    """Names in quotation marks for a sentence."""
    shown = ", ".join(f"“{name}”" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
