"""The doctor of ratings: what would spoil a run, found before it. No torch, no pandas, no Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from studio.dataset.splitting import NO_TIME
from studio.dataset.table_reading import reading_of
from studio.engine.messages import Finding, Fix
from studio.problems.base import Dataset
from studio.problems.collab import rating_tables
from studio.problems.collab.items import NO_ID, NO_RATING, NO_SIDE
from studio.problems.collab.plan import Plan, of_titles, plan_of
from studio.problems.collab.scale import proposed_range
from studio.problems.table_checks import decimal_findings, form_findings, letter_findings
from studio.problems.tabular.checks import small_for_batch
from studio.problems.tabular.findings import finding, many, rows
from studio.problems.tabular.source import described
from studio.recipe.schema import Recipe

FEW_RATINGS = 5
Progress = Callable[[str, int, int], None]


def no_progress(text: str, done: int, total: int) -> None:
    """Tell nobody."""


def check(
    dataset: Dataset, recipe: Recipe, root: Path, progress: Progress = no_progress
) -> Iterator[Finding]:
    """Yield findings as they are known; see `studio.problems.base`."""
    plan = plan_of(recipe, root)
    yield from _reading(dataset, plan)
    yield from _letters(recipe, plan, root)
    yield from _sets(dataset)
    yield from small_for_batch(dataset, recipe)
    yield from _range(dataset, plan)
    progress("Looking at users and items", 0, 0)
    at = {str(row.line): place for place, row in enumerate(plan.table.rows)}
    users, items = plan.ids(plan.user), plan.ids(plan.item)
    pairs = {item.key: (users[at[item.key]], items[at[item.key]]) for item in dataset.items}
    yield from _twice(pairs)
    yield from _strangers(dataset, pairs)
    yield from _titles(recipe, plan, set(items))


def _reading(dataset: Dataset, plan: Plan) -> Iterator[Finding]:
    n_users, n_items = len(set(plan.ids(plan.user))), len(set(plan.ids(plan.item)))
    header = "Its first row names the columns" if plan.has_header else "It has no header"
    n_ratings = many(len(plan.table.rows), "rating")
    yield finding(
        "table",
        "info",
        f"{plan.table.path.name}: {n_ratings} of {many(n_items, 'item')} by {many(n_users, 'user')}",
        f"It is {described(plan.table)}. {header}: user “{plan.user}”, item “{plan.item}”, rating “{plan.rating}”. "
        f"{len(dataset.items) / max(1, n_users * n_items):.2%} of all pairs are rated.",
        count=len(plan.table.rows),
    )
    if plan.table.bad:
        title = f"{many(len(plan.table.bad), 'row')} cannot be read"
        yield finding(
            "bad_rows",
            "warning",
            title,
            f"They are left out. The first: {plan.table.bad[0][1]}.",
            rows(n for n, _ in plan.table.bad),
        )
    for why in (NO_RATING, NO_ID, NO_SIDE, NO_TIME):
        keys = [key for key, reason in dataset.left_out if reason == why]
        if keys:
            yield finding(
                "rows_left_out",
                "warning",
                f"{many(len(keys), 'row')} left out: {why}",
                "The other rows are used.",
                rows(keys),
            )


def _letters(recipe: Recipe, plan: Plan, root: Path) -> Iterator[Finding]:
    """Whether the ratings look as they were read, and the letters of the titles."""
    from studio.problems.collab import PROBLEM

    options = PROBLEM.options_of(recipe)
    reading = reading_of(options)
    yield from form_findings(plan.table, reading)
    yield from decimal_findings(plan.table, plan.profiles, reading)
    if options.titles:
        path = rating_tables.path_of(root, options.titles, "titles")
        table = rating_tables.read(path, reading=of_titles(reading)).table
        yield from letter_findings(table.path, table.dialect.encoding, options.encoding)


def _sets(dataset: Dataset) -> Iterator[Finding]:
    if not dataset.train() or not dataset.valid():
        side = "validation" if dataset.train() else "training"
        fix = Fix("Keep a random share of the rows", {"split": "random", "valid_pct": 0.2})
        yield finding("empty_set", "error", f"The {side} set is empty", "Both sets need ratings.", fix=fix)


def _range(dataset: Dataset, plan: Plan) -> Iterator[Finding]:
    ratings = Counter(item.target for item in dataset.items)
    if len(ratings) < 2:
        yield finding(
            "one_rating",
            "error",
            "Every rating is the same",
            "There is nothing to learn. Choose another rating column.",
        )
        return
    low, high = plan.y_range
    proposed = proposed_range(ratings)
    if low > min(ratings) or high < max(ratings):
        yield finding(
            "range_too_narrow",
            "warning",
            f"Ratings from {min(ratings):g} to {max(ratings):g} lie outside the range {low:g} to {high:g}",
            "The model can never answer with them.",
            fix=Fix(
                f"Use {proposed[0]:g} to {proposed[1]:g}", {"y_range": f"{proposed[0]:g}, {proposed[1]:g}"}
            ),
        )
    common, n = ratings.most_common(1)[0]
    if n > 0.9 * len(dataset.items):
        yield finding(
            "unbalanced",
            "warning",
            f"{n / len(dataset.items):.0%} of the ratings are {common:g}",
            "There is little to learn from the others.",
        )


def _twice(pairs: dict[str, tuple[str, str]]) -> Iterator[Finding]:
    counts = Counter(pairs.values())
    again = [key for key, pair in pairs.items() if counts[pair] > 1]
    if again:
        yield finding(
            "rated_twice",
            "warning",
            f"{many(sum(n > 1 for n in counts.values()), 'pair')} of user and item rated more than once",
            "A rating may train and its repetition judge: the score is a little too good.",
            rows(again),
        )


def _strangers(dataset: Dataset, pairs: dict[str, tuple[str, str]]) -> Iterator[Finding]:
    for at, what in ((0, "user"), (1, "item")):
        trained = Counter(pairs[item.key][at] for item in dataset.train())
        unseen = sorted({pairs[item.key][at] for item in dataset.valid()} - trained.keys())
        if unseen:
            title = f"{many(len(unseen), what)} only in the validation set"
            yield finding(
                f"{what}_only_in_validation",
                "info",
                title,
                "The model knows nothing of them and answers with what is usual.",
                unseen,
            )
        few = sorted(name for name, n in trained.items() if n < FEW_RATINGS)
        if few:
            title = f"{many(len(few), what)} with fewer than {FEW_RATINGS} ratings"
            yield finding(
                f"{what}_rarely_rated", "info", title, "Weight decay keeps them near what is usual.", few
            )


def _titles(recipe: Recipe, plan: Plan, items: set[str]) -> Iterator[Finding]:
    nameless = sorted(items - plan.titles.keys())
    if recipe.options.get("titles") and nameless:
        yield finding(
            "no_title",
            "info",
            f"{many(len(nameless), 'item')} without a title",
            "They are shown by their id.",
            nameless,
        )
