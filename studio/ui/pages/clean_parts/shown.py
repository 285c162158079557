"""Which items the grid shows, and what the marks mean in sentences. No widgets, quick at 100,000 items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.errors import UserError
from studio.problems.base import Problem
from studio.project.marks import Mark
from studio.project.results import ItemResult, Results
from studio.recipe.schema import Recipe
from studio.ui.pages.nothing_here import Nothing
from studio.ui.samples.base import PHOTOS, About
from studio.ui.targets import is_class, names_of
from studio.ui.widgets.words import plural

SETS = (("training", "Training"), ("validation", "Validation"), ("all", "All items"))
MARKS = (("any", "Marked or not"), ("marked", "Only marked"), ("unmarked", "Only unmarked"))
ALL_CLASSES = "*"


@dataclass(frozen=True)
class Filter:
    """What is asked for; `cls` is `ALL_CLASSES` or "=" and the name of a class."""

    which: str = "training"
    cls: str = ALL_CLASSES
    marks: str = "any"


def chosen(results: Results, marks: Mapping[str, Mark], wanted: Filter) -> list[int]:
    """Indices into `results.items` in their order, which is by loss, worst first."""
    valid = {"training": False, "validation": True}.get(wanted.which)
    name = None if wanted.cls == ALL_CLASSES else wanted.cls[1:]
    marked = {"marked": True, "unmarked": False}.get(wanted.marks)
    return [
        index
        for index, item in enumerate(results.items)
        if (valid is None or item.valid == valid)
        and (name is None or name in names_of(item.target))
        and (marked is None or (item.key in marks) == marked)
    ]


def relabels(results: Results) -> bool:
    """Whether an item can be given other classes: there are some, and each item has one, or several by thresholds."""
    single = all(is_class(item.target) for item in results.items)
    return bool(results.classes) and (single or bool(results.thresholds))


def shown_words(count: int, wanted: Filter, spoken: About = PHOTOS) -> str:
    """``244 photos, worst first``; the set is on the button beside it."""
    lead = {"marked": "marked ", "unmarked": "unmarked "}.get(wanted.marks, "")
    return f"{plural(count, lead + spoken.one, lead + spoken.many)}, worst first"


def nothing_left(wanted: Filter, spoken: About = PHOTOS) -> Nothing:
    """The words in place of the grid where a filter leaves nothing."""
    if wanted.marks == "marked":
        sentence = "What you keep, relabel or remove is listed here."
        return Nothing(f"No {spoken.one} is marked here", sentence, f"Show all {spoken.many}")
    which = dict(SETS)[wanted.which].lower()
    said = f"None of the {which if wanted.which == 'all' else which + ' items'} is left by the filters above."
    return Nothing(f"No {spoken.many} to show", said, f"Show all {spoken.many}")


def changed_validation(marks: Mapping[str, Mark], items: Mapping[str, ItemResult]) -> int:
    """How many marks would change the validation set."""
    return sum(
        1 for key, mark in marks.items() if mark.action != "keep" and key in items and items[key].valid
    )


def validation_words(count: int, spoken: About = PHOTOS) -> str:
    """Why marks in the validation set matter."""
    them = "it" if count == 1 else "they"
    marked = plural(count, f"marked {spoken.one}", f"marked {spoken.many}")
    return (
        f"{marked} of the validation set: {them} change what the model is judged by, so new scores cannot be "
        "compared with earlier ones."
    )


def plan_words(marks: Mapping[str, Mark], root: Path | None, trash: Path | None, source: str | None) -> str:
    """What carrying the marks out will do, where, and that it can be taken back.

    Empty where `source` is None: such marks are used in training, and the data is never changed.
    """
    if source is None:
        return ""
    removed, relabelled = _count(marks, "remove"), _count(marks, "relabel")
    if source == "table":
        parts = [
            "A corrected copy of the table is written into the project; "
            "your own table and all files stay as they are."
        ]
    else:
        parts = []
        if removed:
            parts.append(f"{plural(removed, 'file')} {_go(removed)} to the trash of the project ({trash}).")
        if relabelled and source == "folders":
            parts.append(
                f"{plural(relabelled, 'file')} {_go(relabelled)} into the folder of the new class "
                f"below {root}."
            )
        elif relabelled:
            parts.append(f"{plural(relabelled, 'relabel')} stay in the project: here the class is no folder.")
    return " ".join((*parts, "Nothing is overwritten, and you can put everything back."))


def source_of(problem: Problem[Any], recipe: Recipe) -> str | None:
    """Where the recipe's labels are ("folders", "table", ...); None where marks cannot be carried out in the data."""
    try:
        found = getattr(problem.options_of(recipe), "source", None)
    except UserError:  # the Data page says what is wrong with the recipe; here nothing can be carried out
        return None
    return None if found is None else str(found)


def moved(marks: Mapping[str, Mark]) -> int:
    """How many marks do something to files."""
    return _count(marks, "remove") + _count(marks, "relabel")


def _count(marks: Mapping[str, Mark], action: str) -> int:
    return sum(1 for mark in marks.values() if mark.action == action)


def _go(count: int) -> str:
    return "goes" if count == 1 else "go"


def probabilities(item: ItemResult, classes: Sequence[str], most: int = 4) -> list[tuple[str, float]]:
    """Classes with the model's scores, best first; the item's own class is always among them."""
    ranked = sorted(zip(classes, item.scores, strict=False), key=lambda pair: -pair[1])
    top = ranked[:most]
    own = [pair for pair in ranked[most:] if pair[0] in names_of(item.target)]
    return top[: max(1, most - len(own))] + own if own else top


def toggled(
    items: Sequence[ItemResult], marks: Mapping[str, Mark], name: str
) -> list[tuple[str, tuple[str, ...], list[str]]]:
    """One more tag for items that may have several: each gets `name`; where all have it, each loses it.

    Returns
    -------
    list of (action, tags, keys)
        Items that come to have the same tags together; "keep" where that is what they had.
    """
    now = {item.key: _tags_now(item, marks.get(item.key)) for item in items}
    is_everywhere = all(name in tags for tags in now.values())
    own = {item.key: tuple(sorted(names_of(item.target))) for item in items}
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for key, tags in now.items():
        wanted = tuple(sorted({*tags} - {name} if is_everywhere else {*tags, name}))
        groups.setdefault(("keep" if wanted == own[key] else "relabel", wanted), []).append(key)
    return [(action, tags, keys) for (action, tags), keys in groups.items()]


def _tags_now(item: ItemResult, mark: Mark | None) -> tuple[str, ...]:
    return names_of(mark.value if mark is not None and mark.action == "relabel" else item.target)
