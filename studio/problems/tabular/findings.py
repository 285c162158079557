"""Making findings about rows and columns: the first named, all counted, a fix in the words of `--set`. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from studio.engine.messages import Finding, Fix, Severity
from studio.problems.tabular.options import Options, joined, listed

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


def rows(lines: Iterable[int | str]) -> list[str]:
    """Rows by their numbers."""
    return [f"row {line}" for line in lines]


def leave_out(names: Sequence[str], options: Options) -> Fix:
    """A fix that keeps columns from the model, besides those left out already."""
    already = listed(options.ignore)
    all_names = [*already, *(name for name in names if name not in already)]
    label = f"Leave out {quoted(names)}"
    return Fix(label, {"ignore": [joined([name]) for name in all_names]})


def quoted(names: Sequence[str], most: int = 5) -> str:
    """Names in quotation marks for a sentence."""
    shown = ", ".join(f"“{name}”" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def many(n: int, one: str, more: str = "") -> str:
    """`1 row`, `3 rows`."""
    return f"{n:,} {one if n == 1 else more or one + 's'}"
