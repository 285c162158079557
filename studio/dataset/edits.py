"""The cleaning journal's marks laid over a dataset; files stay untouched. No torch, no Qt.

The split was decided before: removing or relabelling an item never moves another one between the sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from studio.problems.base import Dataset, Item

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
    kept = tuple(_marked(i, marks.get(i.key)) for i in dataset.items if not _removed(marks.get(i.key)))
    gone = tuple((i.key, REMOVED) for i in dataset.items if _removed(marks.get(i.key)))
    return Dataset(kept, _classes(dataset, kept), dataset.left_out + gone)


def _removed(mark: MarkLike | None) -> bool:
    return mark is not None and mark.action == "remove"


def _marked(item: Item, mark: MarkLike | None) -> Item:
    if mark is None or mark.action != "relabel" or mark.value is None:
        return item
    return msgspec.structs.replace(item, target=mark.value)


def _classes(dataset: Dataset, items: tuple[Item, ...]) -> tuple[str, ...]:
    """Sorted classes of the items that are left, where the dataset has classes at all."""
    if not dataset.classes:
        return ()
    names: set[str] = set()
    for item in items:
        names.update([item.target] if isinstance(item.target, str) else item.target)
    return tuple(sorted(names))
