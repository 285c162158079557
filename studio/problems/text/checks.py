"""The doctor of texts: what would spoil a run, found before it.

First how the data was read, then the sets and classes, then the texts themselves, then copies and leaks. An error is
only what stops training or makes its result worthless. No torch, no pandas, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from studio.dataset.letter_encodings import encoding_title
from studio.dataset.table_reading import reading_of
from studio.dataset.tables import Table
from studio.engine.messages import Finding, Fix
from studio.problems.base import Dataset
from studio.problems.table_checks import form_findings
from studio.problems.tabular import source as tables
from studio.problems.tabular.checks import small_for_batch
from studio.problems.tabular.findings import finding, many
from studio.problems.text.copy_checks import copy_findings
from studio.problems.text.items import EMPTY, NO_LABEL, SKIPPED, Plan, plan_of
from studio.problems.text.label_checks import label_findings
from studio.problems.text.sources import UTF8
from studio.problems.text.text_checks import text_findings
from studio.problems.text.wikitext import ARCH
from studio.recipe.schema import Recipe

Progress = Callable[[str, int, int], None]


def no_progress(text: str, done: int, total: int) -> None:
    """Tell nobody."""


def check(
    dataset: Dataset, recipe: Recipe, root: Path, progress: Progress = no_progress
) -> Iterator[Finding]:
    """Yield findings as they are known; see `studio.problems.base`."""
    plan = plan_of(recipe, root)
    yield from _settings(plan)
    yield from _reading(plan)
    yield from _left_out(dataset, plan)
    yield from _sets(dataset)
    yield from small_for_batch(dataset, recipe, "text")
    if plan.is_class:
        yield from label_findings(dataset, recipe, plan)
    progress("Reading the texts", 0, 0)
    yield from text_findings(dataset, plan, progress)
    progress("Looking for copies", 0, 0)
    yield from copy_findings(dataset, plan, progress)


def _settings(plan: Plan) -> Iterator[Finding]:
    """Choices that do not go together."""
    if plan.options.weights == "wikitext" and plan.options.arch != ARCH:
        yield finding(
            "weights_of_another_network",
            "error",
            "The WikiText weights are of the full AWD-LSTM",
            "They do not fit a smaller network. Training does not start.",
            fix=Fix("Take the full AWD-LSTM", {"arch": ARCH}),
        )


def _reading(plan: Plan) -> Iterator[Finding]:
    yield from _of_files(plan) if plan.source.table is None else _of_table(plan, plan.source.table)


def _of_files(plan: Plan) -> Iterator[Finding]:
    texts = plan.source.texts
    yield finding("texts", "info", many(len(texts), "text file"), "One text each.", count=len(texts))
    odd = [f"{text.key} ({encoding_title(text.encoding)})" for text in texts if text.encoding != UTF8]
    if odd:
        yield finding(
            "encoding",
            "warning",
            f"{many(len(odd), 'file')} not in UTF-8",
            "How their letters are written was guessed. Look at a few for odd ones; saving them as UTF-8 is certain.",
            odd,
        )


def _of_table(plan: Plan, table: Table) -> Iterator[Finding]:
    source = plan.source
    label = f", labels in “{source.label_column}”" if source.label_column else ""
    yield finding(
        "table",
        "info",
        f"{table.path.name}: {many(len(table.rows), 'row')}, texts in “{source.text_column}”{label}",
        f"It is {tables.described(table)}.",
        count=len(table.rows),
    )
    yield from form_findings(table, reading_of(plan.options))
    if table.bad:
        line, why = table.bad[0]
        yield finding(
            "bad_rows",
            "warning",
            f"{many(len(table.bad), 'row')} cannot be read",
            f"They are left out. The first: row {line}, {why}.",
            [f"row {line}" for line, _ in table.bad],
        )
    if table.padded:
        yield finding(
            "padded_cells",
            "info",
            f"Cells with spaces around them in {many(len(table.padded), 'row')}",
            "The spaces are not counted: “ good” and “good” are one label.",
            [f"row {line}" for line in table.padded],
        )


def _left_out(dataset: Dataset, plan: Plan) -> Iterator[Finding]:
    """What was found and is not used, by its reason."""
    by_reason: dict[str, list[str]] = {}
    in_table = {str(line) for line, _ in plan.source.table.bad} if plan.source.table is not None else set()
    for key, why in dataset.left_out:
        if why != SKIPPED and key not in in_table:
            by_reason.setdefault(why, []).append(plan.named(key))
    empty, unlabelled = by_reason.pop(EMPTY, []), by_reason.pop(NO_LABEL, [])
    if empty:
        yield finding(
            "empty_texts",
            "warning",
            f"{many(len(empty), 'empty text')} left out",
            "A text without a letter can neither teach nor judge.",
            empty,
        )
    if unlabelled:
        yield finding(
            "unlabelled",
            "info",
            f"{many(len(unlabelled), 'text')} without a label",
            "The language model reads them and learns from them; the classifier does not.",
            unlabelled,
        )
    for why, names in by_reason.items():
        title = f"{many(len(names), 'text')} left out: {why}"
        yield finding("left_out", "warning", title, "It is neither learned from nor judged by.", names)


def _sets(dataset: Dataset) -> Iterator[Finding]:
    train, valid = dataset.train(), dataset.valid()
    if not train or not valid:
        yield finding(
            "empty_set",
            "error",
            f"The {'training' if not train else 'validation'} set is empty",
            "Nothing is left to learn from." if not train else "Nothing is left to judge the model by.",
            fix=Fix("Keep a random share of the texts", {"split": "random", "valid_pct": 0.2}),
        )
