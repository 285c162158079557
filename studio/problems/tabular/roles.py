"""What each column of a table is used for, guessed from its profile and its name. No torch, no pandas, no Qt.

A guess is a default: whatever the recipe names (target, categorical, continuous, ignore) goes before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.problems.tabular.profiles import Profile

Role = Literal["target", "categorical", "continuous", "date", "ignored"]
Task = Literal["classification", "regression"]

TARGET_NAMES = (
    "target", "label", "class", "salary", "income", "count", "cnt", "y", "outcome", "price", "saleprice", "sale_price",
    "survived", "churn", "default", "diagnosis", "species", "medv", "output", "result",
)  # fmt: skip
ID_NAME = re.compile(r"(^|[\W_])(id|ids|uuid|guid|index|idx|key|nr|no|rowid|row_id|serial)$", re.IGNORECASE)
ID_ENDING = re.compile(r"[a-z](Id|ID)$")
FEW = 20
"""Whole numbers of at most so many different values are categories, as in fastai's `cont_cat_split`."""
ID_SHARE = 0.95
MANY_WORDS = 1000
CLASSES = 20


@dataclass(frozen=True)
class Guessed:
    """A column's role and, where it is ignored, why."""

    role: Role
    why: str = ""


def guess_target(names: Sequence[str]) -> str:
    """The column that looks like what is to be predicted: by its name, else the last."""
    plain = {name.strip().casefold(): name for name in reversed(names)}
    found = next((plain[word] for word in TARGET_NAMES if word in plain), None)
    return found if found is not None else names[-1]


def guess_task(target: Profile) -> Task:
    """Whether the target is a number to come close to, or a class to hit."""
    if target.kind != "number" or target.distinct <= 2:
        return "classification"
    if not target.whole:
        return "regression"
    return "regression" if target.distinct > CLASSES else "classification"


def guess_role(column: Profile) -> Guessed:
    """What to use a column for that nobody has named."""
    why = useless(column)
    if why:
        return Guessed("ignored", why)
    if column.kind == "date":
        return Guessed("date")
    if column.kind == "text" or (column.whole and column.distinct <= min(FEW, max(2, column.filled // 2))):
        return Guessed("categorical")
    return Guessed("continuous")


def useless(column: Profile) -> str:
    """Why a column cannot help; "" where it can."""
    if column.filled == 0:
        return "it is empty"
    if column.distinct <= 1 and column.missing == 0:
        return "it has the same value in every row"
    return _is_id(column) or _is_prose(column)


def _is_id(column: Profile) -> str:
    named = bool(
        ID_NAME.search(column.name) or ID_ENDING.search(column.name) or re.fullmatch(r"column 1", column.name)
    )
    distinct = column.distinct >= ID_SHARE * column.rows and column.rows > FEW
    if (
        column.kind == "number"
        and column.whole
        and (column.counted or (named and distinct))
        and column.rows > FEW
    ):
        return "it numbers the rows"
    if column.kind == "text" and distinct:
        return "it is different in nearly every row"
    return ""


def _is_prose(column: Profile) -> str:
    if column.kind == "text" and column.distinct > max(MANY_WORDS, column.rows // 2):
        return f"it has {column.distinct:,} different words, too many to learn"
    return ""


def roles_of(
    profiles: Mapping[str, Profile], target: str, named: Mapping[str, Role], reserved: Sequence[str] = ()
) -> dict[str, Guessed]:
    """Every column's role, in the table's order.

    Parameters
    ----------
    named : mapping
        Roles that the recipe gives.
    reserved : sequence of str
        Columns that say which rows validate.
    """
    return {name: _role(profile, target, named, reserved) for name, profile in profiles.items()}


def _role(column: Profile, target: str, named: Mapping[str, Role], reserved: Sequence[str]) -> Guessed:
    if column.name == target:
        return Guessed("target")
    if column.name in reserved:
        return Guessed("ignored", "the split is made by it")
    if column.name not in named:
        return guess_role(column)
    role = named[column.name]
    return Guessed(role, "the recipe says so" if role == "ignored" else "")
