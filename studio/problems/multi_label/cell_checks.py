"""What cells and left-out rows tell: empty tags, missing files, tags that are not known. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from studio.engine.messages import Finding, Fix
from studio.errors import UserError
from studio.problems.base import Dataset
from studio.problems.image_classification import table_source as photo_table
from studio.problems.image_classification.findings import finding, many
from studio.problems.image_classification.left_out_checks import REASONS as PHOTO_REASONS
from studio.problems.image_classification.left_out_checks import Reason, left_out_findings
from studio.problems.multi_label import table_source
from studio.problems.multi_label.items import options_of
from studio.problems.multi_label.tags import DELIMITER_WORDS, DELIMITERS, guess_delimiter, oddity
from studio.recipe.schema import Recipe

TAG_REASONS = (
    Reason(
        table_source.UNKNOWN_TAGS,
        "unknown_tags",
        "error",
        "row",
        "whose tags are missing (NaN)",
        "The table says that the tags are not known. They are left out. Fill the tags in, or confirm that they "
        "stay out.",
    ),
    Reason(
        table_source.NO_FLAG,
        "not_one_or_zero",
        "error",
        "row",
        "with a tag cell that is neither 1 nor 0",
        "Nothing is guessed from such a cell. They are left out. Correct the cells, or confirm that they stay out.",
    ),
    Reason(
        table_source.OTHER_TAGS,
        "named_twice_differently",
        "warning",
        "row",
        "contradicting an earlier one",
        "The same photo is named with other tags; the first row is used.",
    ),
)
OWN = (photo_table.NO_LABEL, photo_table.OTHER_CLASS)
REASONS = (*TAG_REASONS, *(reason for reason in PHOTO_REASONS if reason.why not in OWN))
NONE_APPLIES = Fix("They have none of the tags", {"no_tags": "none"})


def cell_findings(dataset: Dataset, recipe: Recipe, root: Path) -> Iterator[Finding]:
    """Yield what rows and cells tell."""
    yield from _without_tags(dataset)
    yield from left_out_findings(dataset, REASONS)
    yield from _odd_cells(recipe, root)


def _without_tags(dataset: Dataset) -> Iterator[Finding]:
    keys = [key for key, why in dataset.left_out if why.startswith(table_source.NO_TAGS)]
    if keys:
        yield finding(
            "missing_label",
            "warning",
            f"{many(len(keys), 'row')} without tags",
            "An empty cell may mean that nobody looked, or that none of the tags applies. They are left out; if "
            "none applies, say so: the model learns from such photos too.",
            keys,
            NONE_APPLIES,
        )


def _odd_cells(recipe: Recipe, root: Path) -> Iterator[Finding]:
    """Empty tags between delimiters, and tags twice in a cell: both are mended on reading."""
    options = options_of(recipe)
    if options.labels != "delimited":
        return
    try:
        key, table = table_source.table_of(root, options)
        label = options.label_column or table_source.guess_label_column(table, options.item_column)
        cells = table.values(label)
    except UserError:  # the table went away since it was collected; the next scan says so
        return
    name = guess_delimiter(cells) if options.delimiter == "auto" else options.delimiter
    odd = [
        (photo_table.row_key(key, row.line), what)
        for row, cell in zip(table.rows, cells, strict=True)
        if (what := oddity(cell, DELIMITERS.get(name, "")))
    ]
    empty = [row for row, what in odd if what == "empty"]
    if empty:
        yield finding(
            "empty_tag",
            "info",
            f"{many(len(empty), 'row')} with an empty tag",
            f"{DELIMITER_WORDS[name].capitalize()} at the end, or two in a row, would make a tag without a name. "
            "It is not counted; nothing needs doing.",
            empty,
        )
    twice = [row for row, what in odd if what == "twice"]
    if twice:
        yield finding(
            "repeated_tag",
            "info",
            f"{many(len(twice), 'row')} with a tag twice",
            "It counts once; nothing needs doing.",
            twice,
        )
