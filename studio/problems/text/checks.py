"""The doctor of texts: what would spoil a run, found before it.

First how the data was read, then the sets and classes, then the texts themselves, then copies and leaks. An error is
only what stops training or makes its result worthless. No torch, no pandas, no Qt.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from studio.engine.messages import Finding, Fix
from studio.problems.base import Dataset
from studio.problems.tabular import source as tables
from studio.problems.tabular.findings import finding, many, quoted
from studio.problems.text.items import EMPTY, NO_LABEL, Plan, only_in_validation, plan_of
from studio.problems.text.text_checks import text_findings
from studio.recipe.schema import Recipe

Progress = Callable[[str, int, int], None]
STRATIFY = Fix("Keep a share of every class", {"split": "stratified"})
UNBALANCED_RATIO = 10.0
FEW = 10
MOST_FIXED = 1000


def no_progress(text: str, done: int, total: int) -> None:
    """Tell nobody."""


def check(
    dataset: Dataset, recipe: Recipe, root: Path, progress: Progress = no_progress
) -> Iterator[Finding]:
    """Yield findings as they are known; see `studio.problems.base`."""
    plan = plan_of(recipe, root)
    yield from _reading(plan)
    yield from _left_out(dataset, plan)
    yield from _sets(dataset)
    if plan.is_class:
        yield from _classes(dataset, recipe)
        yield from _alike_labels(dataset)
    progress("Reading the texts", 0, 0)
    yield from text_findings(dataset, plan)
    progress("Looking for copies", 0, 0)
    yield from _copies(dataset, plan)


def named(plan: Plan, keys: Sequence[str]) -> list[str]:
    """Texts as people find them: rows by their numbers, files by their names."""
    return [f"row {key}" for key in keys] if plan.source.table is not None else list(keys)


def _reading(plan: Plan) -> Iterator[Finding]:
    source = plan.source
    if source.table is None:
        odd = [text.key for text in source.texts if not text.is_utf8]
        yield finding(
            "texts", "info", many(len(source.texts), "text file"), "One text each.", count=len(source.texts)
        )
        if odd:
            yield finding(
                "encoding",
                "warning",
                f"{many(len(odd), 'file')} not in UTF-8",
                "They are read as Windows-1252. Look at a few for odd letters; saving them as UTF-8 is certain.",
                odd,
            )
        return
    label = f", labels in “{source.label_column}”" if source.label_column else ""
    yield finding(
        "table",
        "info",
        f"{source.table.path.name}: {many(len(source.table.rows), 'row')}, texts in “{source.text_column}”{label}",
        f"It is {tables.described(source.table)}.",
        count=len(source.table.rows),
    )
    if source.table.bad:
        line, why = source.table.bad[0]
        yield finding(
            "bad_rows",
            "warning",
            f"{many(len(source.table.bad), 'row')} cannot be read",
            f"They are left out. The first: row {line}, {why}.",
            [f"row {line}" for line, _ in source.table.bad],
        )
    if source.table.padded:
        yield finding(
            "padded_cells",
            "info",
            f"Cells with spaces around them in {many(len(source.table.padded), 'row')}",
            "The spaces are not counted: “ good” and “good” are one label.",
            [f"row {line}" for line in source.table.padded],
        )


def _left_out(dataset: Dataset, plan: Plan) -> Iterator[Finding]:
    empty = [key for key, why in dataset.left_out if why == EMPTY]
    if empty:
        yield finding(
            "empty_texts",
            "warning",
            f"{many(len(empty), 'empty text')} left out",
            "A text without a letter can neither teach nor judge.",
            named(plan, empty),
        )
    unlabelled = [key for key, why in dataset.left_out if why == NO_LABEL]
    if unlabelled:
        yield finding(
            "unlabelled",
            "info",
            f"{many(len(unlabelled), 'text')} without a label",
            "The language model reads them and learns from them; the classifier does not.",
            named(plan, unlabelled),
        )


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


def _classes(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    counts = Counter(str(item.target) for item in dataset.items)
    if len(counts) == 1:
        yield finding(
            "one_class",
            "error",
            "Every text has the same label",
            "There is nothing to tell apart. Name another column, or train a language model only.",
            fix=Fix("Train a language model only", {"task": "language_model"}),
        )
        return
    unseen = only_in_validation(dataset) if dataset.train() else ()
    if unseen:
        fix = STRATIFY if recipe.data.split.kind != "stratified" else None
        meaning = "The model never sees such a text in training. Training does not start."
        yield finding(
            "class_only_in_validation", "error", f"Only in validation: {quoted(unseen)}", meaning, unseen, fix
        )
    few = sorted(name for name, n in counts.items() if n < FEW)
    if few:
        yield finding(
            "near_empty_classes",
            "warning",
            f"{many(len(few), 'class has', 'classes have')} fewer than {FEW} texts: {quoted(few)}",
            "Too few to learn from, and to judge by. Add texts, or put such classes together.",
            few,
        )
    ranked = counts.most_common()
    if ranked and ranked[0][1] >= UNBALANCED_RATIO * ranked[-1][1]:
        yield finding(
            "unbalanced",
            "info",
            f"“{ranked[0][0]}” has {ranked[0][1] / ranked[-1][1]:.0f} times as many texts as “{ranked[-1][0]}”",
            "Judge the model by each class's own score rather than by accuracy alone.",
            [ranked[0][0], ranked[-1][0]],
        )


def _alike_labels(dataset: Dataset) -> Iterator[Finding]:
    """Labels that differ by case or marks only."""
    alike = defaultdict(list)
    for name in dataset.classes:
        alike["".join(c for c in name.casefold() if c.isalnum())].append(name)
    groups = [names for names in alike.values() if len(names) > 1]
    if groups:
        yield finding(
            "mixed_labels",
            "warning",
            f"Labels written in several ways: {'; '.join(' and '.join(names) for names in groups[:3])}",
            "They count as different classes. Write each the same way in the table.",
            [name for names in groups for name in names],
        )


def _copies(dataset: Dataset, plan: Plan) -> Iterator[Finding]:
    """Texts that are word for word the same: within the training set, across the sets, and with another label."""
    texts = plan.texts()
    by_words: dict[str, list[str]] = defaultdict(list)
    for item in dataset.items:
        by_words[" ".join(texts[item.key].casefold().split())].append(item.key)
    groups = [keys for keys in by_words.values() if len(keys) > 1]
    side, target = ({i.key: i.valid for i in dataset.items}, {i.key: i.target for i in dataset.items})
    across = [key for keys in groups if len({side[k] for k in keys}) > 1 for key in keys if side[key]]
    if across:
        yield finding(
            "copies_across_sets",
            "warning",
            f"{many(len(across), 'validation text')} also in training",
            "The model has seen them with their answer, so that they judge nothing. Leave them out.",
            named(plan, across),
            Fix("Leave out the copies", {"skip": across}) if len(across) <= MOST_FIXED else None,
        )
    inside = [k for keys in groups for k in [key for key in keys if not side[key]][1:]]
    if inside:
        yield finding(
            "copies",
            "info",
            f"{many(len(inside), 'training text')} there more than once",
            "What stands there twice counts twice.",
            named(plan, inside),
            Fix("Leave out the copies", {"skip": inside}) if len(inside) <= MOST_FIXED else None,
        )
    torn = [key for keys in groups if len({target[k] for k in keys}) > 1 for key in keys]
    if torn:
        yield finding(
            "contradicting_labels",
            "warning",
            f"{many(len(torn), 'text')} with the same words and different labels",
            "At least one of the labels is wrong.",
            named(plan, torn),
        )
