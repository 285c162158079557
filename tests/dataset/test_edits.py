"""Marks change targets and take items away, and never move an item between the sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from studio.dataset.edits import apply_marks
from studio.problems.base import Dataset, Item


@dataclass(frozen=True)
class Mark:
    action: str
    value: Any = None


DATASET = Dataset(
    (Item("a/1", "a", False), Item("a/2", "a", True), Item("b/3", "b", False), Item("c/4", "c", False)),
    ("a", "b", "c"),
    (("x", "why"),),
)


def test_no_marks_change_nothing() -> None:
    assert apply_marks(DATASET, {}) is DATASET
    assert apply_marks(DATASET, {"gone": Mark("remove")}) is DATASET


def test_removed_items_are_left_out_with_the_reason() -> None:
    edited = apply_marks(DATASET, {"a/1": Mark("remove"), "b/3": Mark("keep")})
    assert [item.key for item in edited.items] == ["a/2", "b/3", "c/4"]
    assert edited.left_out == (("x", "why"), ("a/1", "removed in cleaning"))


def test_relabelled_items_stay_on_their_side() -> None:
    edited = apply_marks(DATASET, {"a/2": Mark("relabel", "b")})
    assert edited.items[1] == Item("a/2", "b", True)
    assert [item.valid for item in edited.items] == [item.valid for item in DATASET.items]


def test_classes_follow_the_items() -> None:
    edited = apply_marks(DATASET, {"c/4": Mark("relabel", "d"), "b/3": Mark("remove")})
    assert edited.classes == ("a", "d")


def test_targets_of_several_classes_are_counted_each() -> None:
    tagged = Dataset((Item("1", ["a", "b"], False), Item("2", ["c"], False)), ("a", "b", "c"))
    assert apply_marks(tagged, {"2": Mark("remove")}).classes == ("a", "b")


def test_a_dataset_without_classes_keeps_none() -> None:
    numbers = Dataset((Item("1", 2.5, False), Item("2", 3.5, True)))
    assert apply_marks(numbers, {"1": Mark("relabel", 4.5)}).items[0].target == 4.5


def test_classes_stay_where_targets_do_not_name_them() -> None:
    masks = Dataset(
        (Item("a.png", "masks/a.png", False), Item("b.png", "masks/b.png", True)), ("road", "sky")
    )
    removed = apply_marks(masks, {"a.png": Mark("remove")})
    assert [item.key for item in removed.items] == ["b.png"]
    assert removed.classes == ("road", "sky")
    assert apply_marks(masks, {"a.png": Mark("relabel", "sky")}).items == masks.items
