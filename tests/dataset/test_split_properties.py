"""What every split promises, whatever the items: disjoint, complete, stable, whole groups, time in order."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.dataset.splits import (
    group_split,
    hash_split,
    random_split,
    stratified_split,
    tags_split,
    time_split,
)

NAMES = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=60, unique=True)
LABELS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=60)
SHARES = st.floats(0.01, 0.99)
SEEDS = st.integers(0, 2**31 - 1)


@given(LABELS, SHARES, SEEDS)
def test_every_item_is_on_one_side_and_the_draw_repeats(labels: list[str], share: float, seed: int) -> None:
    tags = [set(label) for label in labels]
    splits: tuple[Callable[[], tuple[bool, ...]], ...] = (
        lambda: random_split(len(labels), share, seed),
        lambda: stratified_split(labels, share, seed),
        lambda: tags_split([tuple(own) for own in tags], share, seed),
        lambda: group_split(labels, share, seed),
        lambda: hash_split([f"{at}" for at in range(len(labels))], share, seed),
    )
    for split in splits:
        sides = split()
        assert len(sides) == len(labels) and set(sides) <= {True, False}
        assert split() == sides


@given(LABELS, SHARES, SEEDS)
def test_a_class_of_two_is_on_both_sides_of_a_stratified_split(
    labels: list[str], share: float, seed: int
) -> None:
    sides = stratified_split(labels, share, seed)
    for label in set(labels):
        own = [side for side, one in zip(sides, labels, strict=True) if one == label]
        assert len(set(own)) == (2 if len(own) > 1 else 1)


@given(NAMES, NAMES, SHARES, SEEDS)
def test_by_hash_more_items_move_no_item(names: list[str], more: list[str], share: float, seed: int) -> None:
    before = dict(zip(names, hash_split(names, share, seed), strict=True))
    grown = [*more, *names]
    after = dict(zip(grown, hash_split(grown, share, seed), strict=True))
    assert {name: after[name] for name in names} == before


@given(LABELS, SHARES, SEEDS)
def test_groups_are_never_divided(groups: list[str], share: float, seed: int) -> None:
    sides = group_split(groups, share, seed)
    pairs = set(zip(groups, sides, strict=True))
    assert len(pairs) == len(set(groups))
    if len(set(groups)) > 1:
        assert set(sides) == {True, False}


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("xyz")), min_size=1, max_size=60), SEEDS
)
def test_groups_leave_every_class_something_to_train_on(items: list[tuple[str, str]], seed: int) -> None:
    sides = group_split([g for g, _ in items], 0.4, seed, [(c,) for _, c in items])
    assert {c for _, c in items} == {c for (_, c), side in zip(items, sides, strict=True) if not side}


@settings(max_examples=200)
@given(st.lists(st.none() | st.integers(0, 20).map(float), max_size=60), SHARES)
def test_what_validates_is_later_than_all_that_trains(moments: list[float | None], share: float) -> None:
    sides = time_split(moments, share)
    train = [m for m, side in zip(moments, sides, strict=True) if side is False and m is not None]
    valid = [m for m, side in zip(moments, sides, strict=True) if side and m is not None]
    assert [side is None for side in sides] == [m is None for m in moments]
    assert not valid or max(train) < min(valid)
    assert bool(valid) == (len({m for m in moments if m is not None}) > 1)
