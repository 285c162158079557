"""The doctor of tables: what would spoil a run, found before it.

First how the table was read, then what its columns are, then the sets, then leaks, then copies across the split. An
error is only what stops training or makes its result worthless. No torch, no pandas, no Qt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from studio.dataset.tables import Table
from studio.engine.messages import Finding, Fix
from studio.problems.base import Dataset
from studio.problems.tabular import source
from studio.problems.tabular.column_checks import column_findings
from studio.problems.tabular.findings import finding, many, quoted, rows
from studio.problems.tabular.items import NO_NUMBER, NO_SIDE, NO_TARGET, only_in_validation
from studio.problems.tabular.leak_checks import leak_findings
from studio.problems.tabular.plan import Plan, plan_of
from studio.recipe.schema import Recipe

Progress = Callable[[str, int, int], None]
STRATIFY = Fix("Keep a share of every class", {"split": "stratified"})
UNBALANCED_RATIO = 10.0


def no_progress(text: str, done: int, total: int) -> None:
    """Tell nobody."""


def check(
    dataset: Dataset, recipe: Recipe, root: Path, progress: Progress = no_progress
) -> Iterator[Finding]:
    """Yield findings as they are known; see `studio.problems.base`."""
    from studio.problems.tabular import PROBLEM

    plan, options = plan_of(recipe, root), PROBLEM.options_of(recipe)
    yield from _reading(plan.table)
    yield from _rows_left_out(dataset, plan)
    yield from column_findings(plan, options)
    yield from _sets(dataset, recipe)
    yield from leak_findings(dataset, plan, options, progress)
    yield from _copies(dataset, plan)
    yield from _time(plan, recipe)


def _reading(table: Table) -> Iterator[Finding]:
    yield finding(
        "table",
        "info",
        f"{table.path.name}: {many(len(table.rows), 'row')}, {many(len(table.columns), 'column')}",
        f"It is {source.described(table)}.",
        count=len(table.rows),
    )
    if table.bad:
        yield finding(
            "bad_rows",
            "warning",
            f"{many(len(table.bad), 'row')} cannot be read",
            f"They are left out. The first: row {table.bad[0][0]}, {table.bad[0][1]}.",
            rows(line for line, _ in table.bad),
        )
    if table.padded:
        yield finding(
            "padded_cells",
            "info",
            f"Cells with spaces around them in {many(len(table.padded), 'row')}",
            "The spaces are not counted: “ Private” and “Private” are one category.",
            rows(table.padded),
        )


def _rows_left_out(dataset: Dataset, plan: Plan) -> Iterator[Finding]:
    for why, severity in ((NO_TARGET, "warning"), (NO_NUMBER, "warning"), (NO_SIDE, "warning")):
        keys = [key for key, reason in dataset.left_out if reason == why]
        if keys:
            yield finding(
                "rows_left_out",
                severity,  # type: ignore[arg-type]
                f"{many(len(keys), 'row')} left out: {why}",
                f"A row without a usable “{plan.target}” can neither teach nor judge."
                if why != NO_SIDE
                else "Such a row neither trains nor judges.",
                rows(keys),
            )


def _sets(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    train, valid = dataset.train(), dataset.valid()
    if not train or not valid:
        yield finding(
            "empty_set",
            "error",
            f"The {'training' if not train else 'validation'} set is empty",
            "Nothing is left to learn from." if not train else "Nothing is left to judge the model by.",
            fix=Fix("Keep a random share of the rows", {"split": "random", "valid_pct": 0.2}),
        )
    if dataset.classes:
        yield from _classes(dataset, recipe)


def _classes(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    counts = Counter(str(item.target) for item in dataset.items)
    fix = STRATIFY if recipe.data.split.kind != "stratified" else None
    if len(counts) == 1:
        yield finding(
            "one_class",
            "error",
            "Every row has the same class",
            "There is nothing to tell apart. Choose another target column.",
        )
    unseen = only_in_validation(dataset) if dataset.train() else ()
    if unseen:
        meaning = "The model never sees such a row in training. Training does not start."
        yield finding(
            "class_only_in_validation", "error", f"Only in validation: {quoted(unseen)}", meaning, unseen, fix
        )
    single = sorted(name for name, n in counts.items() if n == 1)
    if single and len(counts) > 1:
        title = f"{many(len(single), 'class has', 'classes have')} a single row: {quoted(single)}"
        yield finding("single_item_class", "warning", title, "One row cannot both teach and judge.", single)
    (most, n_most), (least, n_least) = counts.most_common()[0], counts.most_common()[-1]
    if n_most >= UNBALANCED_RATIO * n_least:
        title = f"“{most}” has {n_most / n_least:.0f} times as many rows as “{least}”"
        yield finding(
            "unbalanced",
            "info",
            title,
            "Judge the model by each class's own score rather than by accuracy alone.",
            [most, least],
        )


def _copies(dataset: Dataset, plan: Plan) -> Iterator[Finding]:
    """Rows that are word for word the same on both sides."""
    names = [*plan.named("categorical", "continuous", "date"), plan.target]
    at = [plan.table.index(name) for name in names]
    cells = {str(row.line): tuple(row.cells[place] for place in at) for row in plan.table.rows}
    trained = {cells[item.key] for item in dataset.train()}
    copies = [item.key for item in dataset.valid() if cells[item.key] in trained]
    if copies:
        yield finding(
            "copies_across_sets",
            "warning",
            f"{many(len(copies), 'validation row')} also in training",
            f"The model has seen them with their answer: {len(copies) / len(dataset.valid()):.1%} of them "
            "judge nothing. Leave them out, unless equal rows are to be expected.",
            rows(copies),
            Fix("Leave out the copies", {"skip": copies}) if len(copies) <= 1000 else None,
        )


def _time(plan: Plan, recipe: Recipe) -> Iterator[Finding]:
    dates = plan.named("date")
    if dates and recipe.data.split.kind in ("random", "stratified"):
        yield finding(
            "time",
            "info",
            f"Rows have a date, {quoted(dates)}, and validation rows are drawn at random",
            "Neighbours in time fall on both sides. To know how well the future is predicted, name a column that keeps "
            "the latest rows for validation.",
            dates,
        )
