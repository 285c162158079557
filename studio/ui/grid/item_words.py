"""The words of an item's tile: what it is, what the model saw, how wrong that was, and its mark. No Qt.

Must not import: Qt, numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from studio.project.marks import Mark
from studio.project.results import ItemResult
from studio.ui.targets import agrees as same
from studio.ui.targets import names_of, seen_words, target_words

Caption = Callable[[Any], str]


def title(item: ItemResult, caption: Caption = target_words) -> str:
    """``ant, seen as bee``; ``120, predicted 98.3``; the class alone where the model agrees."""
    seen = "" if agrees(item) else seen_words(item.target, item.predicted)
    return ", ".join(part for part in (name(item, caption), seen) if part)


def name(item: ItemResult, caption: Caption = target_words) -> str:
    """What the item is; its file's name where its target has no words (a mask)."""
    return caption(item.target) if item.target is not None else item.key.rsplit("/", 1)[-1]


def seen_as(item: ItemResult, caption: Caption = target_words) -> str:
    """The model's side: ``seen as bee``, ``rightly seen``, ``predicted 98.3``."""
    if isinstance(item.predicted, str) and not agrees(item):
        return f"seen as {caption(item.predicted)}"
    return seen_words(item.target, item.predicted)


def heading(item: ItemResult, caption: Caption = target_words) -> tuple[str, str]:
    """The first line of a tile: what it is, and the model's side; of wrong tags only what is missing or too much."""
    if len(names_of(item.target)) > 1 and not item.words and not agrees(item):
        return seen_as(item, caption), ""
    return name(item, caption), seen_as(item, caption)


def agrees(item: ItemResult) -> bool:
    """Whether the model says what the item is; never where there is nothing to compare."""
    return item.target is not None and same(item.target, item.predicted)


def loss(item: ItemResult) -> str:
    """``loss 6.1``; ``no loss`` where it is not a number."""
    if item.loss is None:
        return "no loss"
    return f"loss {item.loss:.1f}" if item.loss >= 1 else f"loss {item.loss:.2f}"


def badge(mark: Mark | None, caption: Caption = target_words) -> str:
    """``keep``, ``bee``, ``remove``: the words of a mark."""
    if mark is None:
        return ""
    return caption(mark.value) if mark.action == "relabel" else mark.action


def mark_counts(marks: Mapping[str, Mark]) -> str:
    """``3 marks: 1 keep, 1 relabel, 1 remove``."""
    counts = {
        action: sum(1 for m in marks.values() if m.action == action)
        for action in ("keep", "relabel", "remove")
    }
    parts = ", ".join(f"{n:,} {action}" for action, n in counts.items() if n)
    return f"{len(marks):,} {'mark' if len(marks) == 1 else 'marks'}: {parts}" if parts else "No marks yet"
