"""The doctor of texts says what would spoil a run, names the texts, and offers an edit of the recipe."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from studio.engine.messages import Finding
from studio.problems.text import PROBLEM
from studio.problems.text.checks import check
from studio.problems.text.items import collect
from studio.problems.text.near_copies import near_copies
from studio.recipe.edit import with_values
from studio.recipe.schema import Recipe
from tests.problems.test_text_items import folder_of, table_of
from tests.problems.texts_made import recipe

WORDS = [f"word{n}" for n in range(400)]


def told(given: Recipe, root: Path) -> dict[str, Finding]:
    return {found.code: found for found in check(collect(given, root), given, root)}


def findings(root: Path, **options: Any) -> dict[str, Finding]:
    return told(recipe(root, **options), root)


def mended(root: Path, found: Finding) -> dict[str, Finding]:
    """What is found after a fix was clicked."""
    assert found.fix is not None
    return told(with_values(recipe(root), PROBLEM, found.fix.values), root)


def prose(draw: random.Random, n: int = 60) -> list[str]:
    return [draw.choice(WORDS) for _ in range(n)]


def test_everything_that_would_spoil_a_run_is_found(tmp_path: Path) -> None:
    rows = [("good", f"Text number {n} is good and long enough") for n in range(12)]
    rows += [("bad", f"Text number {n} is of no worth") for n in range(12)]
    rows += [
        ("Bad", "same words"),
        ("bad", "same words"),
        ("good", "CafÃ© <br /> good"),
        ("bad", " "),
        ("good", "good"),
        ("NA", "who knows"),
    ]
    found = findings(table_of(tmp_path, rows), most_tokens=16)
    assert {
        "empty_texts",
        "near_empty_classes",
        "class_name_variants",
        "class_named_missing",
        "broken_letters",
        "html",
        "contradicting_labels",
        "short_texts",
        "label_in_text",
        "lengths",
        "unbalanced",
    } <= set(found)
    assert found["empty_texts"].items == ("row 29",)
    assert found["contradicting_labels"].items == ("row 26 (Bad) ≈ row 27 (bad)",)


def test_labels_written_in_several_ways_become_one(tmp_path: Path) -> None:
    root = table_of(
        tmp_path, [(("good", "Good", "bad")[n % 3], f"Text number {n} of all") for n in range(30)]
    )
    found = findings(root)["class_name_variants"]
    assert "class_name_variants" not in mended(root, found)


def test_one_class_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    root = table_of(tmp_path, [("good", f"Text {n}") for n in range(8)])
    found = findings(root)["one_class"]
    assert found.severity == "error" and "one_class" not in mended(root, found)


def test_copies_across_the_sets_are_named_and_leave_the_training_set(tmp_path: Path) -> None:
    rows = [(("good", "bad")[n % 2], f"Only once {n} {n * 7}") for n in range(40)]
    root = table_of(tmp_path, rows + [("good", "The very same text"), ("good", "the very  same text")] * 4)
    before = collect(recipe(root), root)
    found = findings(root)["copies_across_sets"]
    assert found.count == 1 and "row 42 = row 43" in found.items[0]
    assert "copies_across_sets" not in mended(root, found)
    assert found.fix is not None and found.fix.label == "Leave the training copies out"
    assert not set(found.fix.values["skip"]) & {item.key for item in before.valid()}


def test_nearly_equal_texts_are_found_across_the_sets_and_with_another_label(tmp_path: Path) -> None:
    draw = random.Random(4)
    originals = [prose(draw) for _ in range(40)]
    rows = [(("good", "bad")[n % 2], " ".join(words)) for n, words in enumerate(originals)]
    for n, words in enumerate(originals[:20]):
        edited = [*words[:30], "another", *words[31:]]
        rows.append((("good", "bad")[(n + (n < 2)) % 2], " ".join(edited)))
    found = findings(table_of(tmp_path, rows))
    assert found["look_alikes_with_other_class"].count == 2
    assert "row 2 (good) ≈ row 42 (bad)" in found["look_alikes_with_other_class"].items
    seen = found["look_alikes_on_both_sides"].count + found["look_alikes"].count
    assert seen >= 18 and "copies_across_sets" not in found


@pytest.mark.parametrize(("changed", "is_found"), [(1, True), (3, True), (30, False)])
def test_how_many_words_may_differ(changed: int, is_found: bool) -> None:
    draw = random.Random(changed)
    words = prose(draw, 100)
    other = list(words)
    for at in draw.sample(range(100), changed):
        other[at] = "elsewhere"
    groups = near_copies([prose(draw, 100), words, prose(draw, 100), other, ["short"], ["short"]])
    assert groups == (((1, 3),) if is_found else ())


def test_a_footer_under_every_text_joins_none(tmp_path: Path) -> None:
    draw = random.Random(1)
    footer = [f"footer{n}" for n in range(14)]
    assert near_copies([[*prose(draw), *footer] for _ in range(200)]) == ()


def test_files_that_are_not_read_and_other_letters_are_named(tmp_path: Path) -> None:
    folder_of(tmp_path, {f"{kind}/{n}.txt": f"Text {n} of {kind}" for kind in ("x", "y") for n in range(4)})
    (tmp_path / "x" / "latin.txt").write_bytes("Un café très léger, déjà".encode("cp1252"))
    (tmp_path / "y" / "binary.txt").write_bytes(b"\0\1\2")
    (tmp_path / "y" / "huge.txt").write_bytes(b"a " * (11 * 2**20))
    found = list(check(collect(given := recipe(tmp_path, source="folders"), tmp_path), given, tmp_path))
    assert [f.items for f in found if f.code == "encoding"] == [("x/latin.txt (Western (Windows-1252))",)]
    assert [f.items for f in found if f.code == "left_out"] == [("y/binary.txt",), ("y/huge.txt",)]


def test_weights_that_do_not_fit_are_told_before_the_download(tmp_path: Path) -> None:
    root = table_of(tmp_path, [(("good", "bad")[n % 2], f"Text {n} {n * 3}") for n in range(16)])
    found = findings(root, weights="wikitext")["weights_of_another_network"]
    assert found.severity == "error" and found.fix is not None and found.fix.values == {"arch": "awd_lstm"}
