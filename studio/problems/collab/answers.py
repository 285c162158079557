"""From users, items and a few ratings to answers: what a bundle does around its graph.

An input is a table of pairs (user and item), `user,item`, a user alone (recommendations), or a JSON object with some
ratings of somebody new: `{"ratings": {"item or title": 5, ...}}`, who is given a place among the known users by ridge
regression. Users and items that the model does not know are refused by name, never answered for. This file and the
modules of the studio that it imports are copied into every bundle: none may need more than the standard library and
numpy.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import UserError
from studio.problems.collab.factors import fold_in
from studio.problems.collab.rating_tables import read

TAKES_WORDS = True
TOP = 10
EVERY_ITEM = -1
NOBODY = -1
MOST_RATED = 64
"""Of the items that somebody new has rated, so many are not recommended again."""
USER_WORDS = ("user", "customer", "person")
ITEM_WORDS = ("item", "movie", "film", "book", "product", "title")


@dataclass(frozen=True)
class RatingCase:
    """What is asked: a user (or some ratings of a new one), and an item (or "" for recommendations)."""

    name: str
    user: str = ""
    item: str = ""
    ratings: Mapping[str, float] = field(default_factory=dict)
    problem: str = ""

    def __str__(self) -> str:
        return self.name


def find(inputs: Iterable[Path | str]) -> list[RatingCase]:
    """Return what is asked by `inputs`: tables of pairs, `user,item`, users, or JSON objects as text."""
    found: list[RatingCase] = []
    for given in inputs:
        if isinstance(given, Path):
            found += _from_table(given)
        elif given.lstrip().startswith("{"):
            found.append(_from_json(given))
        else:
            user, _, item = (part.strip() for part in given.partition(","))
            found.append(RatingCase(f"user {user}, item {item}" if item else f"user {user}", user, item))
    return found


def _from_table(path: Path) -> list[RatingCase]:
    try:
        table = read(path).table
    except UserError as error:
        return [RatingCase(str(path), problem=error.message)]
    user, item = _column(table.columns, USER_WORDS, 0), _column(table.columns, ITEM_WORDS, 1)
    cases = []
    for row in table.rows:
        asked = row.cells[item] if item is not None else ""
        cases.append(RatingCase(f"{path.name} row {row.line}", row.cells[user or 0], asked))
    return cases


def _column(names: Sequence[str], words: Sequence[str], place: int) -> int | None:
    named = next((at for at, name in enumerate(names) if any(w in name.casefold() for w in words)), None)
    return named if named is not None else place if place < len(names) else None


def _from_json(text: str) -> RatingCase:
    try:
        given = json.loads(text)
        ratings = {str(item): float(rating) for item, rating in given.get("ratings", {}).items()}
        user, item = str(given.get("user", "")), str(given.get("item", ""))
    except (json.JSONDecodeError, AttributeError, TypeError, ValueError) as error:
        return RatingCase(text[:60], problem=f"This is no JSON object of ratings: {error}.")
    return RatingCase(f"user {user}" if user else "somebody new", user, item, ratings)


def prepare(case: RatingCase, spec: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return the graph's input: `vector` (n,) float32, the user as the model sees one, and `asked` (see `asked_of`).

    Raises
    ------
    UserError
        Where the user or the item is not known, or nothing is asked.
    """
    if case.problem:
        raise UserError(case.problem)
    given = spec["input"]
    item = item_number(case.item, given) if case.item else EVERY_ITEM
    if case.ratings:
        rated = [item_number(name, given) for name in case.ratings]
        return {"vector": _new_user(case, rated, given), "asked": asked_of(NOBODY, item, rated)}
    user = user_number(case.user, given)
    return {"vector": table_of(given["user_vectors"])[user], "asked": asked_of(user, item)}


def asked_of(user: int, item: int, rated: Sequence[int] = ()) -> NDArray[np.int64]:
    """What the graph hands through: user, item, and the first items that somebody new has rated; -1 for none."""
    padded = [*rated[:MOST_RATED], *[NOBODY] * (MOST_RATED - len(rated))]
    return np.array([user, item, *padded], dtype=np.int64)


