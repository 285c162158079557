"""Texts and their labels: a table with a column of texts, or a folder of text files.

A row's key is its number in the table (the header is row 1), a file's key its path below the data root. A text without
a label is no item of a classifier, but the language model reads it. Nothing is cut up here. No torch, no pandas, no Qt.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from studio.dataset.paths import is_below, stays_below
from studio.dataset.table_reading import reading_of
from studio.dataset.tables import Table
from studio.errors import UserError
from studio.problems.image_classification.sources import SET_FOLDERS, class_of_folders
from studio.problems.table_memory import require_room
from studio.problems.tabular import source as tables
from studio.problems.text.columns import label_column, text_column
from studio.problems.text.letters import decoded
from studio.problems.text.options import Options

ENDINGS = (".txt", ".text", ".md")
UNLABELLED_FOLDERS = ("unsup", "unlabeled", "unlabelled", "unsupervised")
MOST_BYTES = 20 * 2**20
TOO_LARGE = "it is larger than 20 MB"
UNREADABLE = "it cannot be read"
NO_TEXT = "it holds NUL bytes, so that it is no text"
UTF8 = "utf-8"
PROJECT_FILE = "recipe.toml"

LeftOut = tuple[str, str]


@dataclass(frozen=True)
class Text:
    """One text as written; `label` is empty where it has none, `encoding` is that of its file."""

    key: str
    text: str
    label: str = ""
    encoding: str = UTF8


@dataclass(frozen=True)
class Source:
    """All texts in the order of their keys, and what cannot be read.

    Attributes
    ----------
    table : Table or None
        Where the texts come from a table, with the names of its columns of texts and of labels ("" where none).
    """

    texts: tuple[Text, ...]
    left_out: tuple[LeftOut, ...] = ()
    table: Table | None = None
    text_column: str = ""
    label_column: str = ""

    def cells(self, column: str) -> list[str] | None:
        """The cells of a column of the table, by its name in any case; None where there is no such column."""
        if self.table is None:
            return None
        named = [c for c in self.table.columns if c.casefold() == column.strip().casefold()]
        return self.table.values(column if column in self.table.columns else named[0]) if named else None


def read_source(root: Path, options: Options) -> Source:
    """Read all texts.

    Raises
    ------
    UserError
        Where there is no text, no table, or no such column.
    """
    if options.source == "table":
        path = tables.table_path(root, options.table)
        reading = reading_of(options)
        require_room(path, reading)
        return from_table(tables.read(path, reading=reading), options)
    found = tuple(find_files(root))
    if not found:
        raise UserError(
            f"No texts were found in {root}.",
            f"Choose the folder that holds the texts. Files that are read end in {', '.join(ENDINGS)}.",
        )
    return _read_files(root, found)


@lru_cache(maxsize=2)
def _laid_out(table: Table, text: str, label: str) -> tuple[Text, ...]:
    texts = table.values(text)
    labels = table.values(label) if label else [""] * len(texts)
    rows = zip(table.rows, texts, labels, strict=True)
    return tuple(Text(str(row.line), words, name) for row, words, name in rows)


def from_table(table: Table, options: Options) -> Source:
    """The texts of a table; columns that are not named are guessed."""
    text = text_column(table, options.text_column)
    label = label_column(table, text, options.label_column) if options.task != "language_model" else ""
    bad = tuple((str(line), why) for line, why in table.bad)
    return Source(_laid_out(table, text, label), bad, table, text, label)


def find_files(root: Path) -> Iterator[tuple[str, int, int]]:
    """Every text file below a folder, sorted by key: its key, when it was changed, and its bytes."""
    for folder, names, files in os.walk(root, followlinks=False):
        names[:] = sorted(n for n in names if not n.startswith((".", "__")))
        for name in sorted(files):
            if (
                not name.lower().endswith(ENDINGS)
                or name.startswith(".")
                or name.lower().startswith("readme")
            ):
                continue
            path = Path(folder) / name
            key = path.relative_to(root).as_posix()
            try:
                stat = path.stat()
            except OSError:  # a broken link
                continue
            if stays_below(root, key):
                yield key, stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=2)
def _read_files(root: Path, found: Sequence[tuple[str, int, int]]) -> Source:
    """The files of a folder are read once, until one changes."""
    keys = sorted(key for key, _, _ in found)
    labels = labels_of(keys)
    sizes = {key: size for key, _, size in found}
    texts, left_out = [], []
    for key in keys:
        if sizes[key] > MOST_BYTES:
            left_out.append((key, TOO_LARGE))
            continue
        try:
            raw = (root / key).read_bytes()
        except OSError:
            left_out.append((key, UNREADABLE))
            continue
        read = decoded(raw)
        if read is None:
            left_out.append((key, NO_TEXT))
        else:
            texts.append(Text(key, read[0], labels.get(key, ""), read[1]))
    return Source(tuple(texts), tuple(left_out))


def labels_of(keys: Sequence[str]) -> dict[str, str]:
    """The class of each file that lies in a class folder; none where all lie in one, or in one for unlabelled texts."""
    tops = {parts[0] for key in keys if len(parts := key.split("/")) > 2}
    bases = sorted(tops) if tops and all(top.casefold() in SET_FOLDERS for top in tops) else []
    inside = [key for key in keys if not bases or any(is_below(key, base) for base in bases)]
    found = class_of_folders([key for key in inside if not _is_unlabelled(key)], bases)
    if len(set(found.values())) == 1 and not bases and len({key.rpartition("/")[0] for key in keys}) == 1:
        return {}
    return found


def _is_unlabelled(key: str) -> bool:
    return any(part.casefold() in UNLABELLED_FOLDERS for part in key.split("/")[:-1])
