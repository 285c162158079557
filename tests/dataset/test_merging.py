"""Names that mean one class, written into a recipe and read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.dataset.merging import read_merges, with_merges
from studio.errors import UserError

NAMES = (
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda name: name and ":" not in name)
)


@given(st.lists(NAMES, min_size=2, max_size=6, unique=True))
def test_a_merge_reads_back_as_it_was_written(names: list[str]) -> None:
    assert read_merges(with_merges("", [names])) == {name: names[0] for name in names[1:]}


def test_a_chain_ends_at_its_end_and_a_circle_harms_nobody() -> None:
    assert read_merges("a:b, b:c") == {"a": "c", "b": "c"}
    assert set(read_merges("a:b, b:a").values()) <= {"a", "b"}


def test_earlier_merges_stay() -> None:
    assert read_merges(with_merges("x:y", [["ant", "Ant"]])) == {"x": "y", "Ant": "ant"}


@pytest.mark.parametrize("text", ["ant", "ant:", ":ant"])
def test_an_entry_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="merge"):
        read_merges(text)
