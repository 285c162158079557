"""What the columns of a table tell: roles, cells that do not fit, ids, constants, gaps. No torch, no pandas, no Qt."""

from __future__ import annotations

from collections.abc import Iterator

from studio.engine.messages import Finding, Fix
from studio.problems.tabular.findings import finding, leave_out, many, rows
from studio.problems.tabular.options import Options, joined, listed
from studio.problems.tabular.plan import Plan
from studio.problems.tabular.profiles import Profile
from studio.problems.tabular.roles import useless

HALF = 0.5
MANY_CLASSES = 100


def column_findings(plan: Plan, options: Options) -> Iterator[Finding]:
    """Yield what is worth knowing about columns, the target first."""
    yield from _target(plan)
    yield _roles(plan)
    yield from _useless(plan, options)
    for name in plan.named("categorical", "continuous", "date"):
        yield from _cells(plan, plan.profiles[name])
        yield from _gaps(plan.profiles[name])
        yield from _nearly(plan.profiles[name], options)


def _target(plan: Plan) -> Iterator[Finding]:
    seen = plan.profiles[plan.target]
    if seen.kind == "text" and plan.task == "classification" and seen.nearly >= HALF:
        yield finding(
            "target_nearly_numbers",
            "warning",
            f"{seen.nearly:.0%} of the target “{plan.target}” are numbers, the rest words",
            "It is taken for classes. If it is a number, rows with anything else can be left out.",
            fix=Fix("Predict a number", {"task": "regression"}),
        )
    if plan.task == "classification" and seen.kind == "number" and seen.distinct > MANY_CLASSES:
        yield finding(
            "many_classes",
            "warning",
            f"The target “{plan.target}” has {seen.distinct:,} different numbers, each taken for a class",
            "A number is better predicted as one.",
            fix=Fix("Predict a number", {"task": "regression"}),
        )


def _roles(plan: Plan) -> Finding:
    kinds = (
        ("categories", plan.named("categorical")),
        ("numbers", plan.named("continuous")),
        ("dates", plan.named("date")),
    )
    lines = [f"{words}: {', '.join(names)}" for words, names in kinds if names]
    what = "the class" if plan.task == "classification" else "the number"
    title = f"Predict {what} “{plan.target}” from {many(sum(len(n) for _, n in kinds), 'column')}"
    return finding("roles", "info", title, "; ".join(lines) + ".")


def _useless(plan: Plan, options: Options) -> Iterator[Finding]:
    for name in plan.named("ignored"):
        why = plan.roles[name].why
        if useless(plan.profiles[name]) == why and name not in listed(options.ignore):
            yield finding(
                "column_left_out",
                "info",
                f"“{name}” is left out: {why}",
                "Name it as a category or a number to use it all the same.",
                [name],
            )
    for name in plan.named("categorical", "continuous"):
        why = useless(plan.profiles[name])
        if why:
            meaning = "It cannot help, and a model that learns rows by heart looks better than it is."
            yield finding(
                "useless_column",
                "warning",
                f"“{name}” is used, though {why}",
                meaning,
                [name],
                leave_out([name], options),
            )


def _cells(plan: Plan, seen: Profile) -> Iterator[Finding]:
    lines = [row.line for row in plan.table.rows]
    kind = {"number": "numbers", "date": "dates"}.get(seen.kind, "")
    if seen.odd:
        said = plan.table.rows[seen.odd[0]].cells[plan.table.index(seen.name)]
        yield finding(
            "mixed_column",
            "warning",
            f"{many(len(seen.odd), 'cell')} of “{seen.name}” {'is' if len(seen.odd) == 1 else 'are'} not {kind}",
            f"The first says “{said}”. They count as empty.",
            rows(lines[place] for place in seen.odd),
        )
    if seen.infinite:
        verb = "is" if len(seen.infinite) == 1 else "are"
        yield finding(
            "infinite_cells",
            "warning",
            f"{many(len(seen.infinite), 'cell')} of “{seen.name}” {verb} infinite",
            "Nothing can be learned from an infinite number. They count as empty.",
            rows(lines[place] for place in seen.infinite),
        )


def _gaps(seen: Profile) -> Iterator[Finding]:
    if seen.missing > HALF * seen.rows:
        yield finding(
            "mostly_empty",
            "info",
            f"“{seen.name}” is empty in {seen.missing / seen.rows:.0%} of the rows",
            "Gaps of a column of numbers are filled by its median, and the model is told where they were.",
            [seen.name],
            count=seen.missing,
        )


def _nearly(seen: Profile, options: Options) -> Iterator[Finding]:
    if seen.kind == "text" and seen.nearly >= HALF:
        names = [*listed(options.continuous), seen.name]
        yield finding(
            "nearly_numbers",
            "warning",
            f"{seen.nearly:.0%} of “{seen.name}” are numbers, the rest words",
            "It is taken for categories. As numbers, cells with words would count as empty.",
            [seen.name],
            Fix("Take it as numbers", {"continuous": [joined([name]) for name in names]}),
        )
