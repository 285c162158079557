"""The doctor of tables: what would spoil a run, found before it.

First how the table was read, then what its columns are, then the sets, then leaks, then copies across the split. An
error is only what stops training or makes its result worthless. No torch, no pandas, no Qt.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from studio.dataset.splitting import NO_TIME
from studio.dataset.table_reading import reading_of
from studio.dataset.tables import Table
from studio.engine.messages import Finding, Fix
from studio.problems.base import Dataset
from studio.problems.label_checks import MOST_SKIPPED, name_variants, named_missing
from studio.problems.table_checks import decimal_findings, form_findings
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
GROUP_NAME = re.compile(
    r"(^|[\W_])(patient|subject|person|participant|customer|client|user|member|household|family|animal|speaker|session|"
    r"device|sensor|machine|store|shop|site|station|school|hospital|account|group|company)s?([\W_]?(id|nr|no|name|key))?$",
    re.IGNORECASE,
)
FEWEST_GROUPS = 10


def no_progress(text: str, done: int, total: int) -> None:
    """Tell nobody."""


def check(
    dataset: Dataset, recipe: Recipe, root: Path, progress: Progress = no_progress
) -> Iterator[Finding]:
    """Yield findings as they are known; see `studio.problems.base`."""
    from studio.problems.tabular import PROBLEM

    plan, options = plan_of(recipe, root), PROBLEM.options_of(recipe)
    yield from _reading(plan.table)
    reading = reading_of(options)
    yield from form_findings(plan.table, reading)
    yield from decimal_findings(plan.table, plan.profiles, reading)
    yield from _rows_left_out(dataset, plan)
    yield from column_findings(plan, options)
    yield from _sets(dataset, recipe)
    yield from leak_findings(dataset, plan, options, progress)
    yield from _copies(dataset, plan)
    yield from _time(plan, recipe)
    yield from _groups(dataset, plan, recipe)


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
    for why, severity in (
        (NO_TARGET, "warning"),
        (NO_NUMBER, "warning"),
        (NO_SIDE, "warning"),
        (NO_TIME, "warning"),
    ):
        keys = [key for key, reason in dataset.left_out if reason == why]
        if keys:
            yield finding(
                "rows_left_out",
                severity,  # type: ignore[arg-type]
                f"{many(len(keys), 'row')} left out: {why}",
                f"A row without a usable “{plan.target}” can neither teach nor judge."
                if why not in (NO_SIDE, NO_TIME)
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
    yield from small_for_batch(dataset, recipe)


def small_for_batch(dataset: Dataset, recipe: Recipe, thing: str = "row") -> Iterator[Finding]:
    """A batch that is larger than what there is to train on."""
    n_train = len(dataset.train())
    wanted = [stage.batch_size for stage in recipe.training.stages if isinstance(stage.batch_size, int)]
    if n_train and wanted and max(wanted) > n_train:
        yield finding(
            "fewer_than_batch",
            "warning",
            f"{many(n_train, f'training {thing}')} for a batch of {max(wanted)}",
            f"A step needs a whole batch, so that the batch is lowered to {n_train}: one step an epoch.",
            fix=Fix("Choose the batch automatically", {"batch_size": "auto"}),
            count=n_train,
        )


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
    yield from named_missing(dataset, "row", "rows", rows)
    yield from name_variants(dataset, recipe, "rows")
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
            Fix("Leave out the copies", {"skip": copies}) if len(copies) <= MOST_SKIPPED else None,
        )


def _time(plan: Plan, recipe: Recipe) -> Iterator[Finding]:
    dates = plan.named("date")
    if dates and recipe.data.split.kind in ("random", "stratified"):
        yield finding(
            "time",
            "info",
            f"Rows have a date, {quoted(dates)}, and validation rows are drawn at random",
            "Neighbours in time fall on both sides. To know how well the future is predicted, keep the latest rows for "
            "validation.",
            dates,
            Fix("Keep the latest rows for validation", {"split": "time", "time": dates[0]}),
        )


def _groups(dataset: Dataset, plan: Plan, recipe: Recipe) -> Iterator[Finding]:
    """Several rows of one person or thing, on both sides."""
    if recipe.data.split.kind not in ("random", "stratified", "hash"):
        return
    at = {str(row.line): place for place, row in enumerate(plan.table.rows)}
    for name in plan.table.columns:
        cells = plan.table.values(name)
        if name == plan.target or not GROUP_NAME.search(name) or not _is_grouping(cells):
            continue
        sides: dict[bool, set[str]] = {
            side: {cells[at[item.key]] for item in dataset.items if item.valid == side} - {""}
            for side in (False, True)
        }
        shared = sorted(sides[False] & sides[True])
        if shared:
            yield finding(
                "groups_on_both_sides",
                "warning",
                f"“{name}” has several rows each, and {many(len(shared), 'group')} on both sides",
                "Rows of one person, place or device are alike: the score is better than it will be on a new one.",
                shared,
                Fix(f"Keep each “{name}” whole", {"split": "group", "group": name}),
            )


def _is_grouping(cells: Sequence[str]) -> bool:
    """Whether a column names things that have a few rows each: neither one row for each, nor a few categories."""
    sizes = Counter(cell for cell in cells if cell)
    n_items = sum(sizes.values())
    return len(sizes) >= FEWEST_GROUPS and n_items >= 2 * len(sizes) and max(sizes.values()) <= n_items // 4
