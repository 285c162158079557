"""The doctor of numbers and points: what it finds in made trouble, and nothing in good data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.messages import Finding
from studio.problems import problem_named
from studio.problems.image_regression import checks, items
from studio.recipe.edit import with_values
from studio.recipe.schema import Recipe
from tests.problems.spots_made import animals, cells, deeplabcut, recipe, written

HEADER = ["image", "nose_x", "nose_y", "tail_x", "tail_y"]


def found(made: Recipe, root: Path) -> dict[str, Finding]:
    findings = list(checks.check(items.collect(made, root), made, root))
    assert len({one.code for one in findings}) == len(findings)
    return {one.code: one for one in findings}


def rewritten(root: Path, count: int = 12, **cells_of: object) -> Path:
    """`points.csv` with other cells: a function of the photo's number gives a row."""
    row = cells_of["row"]
    return written(root / "points.csv", [HEADER, *([f"{n:02d}.png", *row(n)] for n in range(count))])  # type: ignore[operator]


def test_good_data_has_nothing_but_its_missing_points(tmp_path: Path) -> None:
    root = animals(tmp_path / "d")
    told = found(recipe(root), root)
    assert set(told) <= {"missing_points", "upscaled", "table"}
    assert told["table"].title == "points.csv is parted by commas, encoded in UTF-8"
    assert told["missing_points"].severity == "info"
    assert told["missing_points"].items == ("tail: missing in 1 photo",)


def test_rows_whose_photo_is_missing_are_named(tmp_path: Path) -> None:
    root = deeplabcut(tmp_path / "d")
    one = found(recipe(root, "CollectedData.csv"), root)["missing_file"]
    assert one.count == 1
    assert "img9999" in one.items[0]


def test_points_outside_their_photo_are_found(tmp_path: Path) -> None:
    root = animals(tmp_path / "d")
    rewritten(root, row=lambda n: [10, 10, 300 if n == 4 else 20 + n, 12])
    one = found(recipe(root), root)["outside"]
    assert one.severity == "warning"
    assert one.items == ("images/04.png: tail at 300, 12",)
    assert one.fix is not None
    mended = with_values(recipe(root), problem_named("image_regression"), one.fix.values)
    assert "outside" not in found(mended, root)


def test_fractions_are_not_taken_for_pixels(tmp_path: Path) -> None:
    root = animals(tmp_path / "d")
    rewritten(root, row=lambda n: [0.1, 0.5, n / 20, 0.25])
    assert found(recipe(root), root)["fractions"].severity == "error"


def test_a_point_that_is_never_marked_in_training_is_found(tmp_path: Path) -> None:
    root = animals(tmp_path / "d")
    rewritten(root, row=lambda n: [10 + n, 10, "", ""])
    told = found(recipe(root, targets="nose, tail"), root)
    assert told["never_in_training"].items == ("tail",)
    assert "tail" in told["never_in_validation"].title


def test_a_corner_that_stands_for_missing_is_found(tmp_path: Path) -> None:
    root = animals(tmp_path / "d")
    rewritten(root, row=lambda n: [10 + n, 10, 0 if n < 4 else 9 + n, 0 if n < 4 else 12])
    assert "tail" in found(recipe(root), root)["in_the_corner"].title


def test_words_missing_numbers_and_contradictions_are_counted(tmp_path: Path) -> None:
    root = cells(tmp_path / "d")
    rows = [[f"{n:02d}", n] for n in range(9)] + [["09", "many"], ["10", ""], ["00", 5], ["01", 1]]
    written(root / "counts.csv", [["photo", "discs"], *rows])
    told = found(recipe(root, "counts.csv"), root)
    for code in ("target_text", "missing_number", "named_twice_differently", "named_twice"):
        assert told[code].count == 1, code


def test_the_same_number_everywhere_is_an_error_and_in_one_column_a_warning(tmp_path: Path) -> None:
    root = cells(tmp_path / "d")
    written(root / "counts.csv", [["photo", "a", "b"], *([f"{n:02d}", 7, n] for n in range(12))])
    assert found(recipe(root, "counts.csv"), root)["constant_target"].severity == "warning"
    alone = recipe(root, "counts.csv", targets="a")
    assert found(alone, root)["constant_target"].severity == "error"


def test_a_number_far_from_all_others_is_found(tmp_path: Path) -> None:
    root = cells(tmp_path / "d", 24)
    values = np.random.default_rng(1).normal(50, 5, 24).round(1).tolist()
    values[7] = 5000.0
    written(root / "counts.csv", [["photo", "age"], *([f"{n:02d}", v] for n, v in enumerate(values))])
    one = found(recipe(root, "counts.csv"), root)["outliers"]
    assert one.items == ("images/07.png (5000)",)


@pytest.mark.parametrize(("limits", "code"), [("0, 2", "beyond_limits"), ("high", "limits"), ("data", "")])
def test_limits_that_leave_numbers_outside_are_found(tmp_path: Path, limits: str, code: str) -> None:
    root = cells(tmp_path / "d")
    told = found(recipe(root, "counts.csv", targets="discs", y_range=limits), root)
    assert {"limits", "beyond_limits"} & set(told) == ({code} if code else set())


def test_copies_are_told_in_the_words_of_targets(tmp_path: Path) -> None:
    root = animals(tmp_path / "d")
    (root / "images" / "01.png").write_bytes((root / "images" / "00.png").read_bytes())
    assert "different targets" in found(recipe(root), root)["copies_with_other_class"].title


def test_frames_of_a_film_on_both_sides_are_found_and_the_last_ones_can_judge(tmp_path: Path) -> None:
    root = animals(tmp_path / "d", count=20)
    middle = np.indices((48, 64)).sum(axis=0) * 2
    for number in range(20):
        pixels = np.clip(middle + number, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(root / "images" / f"{number:02d}.png")
    one = found(recipe(root), root)["look_alikes_on_both_sides"]
    assert "film" in one.meaning and one.fix is not None
    mended = with_values(recipe(root), problem_named("image_regression"), one.fix.values)
    sides = [item.valid for item in items.collect(mended, root).items]
    assert sides == sorted(sides) and True in sides
    assert found(mended, root)["look_alikes_on_both_sides"].fix is None  # told, but there is no more to do
