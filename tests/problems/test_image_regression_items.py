"""Photos with numbers or points from tables and files: what is taken, what is left out, and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from studio.dataset.tables import read_table
from studio.errors import UserError
from studio.problems import PROBLEMS, problem_named
from studio.problems.base import Dataset, in_words
from studio.problems.image_regression import items, table_source
from studio.problems.image_regression.columns import pairs_of
from studio.problems.image_regression.options import limits, stages
from studio.problems.image_regression.targets import said, typed
from studio.project import Project
from studio.recipe.new import new_recipe
from studio.recipe.schema import Split
from tests.problems.spots_made import animal, animals, cells, deeplabcut, recipe, written

PROBLEM = problem_named("image_regression")


def collected(root: Path, **options: object) -> Dataset:
    table = "counts.csv" if (root / "counts.csv").is_file() else "points.csv"
    return items.collect(recipe(root, **{"table": table, **options}), root)


def why(dataset: Dataset) -> str:
    return "; ".join(f"{key}: {reason}" for key, reason in dataset.left_out)


def test_points_come_from_pairs_of_columns_and_missing_ones_are_none(tmp_path: Path) -> None:
    dataset = collected(animals(tmp_path / "d"))
    assert len(dataset.items) == 12
    assert len(dataset.valid()) == 3
    nose, tail = dataset.items[3].target
    assert tail is None
    assert len(nose) == 2
    assert len({item.target for item in dataset.items}) == 12  # targets can be told apart


def test_a_number_is_a_float_and_several_are_a_tuple(tmp_path: Path) -> None:
    root = cells(tmp_path / "d")
    assert isinstance(collected(root).items[0].target, tuple)
    one = collected(root, targets="discs").items[0].target
    assert isinstance(one, float)
    assert items.schema_for(recipe(root, "counts.csv"), root).names == ("discs", "bright")


def test_rows_that_teach_nothing_are_left_out_with_the_reason(tmp_path: Path) -> None:
    root = animals(tmp_path / "d", 4, missing=())
    rows = [["image", "nose_x", "nose_y"], ["00.png", 1, 2], ["01.png", "", ""], ["02.png", "left", 3],
            ["99.png", 4, 5], ["00.png", 1, 2], ["00.png", 8, 9], ["03.png", "nan", 7]]  # fmt: skip
    written(root / "points.csv", rows)
    dataset = collected(root)
    assert [item.target for item in dataset.items] == [((1.0, 2.0),)]
    told = why(dataset)
    assert "row 3: none of its points is known" in told
    assert "row 4: its target is not a number (left)" in told
    assert "row 5: its file is not there" in told
    assert "row 6: its file is named by an earlier row (00.png)" in told
    assert "row 7: an earlier row gives its file another target" in told
    assert "row 8: none of its points is known" in told


def test_a_missing_number_leaves_the_row_out(tmp_path: Path) -> None:
    root = cells(tmp_path / "d", 4)
    written(root / "counts.csv", [["photo", "discs"], ["00", 1], ["01", ""], ["02", "nan"], ["03", "many"]])
    dataset = collected(root)
    assert len(dataset.items) == 1
    assert why(dataset).count("its target is missing") == 2
    assert "its target is not a number (many)" in why(dataset)


def test_deeplabcuts_three_header_rows_are_one(tmp_path: Path) -> None:
    root = deeplabcut(tmp_path / "d")
    dataset = collected(root, table="CollectedData.csv")
    assert [item.key for item in dataset.items[:2]] == ["images/img0000.png", "images/img0001.png"]
    assert items.schema_for(recipe(root, "CollectedData.csv"), root).names == ("nose", "tail")
    assert why(dataset) == "CollectedData.csv row 10: its file is not there (labeled-data/film1/img9999.png)"


def test_deeplabcuts_animals_and_split_paths_are_understood(tmp_path: Path) -> None:
    root = tmp_path / "d"
    (root / "images").mkdir(parents=True)
    animal(root / "images" / "img1.png", 1)
    head = [["scorer", "", "", *["me"] * 3], ["individuals", "", "", *["m1"] * 3], ["bodyparts", "", "", *["nose"] * 3],
            ["coords", "", "", "x", "y", "likelihood"], ["labeled-data", "film", "img1.png", 5, 6, 0.9]]  # fmt: skip
    written(root / "points.csv", head)
    assert collected(root).items[0].target == ((5.0, 6.0),)
    assert items.schema_for(recipe(root), root).names == ("m1 nose",)


def test_a_photo_of_another_film_is_never_taken_for_one_that_is_missing(tmp_path: Path) -> None:
    root = deeplabcut(tmp_path / "d", 1)
    text = (root / "CollectedData.csv").read_text()
    (root / "CollectedData.csv").write_text(text + "labeled-data/film2/img0000.png,1,2,3,4\n")
    with pytest.raises(UserError) as error:
        collected(root, table="CollectedData.csv")
    assert "several files have its name" in error.value.message


def test_columns_and_kind_can_be_named(tmp_path: Path) -> None:
    root = animals(tmp_path / "d", missing=())
    assert collected(root, targets="tail").items[0].target[0] is not None
    assert len(collected(root, kind="numbers").items[0].target) == 4
    assert isinstance(collected(root, targets="nose_x").items[0].target, float)
    with pytest.raises(UserError, match="ear"):
        collected(root, targets="ear", kind="points")


def test_pairs_are_found_however_they_are_written() -> None:
    assert pairs_of(["nose_x", "nose_y", "left eye X", "left eye Y"]) == {
        "nose": ("nose_x", "nose_y"),
        "left eye": ("left eye X", "left eye Y"),
    }
    assert pairs_of(["x1", "y1", "x2", "y2"]) == {"1": ("x1", "y1"), "2": ("x2", "y2")}
    assert pairs_of(["x", "y", "index"]) == {"point": ("x", "y")}


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("12.5", 12.5),
        ("1 2\n3 4\n", ((1.0, 2.0), (3.0, 4.0))),
        ("nose 1 2\ntail nan nan\n", ((1.0, 2.0), None)),
        ("version: 1\nn_points: 2\n{\n1.5 2\n3 4\n}\n", ((1.5, 2.0), (3.0, 4.0))),
        ("5, 6, 7", (5.0, 6.0, 7.0)),
    ],
)
def test_a_file_for_every_photo_holds_numbers_or_points(tmp_path: Path, text: str, target: object) -> None:
    for name in ("a", "b"):
        Image.new("RGB", (20, 20)).save(tmp_path / f"{name}.png")
    (tmp_path / "a.txt").write_text(text)
    dataset = items.collect(recipe(tmp_path, source="files"), tmp_path)
    assert dataset.items[0].target == target
    assert dataset.left_out == (("b.png", "it has no target file"),)


@pytest.mark.parametrize(
    "told",
    [
        [[1, 2], [3, 4]],
        {"points": [[1, 2], [3, 4]]},
        {"nose": [1, 2], "tail": {"x": 3, "y": 4}},
        {
            "shapes": [
                {"label": n, "points": [p], "shape_type": "point"}
                for n, p in (("nose", [1, 2]), ("tail", [3, 4]))
            ]
        },
    ],
)
def test_json_is_read_in_its_usual_forms(tmp_path: Path, told: object) -> None:
    (tmp_path / "photos").mkdir()
    Image.new("RGB", (20, 20)).save(tmp_path / "photos" / "a.png")
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.json").write_text(json.dumps(told))
    options = {"source": "files", "labels": "labels", "images": "photos", "label_suffix": ".json"}
    assert items.collect(recipe(tmp_path, **options), tmp_path).items[0].target == ((1.0, 2.0), (3.0, 4.0))


def test_files_with_another_number_of_points_are_left_out(tmp_path: Path) -> None:
    for at, text in enumerate(("1 2\n3 4", "1 2\n3 4", "1 2", "words", "")):
        Image.new("RGB", (20, 20)).save(tmp_path / f"{at}.png")
        (tmp_path / f"{at}.txt").write_text(text)
    dataset = items.collect(recipe(tmp_path, source="files", kind="points"), tmp_path)
    assert len(dataset.items) == 2
    assert "2.png: it has another number of targets than most (1 instead of 2)" in why(dataset)
    assert "3.png: its target is not a number (words)" in why(dataset)
    assert "4.png: its target is missing" in why(dataset)


def test_every_point_is_counted_on_both_sides(tmp_path: Path) -> None:
    root = animals(tmp_path / "d")
    made = recipe(root)
    counts = items.class_counts(items.collect(made, root), made, root)
    assert counts is not None
    assert [(one.name, one.train + one.valid) for one in counts] == [("nose", 12), ("tail", 11)]


def test_a_share_of_every_class_is_a_share_of_every_tenth(tmp_path: Path) -> None:
    root = cells(tmp_path / "d", 40)
    made = recipe(root, "counts.csv", Split(kind="stratified", valid_pct=0.25), targets="bright")
    valid = sorted(item.target for item in items.collect(made, root).valid())
    every = sorted(item.target for item in items.collect(made, root).items)
    assert len(valid) == 10
    assert valid[0] <= every[3] and valid[-1] >= every[36]


@pytest.mark.parametrize(
    ("make", "kind", "sure"),
    [(animals, "points", 0.93), (deeplabcut, "points", 0.97), (cells, "numbers", 0.88)],
)
def test_a_folder_proposes_itself(tmp_path: Path, make: object, kind: str, sure: float) -> None:
    root = make(tmp_path / "d")  # type: ignore[operator]
    guess = PROBLEM.guess(root)
    assert guess is not None
    assert (guess.options["kind"], guess.sure) == (kind, sure)
    assert (
        max((g for p in PROBLEMS if (g := p.guess(root))), key=lambda g: g.sure).problem == "image_regression"
    )
    new_recipe(PROBLEM, "x", root, tmp_path / "x.thaw", {})


def test_files_beside_photos_propose_themselves_too(tmp_path: Path) -> None:
    for at in range(6):
        Image.new("RGB", (20, 20)).save(tmp_path / f"{at}.png")
        (tmp_path / f"{at}.txt").write_text(f"{at} 2\n3 4")
    guess = PROBLEM.guess(tmp_path)
    assert guess is not None
    assert guess.options["source"] == "files"
    assert guess.options["kind"] == "points"


def test_cleaning_writes_points_into_a_copy_of_the_table(tmp_path: Path) -> None:
    root = deeplabcut(tmp_path / "d")
    before = (root / "CollectedData.csv").read_bytes()
    with Project.create(tmp_path / "p.thaw", recipe(root, "CollectedData.csv")) as project:
        project.mark(["images/img0001.png"], "relabel", items.target_of("11 12, none", project.recipe))
        project.mark(["images/img0002.png"], "remove")
        project.apply_marks()
        dataset = items.collect(project.recipe, root)
    assert (root / "CollectedData.csv").read_bytes() == before
    found = {item.key: item.target for item in dataset.items}
    assert found["images/img0001.png"] == ((11.0, 12.0), None)
    assert "images/img0002.png" not in found
    assert len(found) == 5


def test_the_copy_keeps_deeplabcuts_headers(tmp_path: Path) -> None:
    table = read_table(deeplabcut(tmp_path / "d") / "CollectedData.csv")
    flat = table_source.under_one_header(table)
    assert flat.columns == ("image", "nose_x", "nose_y", "tail_x", "tail_y")
    assert (
        table_source.columns_of(tmp_path, table, PROBLEM.options(), table_source.FileIndex.of(()), "")[0]
        == "scorer"
    )


def test_targets_are_said_and_typed() -> None:
    assert said(((1.2, 3.4), None, (5.0, 6.0)), ("a", "b", "c")) == "a 1 3, c 5 6"
    assert said((19.0, 1.0), ("red", "white")) == "red 19, white 1"
    assert in_words(((1.0, 2.5), None)) == "1 2.5, none"
    assert typed("1.5 2, none") == ((1.5, 2.0), None)
    assert typed("19, 1") == (19.0, 1.0)
    for wrong in ("a", "1 2 3", "", "none"):
        with pytest.raises(UserError):
            typed(wrong)


def test_limits_are_words_or_two_numbers() -> None:
    assert limits("0, 100") == (0.0, 100.0)
    assert limits("data") is None
    with pytest.raises(UserError, match="y_range"):
        limits("100, 0")


def test_a_network_from_scratch_is_never_frozen() -> None:
    assert stages(PROBLEM.options(weights="none"))[0].freeze is False
    assert stages(PROBLEM.options())[0].freeze is True
