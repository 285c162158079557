"""Where items have several tags, relabelling adds one or takes it away."""

from __future__ import annotations

from studio.project.marks import Mark
from studio.project.results import ItemResult, Results
from studio.ui.grid.item_words import heading
from studio.ui.pages.clean_parts.shown import Filter, chosen, probabilities, toggled


def item(key: str, *tags: str) -> ItemResult:
    return ItemResult(key, False, list(tags), ["haze"], 1.0, scores=(0.9, 0.2, 0.4))


def test_a_tag_is_added_to_those_without_and_taken_from_all_that_have_it() -> None:
    one, two = item("1", "clear"), item("2", "clear", "road")
    assert toggled([one, two], {}, "road") == [
        ("relabel", ("clear", "road"), ["1"]),
        ("keep", ("clear", "road"), ["2"]),
    ]
    assert toggled([one, two], {}, "clear") == [("relabel", (), ["1"]), ("relabel", ("road",), ["2"])]


def test_marks_count_and_taking_a_tag_back_keeps_the_item() -> None:
    marks = {"1": Mark("1", "relabel", ["clear", "haze"])}
    assert toggled([item("1", "clear")], marks, "road") == [("relabel", ("clear", "haze", "road"), ["1"])]
    assert toggled([item("1", "clear")], marks, "haze") == [("keep", ("clear",), ["1"])]


def test_a_class_shows_every_item_that_has_the_tag() -> None:
    found = Results(
        "multi_label", ("clear", "haze", "road"), {}, (item("1", "clear"), item("2", "clear", "road"))
    )
    assert chosen(found, {}, Filter("training", "=road")) == [1]
    assert chosen(found, {}, Filter("training", "=clear")) == [0, 1]


def test_the_items_own_tags_are_among_the_scores_shown() -> None:
    rows = probabilities(item("1", "haze"), ("clear", "haze", "road"), most=2)
    assert rows == [("clear", 0.9), ("haze", 0.2)]


def test_a_tile_of_wrong_tags_says_what_is_missing_or_too_much() -> None:
    assert heading(item("1", "clear", "haze", "road")) == ("missed clear, road", "")
    assert heading(item("1", "haze")) == ("haze", "rightly seen")
    assert heading(ItemResult("1", False, "ant", "bee", 1.0)) == ("ant", "seen as bee")
