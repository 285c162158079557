"""The split is the same everywhere, and its counts are those that are shown."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.dataset.splits import column_split, folder_split, random_split, stratified_split

LABELS = ["a"] * 50 + ["b"] * 10 + ["c"] * 2 + ["d"]


def test_a_seed_always_means_the_same_split() -> None:
    assert random_split(20, 0.3, seed=7) == random_split(20, 0.3, seed=7)
    assert random_split(200, 0.3, seed=7) != random_split(200, 0.3, seed=8)
    assert [i for i, v in enumerate(random_split(10, 0.3, seed=42)) if v] == [4, 7, 9]


def test_no_global_random_state_is_touched() -> None:
    random.seed(1)
    np.random.seed(1)
    before, before_np = random.getstate(), np.random.get_state()[1].copy()  # type: ignore[index]
    random_split(50, 0.2, 3)
    stratified_split(LABELS, 0.2, 3)
    assert random.getstate() == before
    assert (np.random.get_state()[1] == before_np).all()  # type: ignore[index]


def test_the_share_is_rounded_and_may_be_nothing() -> None:
    assert sum(random_split(300, 0.2, 1)) == 60
    assert sum(random_split(2, 0.1, 1)) == 0


def test_a_stratified_split_takes_a_share_of_every_class() -> None:
    kept = Counter(
        label for label, valid in zip(LABELS, stratified_split(LABELS, 0.2, 1), strict=True) if valid
    )
    assert kept == {"a": 10, "b": 2, "c": 1}


@given(st.lists(st.sampled_from("abcdef"), max_size=60), st.floats(0.01, 0.99), st.integers(0, 2**31 - 1))
def test_every_class_keeps_an_item_to_train_on(labels: list[str], pct: float, seed: int) -> None:
    sides = stratified_split(labels, pct, seed)
    assert {label for label, valid in zip(labels, sides, strict=True) if not valid} == set(labels)


def test_another_class_moves_nothing_in_the_first() -> None:
    alone = stratified_split(["a"] * 30, 0.2, 5)
    assert stratified_split(["a"] * 30 + ["b"] * 9, 0.2, 5)[:30] == alone


def test_folders_split_by_name_and_not_by_prefix() -> None:
    keys = ["train/a/1.jpg", "val/a/2.jpg", "validation/a/3.jpg", "4.jpg"]
    assert folder_split(keys, "train", "val/") == (False, True, None, None)


def test_a_validation_folder_inside_the_training_folder_wins() -> None:
    assert folder_split(["train/held/1.jpg", "train/2.jpg"], "train", "train/held") == (True, False)


@pytest.mark.parametrize(
    ("word", "side"),
    [("True", True), ("1", True), ("valid", True), ("", False), ("0", False), ("train", False), ("?", None)],
)
def test_words_of_a_validation_column(word: str, side: bool | None) -> None:
    assert column_split([word]) == (side,)