def user_number(user: str, given: Mapping[str, Any]) -> int:
    """A user's number; raises `UserError` for one who rated nothing in training."""
    if not given["users"]:
        raise UserError(
            "This bundle knows nobody by name: it was exported without people.",
            'Give some ratings instead: {"ratings": {"item": 5}}.',
        )
    plain = _plain(user)
    if not plain or plain not in given["users"][1:]:
        raise UserError(
            f"User “{user}” is not known: nobody of that name rated anything in training.",
            'Give some ratings instead: {"ratings": {"item": 5}}.',
        )
    return int(given["users"].index(plain, 1))


def item_number(item: str, given: Mapping[str, Any]) -> int:
    """An item's number by its id or its title; raises `UserError` for one that was not rated in training."""
    plain = _plain(item)
    if plain in given["items"][1:]:
        return int(given["items"].index(plain, 1))
    titles = [title.casefold() for title in given["titles"]]
    if item.strip().casefold() in titles[1:]:
        return titles.index(item.strip().casefold(), 1)
    raise UserError(f"Item “{item}” is not known: nobody rated it in training.", "Check its id or its title.")


def _plain(name: str) -> str:
    """An id as training wrote it: 12.0 is 12."""
    text = name.strip()
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def _new_user(case: RatingCase, items: Sequence[int], given: Mapping[str, Any]) -> NDArray[np.float32]:
    if "item_vectors" not in given:
        raise UserError(
            "A neural model has no place for somebody new.", "Train the dot product to answer for new users."
        )
    vectors = table_of(given["item_vectors"])[list(items)]
    ratings = np.array(list(case.ratings.values()))
    low, high = given["y_range"]
    if not ((ratings >= low) & (ratings <= high)).all():
        raise UserError(f"Ratings lie between {low:g} and {high:g} here.", "Correct the ratings.")
    crowd = table_of(given["crowd"]["mean"])[0], table_of(given["crowd"]["covariance"])
    folded = fold_in(vectors[:, :-1], vectors[:, -1], ratings, (low, high), crowd, given["strength"])
    return folded.astype(np.float32)


@lru_cache(maxsize=4)
def _decoded(text: str, columns: int) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(text), dtype="<f4").reshape(-1, columns).astype(np.float32)


def table_of(given: Mapping[str, Any]) -> NDArray[np.float32]:
    """A table of numbers as the description carries it: (rows, columns)."""
    return _decoded(given["base64"], int(given["columns"]))


def packed(values: NDArray[Any]) -> dict[str, Any]:
    """Write a table (rows, columns) for the description."""
    return {"base64": base64.b64encode(values.astype("<f4").tobytes()).decode(), "columns": values.shape[1]}


def decode(
    outputs: Mapping[str, NDArray[Any]], spec: Mapping[str, Any]
) -> tuple[str, tuple[tuple[str, float], ...]]:
    """Return the expected rating of the item that was asked for; or the items to recommend, the best first.

    Parameters
    ----------
    outputs : mapping
        `ratings` (n_items,) float32 for every item; `echo` what was asked, by `asked_of`.
    """
    given, (user, item, *rated) = spec["input"], (int(number) for number in outputs["echo"])
    ratings = outputs["ratings"]
    if item != EVERY_ITEM:
        return f"{float(ratings[item]):.2f}", ()
    seen = set(given["seen"][user]) if given["seen"] and user != NOBODY else set(rated)
    order = [int(at) for at in np.argsort(-ratings, kind="stable") if at and int(at) not in seen]
    return "; ".join(f"{given['titles'][at]} ({float(ratings[at]):.2f})" for at in order[:TOP]), ()


def remark(case: RatingCase, spec: Mapping[str, Any]) -> str:
    """What a person should know about an answer."""
    if case.ratings:
        count = f"From {len(case.ratings)} rating{'s' if len(case.ratings) > 1 else ''} of somebody new"
        may_repeat = not case.item and len(case.ratings) > MOST_RATED
        return f"{count}; what was rated may be among the recommendations." if may_repeat else f"{count}."
    if case.item or spec["input"]["seen"]:
        return ""
    return "What was rated already may be among the recommendations."
