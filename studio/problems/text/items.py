"""From a recipe and its texts to the items that train and judge.

An item's target is its class, or "" where a language model alone is trained. The split is decided from all usable
texts, before anything is skipped or cleaned. No torch, no pandas, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from studio.dataset.merging import read_merges
from studio.dataset.splitting import Splittable, groups_of, split_sides
from studio.dataset.table_reading import reading_of
from studio.dataset.tables import Table
from studio.errors import UserError
from studio.problems.base import Dataset, Item
from studio.problems.measures.choosing import CLASS_NAMES, told
from studio.problems.tabular import source as tables
from studio.problems.tabular.items import PEEKED
from studio.problems.text import corpus
from studio.problems.text.options import (
    CLASS_METRICS,
    CLASSIFIER,
    LANGUAGE_MODEL,
    MODEL_METRICS,
    MODEL_NAMES,
    Options,
)
from studio.problems.text.sources import Source, Text, read_source
from studio.recipe.schema import Recipe, Split, Stage

EMPTY = "its text is empty"
NO_LABEL = "it has no label, so that the language model alone reads it"
SKIPPED = "left out by the recipe"


@dataclass(frozen=True)
class Plan:
    """What a recipe makes of its data: the options, the texts, and whether they are to be told apart."""

    options: Options
    source: Source
    is_class: bool

    def texts(self) -> dict[str, str]:
        """Every text by its key."""
        return {text.key: text.text for text in self.source.texts}

    def tokens(self, progress: Callable[[int, int], None] = corpus.no_progress) -> dict[str, corpus.Tokens]:
        """The tokens of every text by its key; the same whatever is left out, so that they are cut up once."""
        return corpus.tokenised(self.texts(), self.options.html == "remove", progress)

    def named(self, key: str) -> str:
        """A text as people find it: a row by its number, a file by its name."""
        return key if self.source.table is None else f"row {key}"

    def unlabelled(self) -> tuple[str, ...]:
        """Keys of the texts that only the language model reads."""
        return tuple(t.key for t in self.source.texts if self.is_class and not t.label and t.text.strip())


def plan_of(recipe: Recipe, root: Path) -> Plan:
    """Read the texts of a recipe.

    Raises
    ------
    UserError
        Where they cannot be read, or a classifier is asked for and there are no labels.
    """
    from studio.problems.text import PROBLEM

    options = PROBLEM.options_of(recipe)
    source = read_source(root, options)
    has_labels = any(text.label for text in source.texts)
    if options.task == "classification" and not has_labels:
        raise no_labels(source)
    merges = read_merges(options.merge)
    if merges:
        texts = tuple(replace(text, label=merges.get(text.label, text.label)) for text in source.texts)
        source = replace(source, texts=texts)
    return Plan(options, source, options.task == "classification")


def peeked(recipe: Recipe, root: Path) -> Table:
    """The beginning of a recipe's table, for forms; raises `UserError` where it cannot be read."""
    from studio.problems.text import PROBLEM

    options = PROBLEM.options_of(recipe)
    return tables.read(tables.table_path(root, options.table), PEEKED, reading_of(options))


def no_labels(source: Source) -> UserError:
    """The error for texts whose classes are not known."""
    if source.table is None:
        hint = "Put the texts of each class in a folder of their own, or train a language model only."
        return UserError(
            "The texts lie in no class folders, so that their classes are not known.",
            hint,
            fix="task=language_model",
        )
    columns = ", ".join(source.table.columns)
    return UserError(
        f"No column of {source.table.path.name} looks like labels. Its columns: {columns}.",
        "Name the column (label_column), or train a language model only.",
        fix="task=language_model",
    )


def keep_in(folder: Path | None) -> None:
    """Where tokens are kept; None keeps them in memory only."""
    corpus.keep_in(folder)


def collect(recipe: Recipe, root: Path) -> Dataset:
    """Collect the texts of a recipe.

    Parameters
    ----------
    root : Path
        The absolute data root.

    Raises
    ------
    UserError
        Where the texts cannot be read, or the split asks for what they do not have.
    """
    plan = plan_of(recipe, root)
    good = [text for text in plan.source.texts if not why_not(text, plan)]
    left_out = [(t.key, why) for t in plan.source.texts if (why := why_not(t, plan))]
    rows, split = splittable(plan, good, root), _split(plan, recipe.data.split)
    sides, no_side = split_sides(rows, split, recipe.split_seed)
    skipped, items = set(recipe.data.skip), []
    for text, side in zip(good, sides, strict=True):
        if text.key in skipped:
            left_out.append((text.key, SKIPPED))
        elif side is not None:
            items.append(Item(text.key, text.label if plan.is_class else "", side))
    classes = tuple(sorted({item.target for item in items})) if plan.is_class else ()
    groups = dict(zip(rows.keys, groups_of(rows, split), strict=False))
    said = [*plan.source.left_out, *left_out, *(one for one in no_side if one[0] not in skipped)]
    return Dataset(tuple(items), classes, tuple(sorted(said, key=key_order)), groups)


