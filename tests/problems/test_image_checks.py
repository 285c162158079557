"""The doctor names what would spoil a run, and offers an edit that mends it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.engine.messages import Finding
from studio.problems.image_classification.checks import check
from studio.problems.image_classification.items import collect
from studio.recipe.schema import Rate, Recipe, Split, Stage
from tests.dataset.test_images import bomb
from tests.problems.pictures import photo, photos, recipe, table

BY_FOLDER = Split(kind="folders", train="train", valid="val")


def findings(made: Recipe, root: Path) -> dict[str, Finding]:
    found = list(check(collect(made, root), made, root))
    assert len({f.code for f in found}) == len(found)
    assert all(f.title and f.meaning for f in found)
    return {f.code: f for f in found}


def found_in(root: Path, **kwargs: Any) -> dict[str, Finding]:
    return findings(recipe(root, **kwargs), root)


def mended(root: Path, finding: Finding, **kwargs: Any) -> dict[str, Finding]:
    """Findings after the fix was applied, in the words of `--set`."""
    from studio.problems import problem_named
    from studio.recipe.edit import with_values

    assert finding.fix is not None
    made = recipe(root, **kwargs)
    return findings(with_values(made, problem_named(made.problem), finding.fix.values), root)


def test_good_data_has_no_findings(tmp_path: Path) -> None:
    assert found_in(photos(tmp_path, {"a": 6, "b": 6})) == {}


def test_files_that_cannot_be_read_are_errors_and_can_be_left_out(tmp_path: Path) -> None:
    photos(tmp_path, {"a": 6, "b": 6})
    whole = photo(tmp_path / "a/cut.jpg", (64, 64)).read_bytes()
    (tmp_path / "a/cut.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "a/empty.png").touch()
    (tmp_path / "b/page.jpg").write_text("<html>not found</html>")
    bomb(tmp_path / "b/bomb.png")
    found = found_in(tmp_path)
    assert {code: f.severity for code, f in found.items()} == dict.fromkeys(
        ["truncated", "empty_file", "unreadable", "too_many_pixels"], "error"
    )
    assert found["truncated"].items == ("a/cut.jpg",)
    assert found["unreadable"].items == ("b/page.jpg (it is a web page)",)
    fix = found["empty_file"].fix
    assert fix is not None
    assert fix.values == {"skip": ["a/empty.png"]}
    assert "empty_file" not in mended(tmp_path, found["empty_file"])


def test_a_gif_named_jpg_is_named(tmp_path: Path) -> None:
    photo(photos(tmp_path, {"a": 6, "b": 6}) / "a/x.jpg", format="GIF")
    found = found_in(tmp_path)["misnamed"]
    assert found.severity == "warning"
    assert found.items == ("a/x.jpg (really GIF)",)
    assert "GIF named .jpg" in found.title
    assert "misnamed" not in mended(tmp_path, found)


def test_deep_images_are_named(tmp_path: Path) -> None:
    photos(tmp_path, {"a": 6, "b": 6})
    Image.fromarray(np.arange(1024, dtype=np.uint16).reshape(32, 32) * 60).save(tmp_path / "a/deep.png")
    found = found_in(tmp_path)["deep_pixels"]
    assert found.severity == "warning"
    assert found.items == ("a/deep.png (I;16)",)


def test_what_is_converted_is_only_told(tmp_path: Path) -> None:
    photos(tmp_path, {"a": 6, "b": 6})
    Image.effect_noise((32, 32), 50).convert("CMYK").save(tmp_path / "a/c.jpg")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.effect_noise((40, 20), 50).save(tmp_path / "b/turned.jpg", exif=exif)
    found = found_in(tmp_path)
    assert {code: f.severity for code, f in found.items()} == {"cmyk": "info", "turned": "info"}


def test_tiny_and_enlarged_photos(tmp_path: Path) -> None:
    photos(tmp_path, {"a": 6, "b": 6})
    photo(tmp_path / "a/tiny.png", (9, 50))
    stages = (Stage(freeze=False, epochs=1, size=224, lr=Rate(max=1e-3)),)
    found = found_in(tmp_path, stages=stages)
    assert found["tiny"].items == ("a/tiny.png (9 x 50)",)
    assert found["upscaled"].fix is not None
    assert found["upscaled"].fix.values == {"size": "32"}
    assert "upscaled" not in mended(tmp_path, found["upscaled"], stages=stages)


def test_a_lone_file_of_another_kind_is_pointed_at(tmp_path: Path) -> None:
    photos(tmp_path, {"a": 30, "b": 30})
    photo(tmp_path / "a/imageNotFound.gif")
    assert found_in(tmp_path)["odd_format"].items == ("a/imageNotFound.gif",)


def test_one_class(tmp_path: Path) -> None:
    assert found_in(photos(tmp_path, {"a": 6}))["one_class"].severity == "error"


def test_a_class_only_in_validation_is_mended_by_stratifying(tmp_path: Path) -> None:
    photos(tmp_path, {"train/a": 4, "train/b": 4, "val/a": 2, "val/c": 4})
    found = found_in(tmp_path, split=BY_FOLDER)
    assert found["class_only_in_validation"].severity == "error"
    assert found["class_only_in_validation"].items == ("c",)
    assert found["class_only_in_training"].items == ("b",)
    after = mended(tmp_path, found["class_only_in_validation"], split=BY_FOLDER)
    assert not after.keys() & {"class_only_in_validation", "class_only_in_training"}


def test_an_empty_validation_set(tmp_path: Path) -> None:
    photos(tmp_path, {"a": 1, "b": 1})
    found = found_in(tmp_path, split=Split(kind="random", valid_pct=0.1))
    assert found["empty_validation"].severity == "error"
    assert "10% of 2 items" in found["empty_validation"].meaning


def test_single_items_imbalance_and_variants(tmp_path: Path) -> None:
    photos(tmp_path, {"Cat": 20, "cat": 6, "dog": 1})
    found = found_in(tmp_path)
    assert found["single_item_class"].items == ("dog",)
    assert found["unbalanced"].severity == "info"
    assert "“Cat”, “cat”" in found["class_name_variants"].title


def test_three_to_one_is_told_and_less_is_not(tmp_path: Path) -> None:
    assert "unbalanced" in found_in(photos(tmp_path / "1", {"a": 15, "b": 5}))
    assert "unbalanced" not in found_in(photos(tmp_path / "2", {"a": 10, "b": 5}))


def test_fewer_items_than_the_batch(tmp_path: Path) -> None:
    photos(tmp_path, {"a": 5, "b": 5})
    stages = (Stage(freeze=False, epochs=1, size=32, batch_size=64, lr=Rate(max=1e-3)),)
    found = found_in(tmp_path, stages=stages)["fewer_than_batch"]
    assert found.severity == "warning"
    assert "lowered to 8" in found.meaning


def test_rows_without_a_class_are_an_error_until_confirmed(tmp_path: Path) -> None:
    photos(tmp_path, {"x": 12})
    rows = [(f"x/{n:03d}.png", "" if n in (3, 5) else "ab"[n % 2]) for n in range(12)]
    table(tmp_path, [("file", "label"), *rows, ("x/999.png", "a"), ("/etc/hostname", "a")])
    found = found_in(tmp_path, source="table")
    assert found["missing_label"].severity == "error"
    assert found["missing_label"].items[0] == "labels.csv row 5 (x/003.png)"
    assert found["missing_label"].count == 2
    assert found["missing_file"].items == ("labels.csv row 14 (x/999.png)",)
    assert found["outside_root"].items == ("labels.csv row 15 (/etc/hostname)",)
    after = mended(tmp_path, found["missing_label"], source="table")
    assert "missing_label" not in after
    assert "missing_file" in after


def test_photos_outside_the_classes_links_and_other_kinds(tmp_path: Path) -> None:
    photos(tmp_path, {"a": 6, "b": 6, ".": 1})
    (tmp_path / "a/round").symlink_to(tmp_path)
    (tmp_path / "a/x.heic").write_bytes(b"x")
    found = found_in(tmp_path)
    assert found["no_class_folder"].items == ("000.png",)
    assert found["link"].severity == "info"
    assert found["format_not_read"].items == ("a/x.heic",)


def test_copies_leak_contradict_and_repeat(tmp_path: Path) -> None:
    photos(tmp_path, {"train/a": 6, "train/b": 6, "val/a": 3, "val/b": 3})
    shutil.copy(tmp_path / "val/a/000.png", tmp_path / "train/a/leak.png")
    shutil.copy(tmp_path / "train/a/001.png", tmp_path / "train/b/wrong.png")
    shutil.copy(tmp_path / "train/b/002.png", tmp_path / "train/b/again.png")
    found = found_in(tmp_path, split=BY_FOLDER)
    assert {code: f.severity for code, f in found.items()} == {
        "copies_with_other_class": "warning",
        "leak": "warning",
        "repeated": "info",
    }
    assert found["leak"].fix is not None
    assert found["leak"].fix.values == {"skip": ["train/a/leak.png"]}
    assert found["copies_with_other_class"].items == ("train/a/001.png (a) = train/b/wrong.png (b)",)
    assert "leak" not in mended(tmp_path, found["leak"], split=BY_FOLDER)


def test_an_unknown_network_and_a_size_too_small(tmp_path: Path) -> None:
    photos(tmp_path, {"a": 6, "b": 6})
    found = found_in(tmp_path, arch="resnet35")["network"]
    assert found.severity == "error"
    assert "resnet34" in found.meaning
    stages = (Stage(freeze=False, epochs=1, size=24, lr=Rate(max=1e-3)),)
    assert "32 or more" in found_in(tmp_path, arch="vgg16_bn", stages=stages)["network"].meaning


def test_only_twenty_are_named_and_all_are_counted(tmp_path: Path) -> None:
    photos(tmp_path, {"a": 6, "b": 6})
    for n in range(30):
        (tmp_path / f"a/empty{n:02d}.png").touch()
    found = found_in(tmp_path)["empty_file"]
    assert (len(found.items), found.count) == (20, 30)
    assert found.fix is not None
    assert len(found.fix.values["skip"]) == 30


def test_progress_is_told_and_can_cancel(tmp_path: Path) -> None:
    photos(tmp_path, {"a": 6, "b": 6})
    made = recipe(tmp_path)
    dataset = collect(made, tmp_path)
    told: list[tuple[int, int]] = []
    list(check(dataset, made, tmp_path, lambda text, done, total: told.append((done, total))))
    assert (12, 12) in told

    def stop(text: str, done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        list(check(dataset, made, tmp_path, stop))
