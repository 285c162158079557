"""The cleaning journal's marks laid over a dataset; files stay untouched. No torch, no Qt.

The split was decided before: removing or relabelling an item never moves another one between the sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

import msgspec

from studio.problems.base import Dataset, Item, names_in

REMOVED = "removed in cleaning"


class MarkLike(Protocol):
    """A mark as the journal keeps it: `action` is "keep", "relabel" or "remove"."""

    @property
    def action(self) -> str:
        """What is to happen to the item."""
        ...

    @property
    def value(self) -> Any:
        """The new target of a relabelled item."""
        ...


def apply_marks(dataset: Dataset, marks: Mapping[str, MarkLike]) -> Dataset:
    """Return the dataset as marked: removed items left out, relabelled ones with their new target.

    Classes follow the items: one that lost its last item goes, one that a relabelled item brought comes.
    Marks of keys that are not in the dataset change nothing.
    """
    if not any(item.key in marks for item in dataset.items):
        return dataset
    known = frozenset(dataset.classes)
    kept = tuple(_marked(i, marks.get(i.key), known) for i in dataset.items if not _removed(marks.get(i.key)))
    gone = tuple((i.key, REMOVED) for i in dataset.items if _removed(marks.get(i.key)))
    classes = _classes(dataset, kept)
    return replace(dataset, items=kept, classes=classes, left_out=dataset.left_out + gone)


def _removed(mark: MarkLike | None) -> bool:
    return mark is not None and mark.action == "remove"


def _marked(item: Item, mark: MarkLike | None, classes: frozenset[str]) -> Item:
    """The item with its new target; one whose target is no class (the name of a mask) cannot be relabelled by one."""
    if mark is None or mark.action != "relabel" or mark.value is None:
        return item
    if classes and isinstance(item.target, str) and item.target not in classes:
        return item
    return msgspec.structs.replace(item, target=_like(item.target, mark.value))


def _like(target: Any, value: Any) -> Any:
    """The new target as the old one is kept: several classes as a tuple, sorted."""
    if not isinstance(target, tuple) or not all(isinstance(part, str) for part in target):
        return value
    return tuple(sorted({value} if isinstance(value, str) else set(value)))


def _classes(dataset: Dataset, items: tuple[Item, ...]) -> tuple[str, ...]:
    """Sorted classes of the items that are left; as they were where no target names one (a mask, a number)."""
    known = set(dataset.classes)
    if not any(known.intersection(names_in(item.target)) for item in dataset.items):
        return dataset.classes
    names: set[str] = set()
    for item in items:
        names.update([item.target] if isinstance(item.target, str) else item.target)
    return tuple(sorted(names))
