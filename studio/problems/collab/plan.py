"""The recipe and its tables brought together: who rates what how, the scale, and the items' names.

Everything that reads ratings starts from here, so that nothing is guessed twice. No torch, no pandas, no Qt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from studio.dataset.letter_encodings import AUTO
from studio.dataset.table_reading import Reading, reading_of
from studio.dataset.tables import Table
from studio.errors import UserError
from studio.problems.collab import rating_tables
from studio.problems.collab.options import Options, read_range
from studio.problems.collab.scale import proposed_range
from studio.problems.table_memory import require_room
from studio.problems.tabular.cells import category, finite
from studio.problems.tabular.profiles import Profile, profile
from studio.recipe.schema import Recipe

USER = re.compile(r"user|person|customer|reader|viewer|client|member|reviewer|rater", re.IGNORECASE)
ITEM = re.compile(
    r"item|movie|film|book|product|song|track|artist|isbn|asin|business|recipe|game|title|anime|joke",
    re.IGNORECASE,
)
RATING = re.compile(r"rating|score|stars|rate$|grade|preference|vote|points", re.IGNORECASE)
TITLE = re.compile(r"title|name", re.IGNORECASE)


@dataclass(frozen=True)
class Plan:
    """Ratings with a role for their columns.

    Attributes
    ----------
    user, item, rating : str
        Columns of `table`.
    y_range : (float, float)
        The lowest and the highest answer.
    titles : mapping
        An item's name by its id; empty where there is no table of items.
    has_header : bool
        Whether the first row names the columns.
    """

    table: Table
    has_header: bool
    user: str
    item: str
    rating: str
    profiles: Mapping[str, Profile]
    y_range: tuple[float, float]
    titles: Mapping[str, str]

    def ids(self, column: str) -> list[str]:
        """A column of ids as text; 12 and 12.0 are one."""
        seen = self.profiles[column]
        known = {
            cell: category(cell, seen.kind == "number", seen.decimal)
            for cell in set(self.table.values(column))
        }
        return [known[cell] for cell in self.table.values(column)]

    def ratings(self) -> list[float]:
        """The ratings; nan where a row has none."""
        decimal = self.profiles[self.rating].decimal
        return [finite(cell, decimal) for cell in self.table.values(self.rating)]

    def name_of(self, item: str) -> str:
        """An item's name, or its id where it has none."""
        return self.titles.get(item, item)


def plan_of(recipe: Recipe, root: Path) -> Plan:
    """Read the tables of a recipe; raises `UserError` naming the file or the column that is wrong."""
    from studio.problems.collab import PROBLEM

    options = PROBLEM.options_of(recipe)
    if not options.table:
        raise UserError(
            "The recipe names no table of ratings.", "Name a file below the data folder.", fix="table"
        )
    table = rating_tables.path_of(root, options.table, "table")
    reading = reading_of(options)
    require_room(table, reading)
    found = rating_tables.read(table, options.header, reading=reading)
    names = None
    if options.titles:
        titles = rating_tables.path_of(root, options.titles, "titles")
        names = rating_tables.read(titles, reading=of_titles(reading))
    return planned(found, options, names)


def of_titles(reading: Reading) -> Reading:
    """How the table of titles is read: its letters and numbers as those of the ratings, its form as it is found."""
    return replace(reading, separator=AUTO, sheet="")


@lru_cache(maxsize=4)
def planned(found: rating_tables.Found, options: Options, names: rating_tables.Found | None) -> Plan:
    """Decide what the columns of ratings are; raises like `plan_of`."""
    table = found.table
    if len(table.columns) < 3 or not table.rows:
        raise UserError(
            f"{table.path.name} holds no ratings.", "It needs a user, an item and a rating in every row."
        )
    sign = reading_of(options).decimal_sign
    profiles = {name: profile(name, table.values(name), sign) for name in table.columns}
    user, item, rating = columns_of(table, profiles, options)
    if profiles[rating].kind != "number":
        raise UserError(
            f"The ratings in “{rating}” are not numbers.", "Choose another rating column.", fix="rating"
        )
    decimal = profiles[rating].decimal
    values = {value for cell in set(table.values(rating)) if (value := finite(cell, decimal)) == value}
    y_range = read_range(options.y_range) or proposed_range(values)
    plan = Plan(table, found.has_header, user, item, rating, profiles, y_range, {})
    if names is None:
        return plan
    return Plan(
        table,
        found.has_header,
        user,
        item,
        rating,
        profiles,
        y_range,
        titles_of(plan, names.table, options.title),
    )


def columns_of(table: Table, profiles: Mapping[str, Profile], options: Options) -> tuple[str, str, str]:
    """The columns of users, items and ratings: as the recipe says, by their names, by what they hold."""
    told = [
        table.columns[table.index(name)] if name else ""
        for name in (options.user, options.item, options.rating)
    ]
    free = [name for name in table.columns if name not in told]
    for at, words in ((0, USER), (1, ITEM), (2, RATING)):
        named = next((name for name in free if words.search(name)), "")
        if not told[at] and named:
            told[at] = named
            free.remove(named)
    if not told[2]:
        told[2] = min(
            (n for n in free if profiles[n].kind == "number"),
            key=lambda n: profiles[n].distinct,
            default=free[-1],
        )
        free.remove(told[2])
    for at in (0, 1):
        if not told[at]:
            told[at] = free.pop(0)
    return told[0], told[1], told[2]


def titles_of(plan: Plan, names: Table, title: str) -> dict[str, str]:
    """Names by id from a table of items: the id column is the one that has most of the rated ids."""
    rated = set(plan.ids(plan.item))
    profiles = {column: profile(column, names.values(column)) for column in names.columns}
    ids = {
        c: [category(v, p.kind == "number", p.decimal) for v in names.values(c)] for c, p in profiles.items()
    }
    key = max(names.columns, key=lambda column: len(rated & set(ids[column])))
    chosen = names.columns[names.index(title)] if title else _title_column(profiles, key)
    words = dict(zip(ids[key], names.values(chosen), strict=True))
    return {item: name for item in rated if (name := words.get(item, ""))}


def _title_column(profiles: Mapping[str, Profile], key: str) -> str:
    others: Sequence[str] = [name for name in profiles if name != key]
    named = next((name for name in others if TITLE.search(name)), None)
    return named or max(
        others, key=lambda name: (profiles[name].kind == "text") * profiles[name].distinct, default=key
    )
