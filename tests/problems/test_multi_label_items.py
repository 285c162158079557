"""Tables of tags become items, rows that do not are left out with a reason, and both sets have every tag."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from studio.dataset.splits import tags_split
from studio.errors import UserError
from studio.problems.image_classification.options import guess as guess_class
from studio.problems.multi_label.items import collect, require_trainable, target_of
from studio.problems.multi_label.options import guess
from studio.problems.multi_label.tags import DELIMITERS, guess_delimiter, oddity, tags_of
from studio.recipe.schema import Split
from tests.problems.tagged import recipe, tagged_photos, written

NAMES = st.text(alphabet="abcdefgxyz_", min_size=1, max_size=8)


@given(st.lists(NAMES, max_size=6), st.sampled_from(sorted(DELIMITERS)), st.booleans())
def test_what_is_joined_is_read_again(tags: list[str], name: str, trailing: bool) -> None:
    delimiter = DELIMITERS[name]
    cell = delimiter.join(tags) + (delimiter if trailing else "")
    assert tags_of(cell, delimiter) == tuple(sorted(set(tags)))
    assert bool(oddity(cell, delimiter)) == (
        len(set(tags)) < len(tags) or (trailing and bool(tags) and delimiter != " ")
    )


@pytest.mark.parametrize("name", sorted(DELIMITERS))
def test_the_delimiter_is_found(name: str) -> None:
    sets = [("clear", "road"), ("clear",), ("haze", "road"), ("clear", "haze", "road"), ("haze",)]
    assert guess_delimiter([DELIMITERS[name].join(one) for one in sets] * 3) == name


@pytest.mark.parametrize(
    "cells",
    [
        ["golden retriever", "tabby cat", "grey parrot"] * 5,
        ["ant", "bee", "ant"],
        ["Doe, John", "Roe, Jane"] * 4,
        ["3.5", "1.25"],
        [],
        ["", "nan"],
    ],
)
def test_names_of_classes_are_not_taken_for_tags(cells: list[str]) -> None:
    assert guess_delimiter(cells) == ""


@settings(max_examples=60)
@given(
    st.lists(st.frozensets(st.sampled_from("abcdef"), max_size=4), max_size=60),
    st.floats(0.05, 0.6),
    st.integers(0, 5),
)
def test_a_share_of_every_tag_is_complete_and_repeatable(
    sets: list[frozenset[str]], share: float, seed: int
) -> None:
    tags = [tuple(sorted(one)) for one in sets]
    sides = tags_split(tags, share, seed)
    assert len(sides) == len(tags)
    assert sides == tags_split(tags, share, seed)
    counts = Counter(tag for one in tags for tag in one)
    if counts:
        rarest = min(counts, key=lambda tag: (counts[tag], tag))
        own = [side for one, side in zip(tags, sides, strict=True) if rarest in one]
        assert sum(own) == min(max(round(len(own) * share), 1), len(own) - 1)


def test_photos_named_without_ending_have_their_tags(tmp_path: Path) -> None:
    made = recipe(tagged_photos(tmp_path))
    dataset = collect(made, tmp_path)
    assert dataset.classes == ("bright", "plain", "red", "striped")
    targets = {item.key: item.target for item in dataset.items}
    assert targets["images/p03.png"] == ("bright", "red")
    assert targets["images/p00.png"] == ("plain",)
    for side in (dataset.train(), dataset.valid()):
        assert {tag for item in side for tag in item.target} == set(dataset.classes)
    require_trainable(dataset, made.data.split)


@pytest.mark.parametrize("delimiter", ["|", ";", " "])
def test_any_delimiter_makes_the_same_items(tmp_path: Path, delimiter: str) -> None:
    sets = ["x y", "y", "x", "y z", "x z", "z"]
    rows = [
        ("file", "tags"),
        *((f"{n}.png", s.replace(" ", delimiter)) for n, s in zip("abcdef", sets, strict=True)),
    ]
    dataset = collect(recipe(written(tmp_path, rows)), tmp_path)
    assert [item.target for item in dataset.items] == [tuple(s.split()) for s in sets]


def test_columns_of_ones_and_zeros(tmp_path: Path) -> None:
    rows = [
        ("file", "note", "cat", "dog", "is_valid"),
        ("a", "good", "1", "1", "0"),
        ("b", "bad", "0", "1", "0"),
        ("c", "poor", "0", "0", "1"),
        ("d", "fair", "nan", "1", "1"),
        ("e", "odd", "1", "0", "0"),
    ]
    found = guess(written(tmp_path, rows))
    assert found is not None
    assert (found.options["labels"], found.split.kind) == ("one_hot", "column")
    dataset = collect(recipe(tmp_path, found.split, **found.options), tmp_path)
    assert {item.key: item.target for item in dataset.items} == {
        "a.png": ("cat", "dog"),
        "b.png": ("dog",),
        "c.png": (),
        "e.png": ("cat",),
    }
    assert [item.key for item in dataset.valid()] == ["c.png"]
    assert dict(dataset.left_out)["labels.csv row 5"].startswith("its tags are not known")


def test_a_cell_that_is_neither_one_nor_zero_is_left_out_and_named(tmp_path: Path) -> None:
    rows = [("file", "cat", "dog"), ("a", "1", "0"), ("b", "2", "1"), ("c", "0", "1")]
    made = recipe(written(tmp_path, rows), labels="one_hot", tag_columns="cat, dog")
    dataset = collect(made, tmp_path)
    assert [item.key for item in dataset.items] == ["a.png", "c.png"]
    assert "neither 1 nor 0 (cat: 2)" in dataset.left_out[0][1]


def test_rows_left_out_say_why(tmp_path: Path) -> None:
    rows = [
        ("file", "tags"),
        ("a", "x y"),
        ("gone", "x"),
        ("../b", "x"),
        ("b", ""),
        ("c", "nan"),
        ("a", "x"),
        ("a", "y x"),
        ("d", "y"),
    ]
    made = recipe(written(tmp_path, rows), delimiter="space")
    dataset = collect(made, tmp_path)
    assert [item.key for item in dataset.items] == ["a.png", "d.png"]
    why = {key.rpartition(" ")[2]: reason for key, reason in dataset.left_out}
    assert why["3"].startswith("its file is not there")
    assert why["4"].startswith("its file lies outside")
    assert why["5"].startswith("it has no tags")
    assert why["6"].startswith("its tags are not known")
    assert why["7"].startswith("its file is named by an earlier row with other tags")
    assert why["8"].startswith("its file is named by an earlier row (")


def test_empty_cells_may_mean_none_of_the_tags(tmp_path: Path) -> None:
    rows = [("file", "tags"), ("a", "x y"), ("b", ""), ("c", "y")]
    dataset = collect(recipe(written(tmp_path, rows), delimiter="space", no_tags="none"), tmp_path)
    assert {item.key: item.target for item in dataset.items}["b.png"] == ()


def test_skipped_items_move_no_other(tmp_path: Path) -> None:
    whole = collect(recipe(tagged_photos(tmp_path)), tmp_path)
    gone = whole.train()[0].key
    less = collect(recipe(tmp_path, skip=(gone,)), tmp_path)
    assert [i for i in whole.items if i.key != gone] == list(less.items)


@pytest.mark.parametrize(
    ("rows", "options", "words"),
    [
        ([("file", "tags"), ("a", ""), ("b", "")], {"label_column": "tags"}, "has no tag in any row"),
        ([("file", "tags"), ("a", "x")], {"label_column": "labels"}, "no column “labels”"),
        ([("file", "tags"), ("q", "x")], {"item_column": "file"}, "No row of labels.csv"),
        ([("file", "tags"), ("a", "road")], {"labels": "one_hot"}, "holds only 1 and 0"),
        ([("file", "tags"), ("a", "x")], {"table": "../labels.csv"}, "outside the data folder"),
    ],
)
def test_a_table_that_says_nothing_is_refused(
    tmp_path: Path, rows: list[tuple[str, str]], options: dict[str, str], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        collect(recipe(written(tmp_path, rows), **options), tmp_path)


def test_nothing_to_judge_by_is_refused(tmp_path: Path) -> None:
    made = recipe(tagged_photos(tmp_path), Split(kind="random", valid_pct=0.001))
    with pytest.raises(UserError, match="validation set is empty"):
        require_trainable(collect(made, tmp_path), made.data.split)


@pytest.mark.parametrize("delimiter", [" ", ",", ";", "|"])
def test_tags_win_over_classes(tmp_path: Path, delimiter: str) -> None:
    tagged_photos(tmp_path)
    text = (tmp_path / "labels.csv").read_text().splitlines()
    lines = [
        text[0].replace(",", "\t"),
        *(line.replace(",", "\t", 1).replace(" ", delimiter) for line in text[1:]),
    ]
    (tmp_path / "labels.csv").write_text("\n".join(lines))
    ours, theirs = guess(tmp_path), guess_class(tmp_path)
    assert ours is not None
    assert theirs is None or ours.sure > theirs.sure
    assert collect(recipe(tmp_path, ours.split, **ours.options), tmp_path).classes == (
        "bright",
        "plain",
        "red",
        "striped",
    )


def test_one_class_for_every_photo_is_left_to_classification(tmp_path: Path) -> None:
    rows = [
        ("file", "label"),
        *((name, "golden retriever" if name in "abc" else "tabby cat") for name in "abcdef"),
    ]
    assert guess(written(tmp_path, rows)) is None


def test_folders_inside_folders_may_be_tags_and_folders_alone_are_classes(tmp_path: Path) -> None:
    for name in ("beach/sunset", "beach/noon", "city/noon"):
        (tmp_path / "tags" / name).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(tmp_path / "tags" / name / f"{name.replace('/', '-')}.png")
    found = guess(tmp_path / "tags")
    assert found is not None and found.options == {"labels": "folders"} and found.sure < 0.5
    dataset = collect(recipe(tmp_path / "tags", found.split, **found.options), tmp_path / "tags")
    assert dataset.classes == ("beach", "city", "noon", "sunset")
    for name in ("train/ants", "valid/ants", "plain/ants"):
        (tmp_path / "classes" / name).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(tmp_path / "classes" / name / "a.png")
    assert guess(tmp_path / "classes" / "plain") is None
    assert guess(tmp_path / "classes") is None


def test_typed_tags_are_read_in_the_recipes_way(tmp_path: Path) -> None:
    made = recipe(tmp_path, delimiter="space")
    assert target_of("road clear", made) == ("clear", "road")
    assert target_of("a road, clear", made) == ("a road", "clear")
    assert target_of("None", made) == ()


@pytest.mark.realdata
def test_satellite_pictures_of_the_amazon(real_data: Path) -> None:
    root = real_data / "planet_sample"
    found = guess(root)
    assert found is not None
    assert (found.sure, found.options["delimiter"]) == (0.92, "space")
    dataset = collect(recipe(root, found.split, **found.options), root)
    assert (len(dataset.items), len(dataset.classes), dataset.left_out) == (1000, 17, ())
    taught = Counter(tag for item in dataset.train() for tag in item.target)
    judged = Counter(tag for item in dataset.valid() for tag in item.target)
    assert (taught["primary"], judged["primary"]) == (746, 188)
    assert all(judged[tag] >= 1 for tag in dataset.classes if taught[tag] + judged[tag] > 1)


@pytest.mark.realdata
@pytest.mark.parametrize(
    "folder", ["hymenoptera", "mnist_tiny", "bccd_counts", "camvid_tiny", "adult_sample"]
)
def test_other_data_is_not_claimed(real_data: Path, folder: str) -> None:
    assert guess(real_data / folder) is None