def why_not(text: Text, plan: Plan) -> str:
    """Why a text is no item; "" for one that is."""
    if not text.text.strip():
        return EMPTY
    return NO_LABEL if plan.is_class and not text.label else ""


def key_order(one: tuple[str, str]) -> tuple[int, str]:
    """Rows by their numbers, files by their names."""
    return (int(one[0]), "") if one[0].isdigit() else (2**62, one[0])


def splittable(plan: Plan, good: list[Text], root: Path) -> Splittable:
    """What a split may look at: texts by their keys, their classes, and all columns of the table."""
    table = plan.source.table
    if table is None:
        labels = [(text.label,) for text in good] if plan.is_class else []
        return Splittable([text.key for text in good], root, labels)
    at = {str(row.line): place for place, row in enumerate(table.rows)}
    places = [at[text.key] for text in good]

    def cells(column: str) -> list[str] | None:
        found = plan.source.cells(column)
        return None if found is None else [found[place] for place in places]

    labels = [(text.label,) for text in good] if plan.is_class else []
    return Splittable([text.key for text in good], root, labels, cells, table.columns, files=False)


def _split(plan: Plan, split: Split) -> Split:
    """A share of every class is a share of all where there are no classes."""
    if plan.is_class or split.kind != "stratified":
        return split
    return msgspec.structs.replace(split, kind="random")


def is_language_model(stage: Stage) -> bool:
    """Whether a stage trains the language model."""
    return stage.part == LANGUAGE_MODEL


def read_by_language_model(recipe: Recipe) -> bool:
    """Whether the recipe has a language model, which reads unlabelled texts too."""
    return any(is_language_model(stage) for stage in recipe.training.stages)


def only_in_validation(dataset: Dataset) -> tuple[str, ...]:
    """Classes that no training text has."""
    if not dataset.classes:
        return ()
    return tuple(sorted({i.target for i in dataset.valid()} - {i.target for i in dataset.train()}))


def require_trainable(dataset: Dataset) -> None:
    """Raise a `UserError` where a dataset cannot train or judge a model."""
    if not dataset.items:
        raise UserError("There is no text to train on.", "Check the data folder and the columns.")
    if dataset.classes and len(dataset.classes) < 2:
        raise UserError(
            f"Every text has the same label: {dataset.classes[0]}.",
            "Name another column of labels, or train a language model only.",
            fix="task=language_model",
        )
    if not dataset.valid() or not dataset.train():
        raise UserError(
            "All texts are on one side: nothing is left to train on, or nothing to judge by.",
            "Keep a random share of the texts for validation.",
            fix="split=random",
        )
    unseen = only_in_validation(dataset)
    if unseen:
        raise UserError(
            f"Only in the validation set, and so never learned: {', '.join(unseen[:5])}.",
            "Keep a share of every class for validation instead (split: stratified).",
            fix="split=stratified",
        )


def metrics_of_part(recipe: Recipe, part: str) -> tuple[str, ...]:
    """The metrics told of one part of a plan: those chosen that say something about it, else the usual ones."""
    from studio.problems.text import PROBLEM

    is_model = part == LANGUAGE_MODEL
    usual, offered = (MODEL_METRICS, MODEL_NAMES) if is_model else (CLASS_METRICS, CLASS_NAMES)
    chosen = [name for name in PROBLEM.options_of(recipe).metrics if name in offered]
    return told(recipe.problem, chosen, usual, offered)


def metric_names_of(dataset: Dataset, recipe: Recipe) -> tuple[str, ...]:
    """The metrics told of a run: of a classifier and the language model before it, or of the latter alone.

    Raises
    ------
    UserError
        Where a chosen one is of classes, and there are none.
    """
    from studio.problems.text import PROBLEM

    if dataset.classes:
        return (*metrics_of_part(recipe, CLASSIFIER), *metrics_of_part(recipe, LANGUAGE_MODEL))
    return told(recipe.problem, PROBLEM.options_of(recipe).metrics, MODEL_METRICS, MODEL_NAMES)
