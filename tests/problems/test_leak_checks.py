"""Leaks and labels that one button mends: groups, look-alikes, names of one class, classes that mean nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.problems import problem_named
from studio.recipe.schema import Split
from tests.problems import tables_made
from tests.problems.pictures import photo, photos, table
from tests.problems.test_image_checks import found_in, mended

BY_FOLDER = Split(kind="folders", train="train", valid="val")


def scene(seed: int, size: tuple[int, int] = (96, 72)) -> Image.Image:
    """A picture with large shapes, as photos have them."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def saved(root: Path, key: str, picture: Image.Image, **kwargs: Any) -> None:
    (root / key).parent.mkdir(parents=True, exist_ok=True)
    picture.save(root / key, **kwargs)


def two_sets(root: Path) -> None:
    for at, part in enumerate(("train/a", "train/b", "val/a", "val/b")):
        for number in range(4):
            saved(root, f"{part}/{number}.jpg", scene(at * 100 + number), quality=92)


class TestLookAlikes:
    def test_a_photo_saved_again_scaled_and_brighter_in_validation_is_a_leak(self, tmp_path: Path) -> None:
        two_sets(tmp_path)
        bright = scene(1).resize((64, 48)).point(lambda level: min(255, int(level * 1.05 + 4)))
        saved(tmp_path, "val/a/copy.png", bright)
        found = found_in(tmp_path, split=BY_FOLDER)["look_alikes_on_both_sides"]
        assert found.items == ("train/a/1.jpg ≈ val/a/copy.png",)
        assert found.fix is not None and found.fix.values == {"skip": ["train/a/1.jpg"]}
        after = mended(tmp_path, found, split=BY_FOLDER)
        assert not [code for code in after if code.startswith("look_alikes")]

    def test_two_classes_for_one_picture_contradict(self, tmp_path: Path) -> None:
        two_sets(tmp_path)
        saved(tmp_path, "train/b/other.jpg", scene(2), quality=60)
        found = found_in(tmp_path, split=BY_FOLDER)
        assert found["look_alikes_with_other_class"].items == ("train/a/2.jpg (a) ≈ train/b/other.jpg (b)",)

    def test_within_one_set_they_are_only_told(self, tmp_path: Path) -> None:
        two_sets(tmp_path)
        saved(tmp_path, "train/a/again.jpg", scene(3), quality=70)
        found = found_in(tmp_path, split=BY_FOLDER)
        assert found["look_alikes"].severity == "info"
        assert "look_alikes_on_both_sides" not in found

    def test_most_of_them_alike_are_a_film_that_nobody_should_thin_out(self, tmp_path: Path) -> None:
        for part in ("train/a", "train/b", "val/a", "val/b"):
            for number in range(4):
                saved(
                    tmp_path,
                    f"{part}/{number}.jpg",
                    scene(1),
                    quality=60 + number + len(part) * ord(part[-1]) % 30,
                )
        found = found_in(tmp_path, split=BY_FOLDER)["look_alikes_on_both_sides"]
        assert "frames of a film" in found.meaning and found.fix is None

    def test_equal_files_are_told_as_copies_alone(self, tmp_path: Path) -> None:
        two_sets(tmp_path)
        (tmp_path / "val/a/same.jpg").write_bytes((tmp_path / "train/a/0.jpg").read_bytes())
        found = found_in(tmp_path, split=BY_FOLDER)
        assert "leak" in found and "look_alikes_on_both_sides" not in found


