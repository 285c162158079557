"""What takes the place of an item that breaks."""

from __future__ import annotations

import pytest

from studio.dataset.spares import NAMED, Spares, told
from studio.errors import UserError


class Set:
    """A hundred items, some of them broken; counts what is read."""

    def __init__(self, *broken: int) -> None:
        self.broken, self.tried = set(broken), list[int]()

    def read(self, place: int) -> str:
        self.tried.append(place)
        if place in self.broken:
            raise UserError(f"item {place} is damaged")
        return f"item {place}"


def test_the_next_readable_item_takes_the_place_and_a_broken_one_is_not_tried_again() -> None:
    items, spares = Set(3, 4, 99), Spares(100, str)
    assert [spares.take(place, items.read) for place in (2, 3, 4, 99)] == [
        "item 2",
        "item 5",
        "item 5",
        "item 0",
    ]
    assert [items.tried.count(place) for place in (3, 4, 99)] == [1, 1, 1]
    assert spares.names()[0] == ("3", "item 3 is damaged")


def test_too_many_end_in_a_sentence() -> None:
    spares = Spares(100, lambda place: f"photo{place}.jpg")
    with pytest.raises(UserError, match=r"6 of 100 items can no longer be read, such as photo0.jpg"):
        spares.take(0, Set(*range(50)).read)


def test_one_of_a_few_may_break() -> None:
    assert Spares(3, str).take(2, Set(2).read) == "item 0"


def test_a_mistake_of_the_program_is_not_taken_for_a_broken_file() -> None:
    def mistaken(place: int) -> str:
        raise KeyError(place)

    with pytest.raises(KeyError):
        Spares(10, str).take(1, mistaken)


def test_the_first_are_named_and_the_rest_counted() -> None:
    assert "a.jpg" in told("a.jpg", "It is cut short.", 1)
    assert "Further ones" in told("a.jpg", "", NAMED)
    assert told("a.jpg", "", NAMED + 1) == ""
