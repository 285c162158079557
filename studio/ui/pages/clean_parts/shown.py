"""Which items the grid shows, and what the marks mean in sentences. No widgets, quick at 100,000 items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.project.marks import Mark
from studio.project.results import ItemResult, Results
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
        and (name is None or str(item.target) == name)
        and (marked is None or (item.key in marks) == marked)
    ]


def shown_words(count: int, wanted: Filter) -> str:
    """``244 items, worst first``; the set is on the button beside it."""
    said = {"marked": "marked item", "unmarked": "unmarked item"}.get(wanted.marks, "item")
    return f"{plural(count, said)}, worst first"


def changed_validation(marks: Mapping[str, Mark], items: Mapping[str, ItemResult]) -> int:
    """How many marks would change the validation set."""
    return sum(
        1 for key, mark in marks.items() if mark.action != "keep" and key in items and items[key].valid
    )


def validation_words(count: int) -> str:
    """Why marks in the validation set matter."""
    them = "it" if count == 1 else "they"
    return (
        f"{plural(count, 'marked item')} of the validation set: {them} change what the model is "
        "judged by, so new scores cannot be compared with earlier ones."
    )


def plan_words(marks: Mapping[str, Mark], root: Path | None, trash: Path | None, source: str) -> str:
    """What carrying the marks out will do, where, and that it can be taken back."""
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
    own = [pair for pair in ranked[most:] if pair[0] == _plain(item.target)]
    return top[: most - 1] + own if own else top


def _plain(value: Any) -> str:
    return str(value)
