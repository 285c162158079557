"""What a dropped folder or table of ratings looks like. Reads some rows only. No torch, no pandas, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.dataset.table_reading import AS_FOUND, Reading, reading_told
from studio.errors import UserError
from studio.problems.base import Guess
from studio.problems.collab import rating_tables
from studio.problems.collab.options import WEIGHT_DECAY, Options
from studio.problems.collab.plan import ITEM, RATING, USER, Plan, planned
from studio.problems.table_options import NOTHING
from studio.problems.tabular.guessing import sheet_of
from studio.problems.tabular.profiles import profile
from studio.problems.tabular.source import ways
from studio.recipe.schema import Split

ROWS = 3000
MOST_COLUMNS = 6
MOST_STEPS = 101
TITLE_WORDS = ("item", "movie", "book", "title", "film", "product", "song", "game")


def guess_at(path: Path, told: Mapping[str, Any] = NOTHING) -> Guess | None:
    """Propose values for ratings; None where it looks like something else.

    Raises
    ------
    UserError
        Where a table cannot be read in the way that was told.
    """
    said, wrong = reading_told(told), None
    folder = path if path.is_dir() else path.parent
    names = rating_tables.candidates(folder) if path.is_dir() else [path.name]
    for name in names:
        for way in ways(folder / name, said):
            try:
                plan = _ratings_in(folder / name, way)
            except UserError as error:  # no table of ratings; another one may be
                wrong = wrong or error
                continue
            if sureness(plan):
                return _guess(folder, name, plan, way)
    if wrong is not None and said != AS_FOUND:
        raise wrong
    return None


def _ratings_in(path: Path, reading: Reading) -> Plan:
    header = reading.header if reading.header == "no" else "auto"
    return planned(rating_tables.read(path, header, ROWS, reading), Options(), None)


def sureness(plan: Plan) -> float:
    """How much a table looks like ratings; 0 for not at all."""
    if plan.has_header:
        named = [bool(w.search(c)) for w, c in ((USER, plan.user), (ITEM, plan.item), (RATING, plan.rating))]
        return 0.9 if all(named) else 0.0
    ids = [plan.profiles[name] for name in (plan.user, plan.item)]
    seen = plan.profiles[plan.rating]
    repeated = all(p.distinct < 0.9 * p.rows and p.distinct > 2 for p in ids)
    fits = (
        len(plan.table.columns) <= MOST_COLUMNS
        and 2 <= seen.distinct <= MOST_STEPS
        and all(p.whole or p.kind == "text" for p in ids)
    )
    return 0.8 if repeated and fits and all(p.distinct > seen.distinct for p in ids) else 0.0


def _guess(folder: Path, name: str, plan: Plan, reading: Reading) -> Guess:
    titles = titles_file(folder, name, plan)
    low, high = plan.y_range
    options = {
        "table": name,
        "user": plan.user,
        "item": plan.item,
        "rating": plan.rating,
        **sheet_of(reading),
    }
    if titles:
        options["titles"] = titles
    return Guess(
        problem="collab",
        sure=sureness(plan),
        sentence=f"{name}: ratings from {low:g} to {high:g}" + (f", titles in {titles}." if titles else "."),
        options={**options, "weight_decay": str(WEIGHT_DECAY)},
        split=Split(kind="random"),
    )


def titles_file(folder: Path, ratings: str, plan: Plan) -> str:
    """A table beside the ratings that knows the items: its ids and one text for each; "" where there is none."""
    rated = set(plan.ids(plan.item))
    for name in rating_tables.candidates(folder):
        if name == ratings or not any(word in name.casefold() for word in TITLE_WORDS):
            continue
        try:
            table = rating_tables.read(folder / name).table
        except UserError:  # not a table, so no titles
            continue
        profiles = [profile(c, table.values(c)) for c in table.columns]
        has_names = any(p.kind == "text" and p.distinct > 0.5 * p.rows for p in profiles)
        if has_names and any(len(rated & set(table.values(c))) > 0.5 * len(rated) for c in table.columns):
            return name
    return ""
