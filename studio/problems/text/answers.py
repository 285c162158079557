"""From a text to tokens, and from scores to an answer: what a bundle does around its graph.

An input is a text as typed, a text file, a folder of them, or a table with the column of texts. It is cut up by the
very module that cut up the training texts. This file and the modules of the studio that it imports are copied into
every bundle: none may need more than the standard library and numpy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.dataset.tables import read_table
from studio.errors import UserError
from studio.problems.text.letters import decoded
from studio.problems.text.tokens import NEW_LINE, UNKNOWN_AT, numbered, tokens

TAKES_WORDS = True
FILES = (".txt", ".text", ".md")
TABLES = (".csv", ".tsv", ".tab")
TEXT_COLUMNS = ("text", "review", "comment", "message", "body", "content", "sentence")
SHOWN = 60
TOP = 10
MANY_UNKNOWN = 0.3


@dataclass(frozen=True)
class TextCase:
    """One text to answer for: what to call it, and its words. `problem` says why it cannot be read.

    `cells` are those of its row by their columns, where it is one of a table: the model knows which holds its texts.
    """

    name: str
    text: str
    problem: str = ""
    cells: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.name


def find(inputs: Iterable[Path | str]) -> list[TextCase]:
    """Return the texts meant by `inputs`: words, text files, folders of them, or tables."""
    found: list[TextCase] = []
    for given in inputs:
        if isinstance(given, str):
            found.append(TextCase(short(given), given))
        elif given.is_dir():
            inside = sorted(p for p in given.rglob("*") if p.suffix.lower() in FILES and p.is_file())
            found += [_from_file(path) for path in inside]
        elif given.suffix.lower() in TABLES:
            found += _from_table(given)
        else:
            found.append(_from_file(given))
    return found


def short(text: str) -> str:
    """The beginning of a text, for one line."""
    words = " ".join(text.split())
    return words if len(words) <= SHOWN else f"{words[:SHOWN].rstrip()}…"


def _from_file(path: Path) -> TextCase:
    try:
        raw = path.read_bytes()
    except OSError as error:
        return TextCase(str(path), "", f"{path} cannot be read: {error.strerror}.")
    read = decoded(raw)
    if read is None:
        return TextCase(str(path), "", f"{path} holds NUL bytes, so that it is no text.")
    return TextCase(str(path), read[0])


def _from_table(path: Path) -> list[TextCase]:
    try:
        table = read_table(path)
    except UserError as error:
        return [TextCase(str(path), "", error.message)]
    names = [c for name in TEXT_COLUMNS for c in table.columns if c.casefold() == name]
    cells = {c: sum(map(len, table.values(c)[:100])) for c in table.columns}
    at = table.columns.index(names[0] if names else max(cells, key=lambda c: cells[c]))
    return [
        TextCase(
            f"{path.name} row {row.line}",
            row.cells[at],
            cells=tuple(zip(table.columns, row.cells, strict=True)),
        )
        for row in table.rows
    ]


@lru_cache(maxsize=4)
def _places(vocabulary: tuple[str, ...]) -> dict[str, int]:
    return {word: at for at, word in enumerate(vocabulary)}


def words_of(case: TextCase, given: Mapping[str, Any]) -> str:
    """A case's text: of the column that the model was trained on, where its table has one of that name."""
    named = str(given.get("column", "")).casefold()
    return next((cell for column, cell in case.cells if column.casefold() == named), case.text)


def numbers_of(case: TextCase, given: Mapping[str, Any]) -> list[int]:
    """A text's tokens by their numbers, exactly as in training."""
    places = _places(tuple(given["vocabulary"]))
    return numbered(tokens(words_of(case, given), bool(given["is_html"])), places, int(given["most_tokens"]))


def prepare(case: TextCase, spec: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return the graph's input for one text: `tokens` (n,) int64.

    Raises
    ------
    UserError
        Where the text cannot be read, or is empty.
    """
    if case.problem:
        raise UserError(case.problem)
    if not words_of(case, spec["input"]).strip():
        raise UserError("The text is empty.")
    return {"tokens": np.asarray(numbers_of(case, spec["input"]), dtype=np.int64)}


def remark(case: TextCase, spec: Mapping[str, Any]) -> str:
    """What a person should know about an answer: words that the model never learned, and what it did not read."""
    given, said = spec["input"], []
    found = numbers_of(case, given)
    unknown = sum(at == UNKNOWN_AT for at in found)
    if unknown > MANY_UNKNOWN * len(found):
        said.append(f"{unknown} of {len(found)} tokens are unknown to the model")
    whole = len(tokens(words_of(case, given), bool(given["is_html"])))
    if whole > len(found):
        said.append(f"only the first {len(found)} of {whole} tokens were read")
    return f"{'; '.join(said)}.".capitalize() if said else ""


def decode(
    outputs: Mapping[str, NDArray[Any]], spec: Mapping[str, Any]
) -> tuple[str, tuple[tuple[str, float], ...]]:
    """Return the answer for one text, and what else it may be, best first: a class, or the next word.

    Parameters
    ----------
    outputs : mapping
        `scores` (n_classes,) or, of a language model, (n_words,) float32.
    """
    scores: Sequence[float] = outputs["scores"].tolist()
    classes: Sequence[str] = spec.get("classes", ())
    names = classes or [_named(word) for word in spec["input"]["vocabulary"]]
    order = sorted(range(len(scores)), key=lambda at: -scores[at])
    ranked = tuple((str(names[at]), float(scores[at])) for at in order)
    return ranked[0][0], ranked if classes else ranked[:TOP]


def _named(word: str) -> str:
    return "(new line)" if word == NEW_LINE else word