class TestGroups:
    def test_patients_on_both_sides_are_mended_by_a_split_by_group(self, tmp_path: Path) -> None:
        for patient in range(12):
            for number in range(4):
                photo(tmp_path / f"{'ill' if patient % 2 else 'well'}/patient{patient:02d}_{number}.png")
        found = found_in(tmp_path)["groups_on_both_sides"]
        assert found.fix is not None
        assert found.fix.values == {"split": "group", "group": r"(patient\d+)"}
        assert "groups_on_both_sides" not in mended(tmp_path, found)

    def test_counters_after_the_name_of_the_class_are_no_groups(self, tmp_path: Path) -> None:
        for name in ("ant", "bee", "wasp"):
            for number in range(8):
                photo(tmp_path / name / f"{name}_{number:03d}.png")
        assert "groups_on_both_sides" not in found_in(tmp_path)

    def test_a_table_with_several_rows_a_customer_is_mended_too(self, tmp_path: Path) -> None:
        lines = ["customer_id,size,kept"]
        lines += [f"c{n % 30},{n * 7 % 97},{'yes' if n % 3 else 'no'}" for n in range(240)]
        (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
        found = tabular_findings(tables_made.recipe(tmp_path, target="kept", table="t.csv"), tmp_path)
        fix = found["groups_on_both_sides"].fix
        assert fix.values == {"split": "group", "group": "customer_id"}


class TestLabels:
    def test_one_class_under_two_names_becomes_one(self, tmp_path: Path) -> None:
        photos(tmp_path, {"Ant": 3, "ant": 8, "bee": 9})
        found = found_in(tmp_path)["class_name_variants"]
        assert found.fix is not None and found.fix.values == {"merge": "Ant:ant"}
        assert "class_name_variants" not in mended(tmp_path, found)

    def test_a_number_among_words_is_pointed_at(self, tmp_path: Path) -> None:
        photos(tmp_path, {"p": 24})
        rows = [[f"p/{n:03d}.png", "17" if n == 5 else "ant" if n % 2 else "bee"] for n in range(24)]
        table(tmp_path, [["file", "label"], *rows])
        found = found_in(tmp_path, source="table")
        assert found["mixed_class_names"].items == ("p/005.png",)
        assert "mixed_class_names" not in mended(tmp_path, found["mixed_class_names"], source="table")

    def test_a_class_called_na_is_kept_and_pointed_at(self, tmp_path: Path) -> None:
        photos(tmp_path, {"ant": 6, "NA": 6})
        found = found_in(tmp_path)
        assert found["class_named_missing"].count == 6

    def test_unbalanced_classes_are_offered_weights(self, tmp_path: Path) -> None:
        photos(tmp_path, {"a": 30, "b": 4})
        found = found_in(tmp_path)["unbalanced"]
        assert found.fix is not None and found.fix.values == {"class_weights": "balanced"}
        assert mended(tmp_path, found)["unbalanced"].fix is None


class TestTables:
    def test_rows_with_a_date_can_be_split_by_time(self, tmp_path: Path) -> None:
        tables_made.write_table(tmp_path, 60)
        given = tables_made.recipe(tmp_path, target="price")
        fix = tabular_findings(given, tmp_path)["time"].fix
        problem = problem_named("tabular")
        from studio.recipe.edit import with_values

        after = with_values(given, problem, fix.values)
        dataset = problem.part("items").collect(after, tmp_path)
        assert max(int(i.key) for i in dataset.train()) < min(int(i.key) for i in dataset.valid())
        assert "time" not in tabular_findings(after, tmp_path)

    def test_fewer_rows_than_the_batch_and_a_class_called_null(self, tmp_path: Path) -> None:
        lines = ["size,kept", *(f"{n * 7 % 31},{('yes', 'no', 'null')[n % 3]}" for n in range(30))]
        (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
        found = tabular_findings(tables_made.recipe(tmp_path, target="kept", table="t.csv"), tmp_path)
        assert found["fewer_than_batch"].fix.values == {"batch_size": "auto"}
        assert found["class_named_missing"].count == 10

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    def test_any_encoding_is_said_and_broken_rows_are_named(self, tmp_path: Path, encoding: str) -> None:
        text = (
            "größe;kept\n"
            + "\n".join(f"{n * 7 % 31};{'ja' if n % 2 else 'nein'}" for n in range(40))
            + "\n1;2;3\n"
        )
        (tmp_path / "t.csv").write_bytes(text.encode(encoding))
        found = tabular_findings(tables_made.recipe(tmp_path, target="kept", table="t.csv"), tmp_path)
        assert "semicolons" in found["table"].meaning
        assert found["bad_rows"].items == ("row 42",)


def tabular_findings(given: Any, root: Path) -> dict[str, Any]:
    problem = problem_named("tabular")
    dataset = problem.part("items").collect(given, root)
    return {f.code: f for f in problem.part("checks").check(dataset, given, root)}
