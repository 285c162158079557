"""The doctor of tagged photos names what would spoil a run, and stays silent where all is well."""

from __future__ import annotations

from pathlib import Path

from studio.engine.messages import Finding
from studio.problems.multi_label.checks import check
from studio.problems.multi_label.items import collect
from studio.recipe.schema import Split
from tests.problems.pictures import photo as noise
from tests.problems.tagged import photo, recipe, tagged_photos, written


def found_in(root: Path, split: Split | None = None, **options: str) -> dict[str, Finding]:
    made = recipe(root, split, **options)
    return {one.code: one for one in check(collect(made, root), made, root)}


def test_good_data_has_no_findings_worth_a_warning(tmp_path: Path) -> None:
    found = found_in(tagged_photos(tmp_path, 64))
    assert [one.code for one in found.values() if one.severity != "info"] == ["few_items"]
    assert found["few_items"].items == ("plain: 8 photos",)


def test_empty_and_repeated_tags_are_named_and_not_counted(tmp_path: Path) -> None:
    rows = [("file", "tags"), ("a", "x;y;"), ("b", "x;;y"), ("c", "x;x"), ("d", "y"), ("e", "x")]
    found = found_in(written(tmp_path, rows), delimiter="semicolon")
    assert found["empty_tag"].items == ("labels.csv row 2", "labels.csv row 3")
    assert found["repeated_tag"].items == ("labels.csv row 4",)
    assert "Semicolons" in found["empty_tag"].meaning


def test_rows_without_tags_can_be_taken_for_none(tmp_path: Path) -> None:
    rows = [("file", "tags"), ("a", "x y"), ("b", "nan"), ("c", ""), ("d", "y"), ("e", "x")]
    found = found_in(written(tmp_path, rows), delimiter="space")
    assert found["unknown_tags"].severity == "error"
    assert found["unknown_tags"].items == ("labels.csv row 3 (b)",)
    fix = found["missing_label"].fix
    assert fix is not None
    assert fix.values == {"no_tags": "none"}
    assert "missing_label" not in found_in(tmp_path, delimiter="space", **fix.values)


def test_missing_photos_are_named(tmp_path: Path) -> None:
    rows = [("file", "tags"), ("a", "x y"), ("gone", "x"), ("d", "y"), ("e", "x")]
    assert found_in(written(tmp_path, rows))["missing_file"].items == ("labels.csv row 3 (gone)",)


def test_nearly_the_same_names_are_pointed_out(tmp_path: Path) -> None:
    rows = [
        ("file", "tags"),
        ("a", "artisanal_mine|slash burn"),
        ("b", "artisinal_mine|Slash_burn"),
        ("c", "class_1|class_2"),
    ]
    found = found_in(written(tmp_path, rows), delimiter="bar")
    assert found["class_name_variants"].items == (
        "Slash_burn (1) and slash burn (1)",
        "artisanal_mine (1) and artisinal_mine (1)",
    )


def test_tags_on_one_side_only_are_warned_of(tmp_path: Path) -> None:
    rows = [
        ("file", "tags", "is_valid"),
        ("a", "x new", "1"),
        ("b", "x old", "0"),
        ("c", "x old", "0"),
        ("d", "x", "0"),
    ]
    found = found_in(written(tmp_path, rows), Split(kind="column", column="is_valid"), delimiter="space")
    assert found["tag_only_in_validation"].items == ("new",)
    assert found["tag_only_in_training"].items == ("old",)
    assert found["tag_on_every_item"].items == ("x",)


def test_one_tag_each_is_said(tmp_path: Path) -> None:
    rows = [("file", "tags"), ("a", "x"), ("b", "y"), ("c", "x")]
    assert "one_tag_each" in found_in(written(tmp_path, rows), delimiter="space")


def test_copies_with_other_tags_contradict(tmp_path: Path) -> None:
    rows = [("file", "tags"), ("a", "x y"), ("b", "x"), ("c", "y"), ("d", "y"), ("e", "x"), ("f", "x")]
    written(tmp_path, rows)
    photo(tmp_path / "b.png", (), 0, 16)  # the picture of a
    found = found_in(tmp_path, delimiter="space")
    assert found["copies_with_other_class"].title == "1 photo with different tags"
    assert found["copies_with_other_class"].items == ("a.png (x, y) = b.png (x)",)


def test_a_broken_photo_is_an_error(tmp_path: Path) -> None:
    tagged_photos(tmp_path)
    (tmp_path / "images" / "p03.png").write_bytes(b"")
    assert found_in(tmp_path)["empty_file"].severity == "error"


def test_folders_are_tags_where_asked(tmp_path: Path) -> None:
    for key in ("beach/sunset/1.png", "beach/2.png", "beach/sunset/boat/3.png", "city/4.png", "5.png"):
        noise(tmp_path / "photos" / key)
    dataset = collect(recipe(tmp_path, labels="folders"), tmp_path)
    assert {item.key: item.target for item in dataset.items} == {
        "photos/beach/2.png": ("beach",),
        "photos/beach/sunset/1.png": ("beach", "sunset"),
        "photos/beach/sunset/boat/3.png": ("beach", "boat", "sunset"),
        "photos/city/4.png": ("city",),
    }
    assert ("photos/5.png", "it has no tags") in dataset.left_out
    found = found_in(tmp_path, labels="folders")
    assert found["missing_label"].count == 1


def test_tags_under_two_names_become_one(tmp_path: Path) -> None:
    for key in ("Beach/1.png", "beach/2.png", "beach/sun/3.png"):
        noise(tmp_path / key)
    fix = found_in(tmp_path, labels="folders")["class_name_variants"].fix
    assert fix is not None and fix.values == {"merge": "Beach:beach"}
    made = recipe(tmp_path, labels="folders", **fix.values)
    assert collect(made, tmp_path).classes == ("beach", "sun")
