"""What a dropped table or folder looks like: texts with or without labels. Reads a little only. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from studio.dataset.table_reading import AS_FOUND, Reading, reading_told
from studio.errors import UserError
from studio.problems.base import Guess
from studio.problems.table_options import NOTHING
from studio.problems.tabular import source as tables
from studio.problems.tabular.guessing import sheet_of
from studio.problems.text.columns import label_column, mean_length, split_column, text_column
from studio.problems.text.sources import find_files, labels_of
from studio.recipe.schema import Split

ROWS = 500
FILES = 4000
LONG_TEXT = 60
SETS = (("train", ("valid", "val", "validation", "dev", "test")), ("training", ("validation", "testing")))


def guess_at(path: Path, told: Mapping[str, Any] = NOTHING) -> Guess | None:
    """Propose values for a table or a folder of texts; None where it looks like something else.

    Raises
    ------
    UserError
        Where it cannot be read in the way that was told.
    """
    said = reading_told(told)
    if path.is_file():
        return _by_table(path, said) if tables.is_table_name(path.name) else None
    if not path.is_dir():
        return None
    found = [
        _by_table(path / name, said) for name in tables.find_tables(path, 5) if not name.endswith(".txt")
    ]
    best = max((one for one in found if one is not None), key=lambda one: one.sure, default=None)
    return best or _by_folders(path)


def _by_table(path: Path, said: Reading) -> Guess | None:
    guesses = (_by_way(path, way, is_told=way == said != AS_FOUND) for way in tables.ways(path, said))
    return next((guess for guess in guesses if guess is not None), None)


def _by_way(path: Path, reading: Reading, is_told: bool) -> Guess | None:
    try:
        table = tables.read(path, ROWS, reading)
    except UserError:  # no table, so no guess; the person who names it is told why
        if is_told:
            raise
        return None
    text = text_column(table)
    if mean_length(table, text) < LONG_TEXT:
        return None
    label, column = label_column(table, text), split_column(table)
    named = {"source": "table", "table": path.name, "text_column": text, **sheet_of(reading)}
    split = Split(kind="column", column=column) if column else Split(kind="stratified" if label else "random")
    if not label:
        sentence = f"{path.name}: texts in “{text}” without labels, for a language model."
        return Guess("text", 0.7, sentence, {**named, "task": "language_model"}, split)
    sentence = f"{path.name}: texts in “{text}” and their “{label}”: text."
    return Guess("text", 0.9, sentence, {**named, "label_column": label, "task": "classification"}, split)


def _by_folders(path: Path) -> Guess | None:
    keys = [key for key, _, _ in islice(find_files(path), FILES)]
    if len(keys) < 4:
        return None
    classes = sorted(set(labels_of(keys).values()))
    if len(classes) < 2:
        sentence = f"{len(keys)} text files without classes, for a language model."
        values = {"source": "folders", "task": "language_model"}
        return Guess("text", 0.4, sentence, values, Split(kind="random"))
    tops = {key.split("/")[0].casefold(): key.split("/")[0] for key in keys if key.count("/") > 1}
    train, valid = _sets(tops)
    split = Split(kind="folders", train=train, valid=valid) if train and valid else Split(kind="stratified")
    sentence = f"Folders of text files, one for each of {len(classes)} classes: text."
    return Guess("text", 0.85, sentence, {"source": "folders", "task": "classification"}, split)


def _sets(tops: dict[str, str]) -> tuple[str, str]:
    for train, names in SETS:
        valid = next((tops[name] for name in names if name in tops), "")
        if train in tops and valid:
            return tops[train], valid
    return "", ""
