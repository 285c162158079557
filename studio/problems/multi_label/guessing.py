"""Whether a folder holds a table of photos with several tags each, told from its first rows. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.dataset.table_reading import AS_FOUND, Reading
from studio.dataset.tables import ENDINGS, Table
from studio.problems.base import Guess
from studio.problems.image_classification.guessing import (
    BUDGET,
    MOST_FOLDERS,
    PEEK,
    Budget,
    OnDisk,
    first_guess,
)
from studio.problems.image_classification.sources import SET_FOLDERS
from studio.problems.image_classification.table_source import guess_item_column, guess_split_column
from studio.problems.multi_label.table_source import guess_label_column, guess_tag_columns
from studio.problems.multi_label.tags import DELIMITER_WORDS, guess_delimiter, said
from studio.recipe.schema import Split

NAME = "multi_label"
ROWS = 1000
MOST_TABLES = 5


def guess_at(path: Path, reading: Reading = AS_FOUND) -> Guess | None:
    """Propose values for a folder or a table, or None where neither a table nor folders give photos several tags.

    Raises
    ------
    UserError
        Where no table can be read in the way that was said.
    """
    if path.is_file():
        names, folder = ([path.name] if path.suffix.lower() in ENDINGS else []), path.parent
    elif path.is_dir():
        names, folder = _tables(path), path
    else:
        return None
    by_table = _by_tables(folder, names, reading) if names else None
    return by_table or (_by_folders(path) if path.is_dir() else None)


def _by_tables(folder: Path, names: Sequence[str], reading: Reading) -> Guess | None:
    files = OnDisk(folder, ("", *Budget().peek(folder, BUDGET // 4)[0][:MOST_FOLDERS]))
    return first_guess(folder, names, reading, ROWS, lambda table: _of_table(table, files))


def _by_folders(path: Path) -> Guess | None:
    """Photos in folders inside folders, each of which may be a tag; hardly sure, since most such folders are none."""
    budget = Budget()
    tops = _folders_of(path, budget)
    if any(top.name.casefold() in SET_FOLDERS for top in tops):
        tops = [inner for top in tops for inner in _folders_of(top, budget)]
    inside = [inner for top in tops for inner in _folders_of(top, budget)]
    kept = [one for one in inside if one.name.casefold() not in SET_FOLDERS]
    if not any(budget.peek(one, PEEK)[1] for one in kept):
        return None
    example = f"{kept[0].parent.name}/{kept[0].name}"
    sentence = f"Photos in folders inside folders ({example}), each of them a tag: multi-label images."
    return Guess(NAME, 0.3, sentence, {"labels": "folders"}, Split(kind="stratified"))


def _folders_of(path: Path, budget: Budget) -> list[Path]:
    return [path / name for name in budget.peek(path, BUDGET // 4)[0][:MOST_FOLDERS]]


def _tables(path: Path) -> list[str]:
    try:
        names = sorted(p.name for p in path.iterdir() if p.suffix.lower() in ENDINGS and p.is_file())
    except OSError:
        return []
    return names[:MOST_TABLES]


def _of_table(table: Table, files: OnDisk) -> Guess | None:
    item = guess_item_column(table, files, n_rows=20)
    if not item or not any(files.find(name) for name in table.values(item)[:20] if name):
        return None
    return _delimited(table, item) or _one_hot(table, item)


def _delimited(table: Table, item: str) -> Guess | None:
    label = guess_label_column(table, item)
    name = guess_delimiter(table.values(label)) if label else ""
    if not name:
        return None
    options = {
        "table": table.path.name,
        "item_column": item,
        "labels": "delimited",
        "label_column": label,
        "delimiter": name,
    }
    sentence = (
        f"A table of photos and their “{label}”, {table.path.name}, several with "
        f"{DELIMITER_WORDS[name]} between: multi-label images."
    )
    return Guess(NAME, 0.92, sentence, options, _split(table))


def _one_hot(table: Table, item: str) -> Guess | None:
    tags = guess_tag_columns(table, item)
    if len(tags) < 2:
        return None
    rows = list(zip(*(table.values(tag) for tag in tags), strict=True))
    is_several = any(_count(row) != 1 for row in rows)
    shown = ", ".join(tags[:3])
    sentence = (
        f"A table of photos with a column for every tag, {table.path.name} ({shown}): multi-label images."
    )
    if not is_several:
        sentence = f"A table of photos with {len(tags)} columns of 1 and 0, one tag each: multi-label images."
    options = {"table": table.path.name, "item_column": item, "labels": "one_hot"}
    return Guess(NAME, 0.92 if is_several else 0.6, sentence, options, _split(table))


def _count(row: Sequence[str]) -> int:
    return sum(said(cell) is True for cell in row)


def _split(table: Table) -> Split:
    column = guess_split_column(table)
    return Split(kind="column", column=column) if column else Split(kind="stratified")
