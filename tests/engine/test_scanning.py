"""What the window is told of a dataset: counts as used, groups, everything left out, samples by class."""

from __future__ import annotations

from studio.engine.scanning import scanned
from studio.problems.base import Dataset, Item

ITEMS = tuple(Item(f"p{n // 3}_{n}.png", "ab"[n % 2], n >= 9) for n in range(15))


def test_groups_are_counted_on_both_sides() -> None:
    dataset = Dataset(ITEMS, ("a", "b"), groups={item.key: item.key.split("_")[0] for item in ITEMS})
    told = scanned(dataset)
    assert (told.n_train, told.n_valid, told.train_groups, told.valid_groups) == (9, 6, 3, 2)
    assert scanned(Dataset(ITEMS, ("a", "b"))).train_groups == 0


def test_all_that_is_left_out_is_counted() -> None:
    told = scanned(Dataset(ITEMS, ("a", "b"), tuple((f"row {n}", "why") for n in range(1000))))
    assert told.n_left_out == 1000 and len(told.left_out) < 1000


def test_samples_know_the_classes_in_them_where_their_target_does_not_name_them() -> None:
    told = scanned(Dataset(ITEMS, ("a", "b")), (), lambda items: [("road", item.key) for item in items])
    assert all(sample.names == ("road", sample.key) for sample in told.samples)
