"""The doctor of masks: what it finds, whom it names, and that its fix mends the recipe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from studio.engine.messages import Finding
from studio.problems.segmentation import PROBLEM
from studio.problems.segmentation.checks import check
from studio.problems.segmentation.guessing import guess_at
from studio.problems.segmentation.items import collect
from studio.recipe.edit import with_values
from studio.recipe.schema import Recipe, Split
from tests.problems.masks_made import pairs, recipe, save_mask, scene


def found(made: Recipe, root: Path) -> dict[str, Finding]:
    return {finding.code: finding for finding in check(collect(made, root), made, root)}


def mended(made: Recipe, finding: Finding) -> Recipe:
    assert finding.fix is not None
    return with_values(made, PROBLEM, finding.fix.values)


def test_good_data_has_nothing_but_a_remark(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d")
    assert found(recipe(root), root).keys() == {"most_common_class"}


def test_black_and_white_masks_are_offered_a_remap(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d")
    for path in (root / "labels").iterdir():
        save_mask(path, (np.asarray(Image.open(path)) == 1).astype(np.uint8) * 255)
    made = recipe(root, codes="", classes="background, object", void="")
    findings = found(made, root)
    assert findings.keys() == {"mask_values"}  # what the classes are cannot be told yet
    finding = findings["mask_values"]
    assert (finding.severity, finding.count) == ("error", 12)
    assert finding.fix is not None and finding.fix.values == {"remap": "255:1"}
    assert "mask_values" not in found(mended(made, finding), root)


def test_a_few_odd_values_are_offered_to_be_left_out(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d")
    _, mask = scene(2)
    mask[0, 0] = 200
    save_mask(root / "labels" / "02.png", mask)
    finding = found(recipe(root), root)["mask_values"]
    assert finding.items == ("images/02.png (200)",)
    assert "mask_values" not in found(mended(recipe(root), finding), root)


def test_levels_of_grey_are_read_in_their_order(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d")
    for path in (root / "labels").iterdir():
        save_mask(path, np.array([0, 128, 255, 0], dtype=np.uint8)[np.asarray(Image.open(path))])
    (root / "codes.txt").unlink()
    guess = guess_at(root)
    assert guess is not None and guess.options["classes"] == "background, class 128, class 255"
    made = recipe(root, void="", codes="", classes=guess.options["classes"])
    finding = found(made, root)["mask_values"]
    assert finding.fix is not None and finding.fix.values == {"remap": "128:1, 255:2"}
    assert finding.fix.label == "Read 128 as “class 128”, 255 as “class 255”"
    assert "mask_values" not in found(mended(made, finding), root)


def test_one_smoothed_mask_does_not_hide_what_the_others_mean(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d")
    for path in (root / "labels").iterdir():
        save_mask(path, (np.asarray(Image.open(path)) == 1).astype(np.uint8) * 255)
    smooth = Image.open(root / "labels" / "03.png")
    smooth.resize((14, 10), Image.Resampling.BICUBIC).resize(smooth.size, Image.Resampling.BICUBIC).save(
        root / "labels" / "03.png"
    )
    made = recipe(root, codes="", classes="background, object", void="")
    first = found(made, root)["mask_values"]
    assert first.fix is not None and first.fix.values == {"remap": "255:1"}
    made = mended(made, first)
    second = found(made, root)["mask_values"]
    assert second.fix is not None and second.fix.values == {"skip": ["images/03.png"]}
    assert "mask_values" not in found(mended(made, second), root)


def test_masks_that_cannot_be_used_are_named_and_skipped(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d")
    Image.new("RGB", (56, 40)).save(root / "labels" / "01.png")
    save_mask(root / "labels" / "04.png", np.zeros((10, 10), dtype=np.uint8))
    (root / "labels" / "06.png").write_bytes(b"no picture")
    findings = found(recipe(root), root)
    assert {"mask_in_colours", "mask_size", "mask_unreadable"} <= findings.keys()
    assert "10 x 10" in findings["mask_size"].items[0]
    made = recipe(root)
    for code in ("mask_in_colours", "mask_size", "mask_unreadable"):
        made = mended(made, findings[code])
    assert len(collect(made, root).items) == 9
    assert not {f.severity for f in found(made, root).values()} & {"error"}


def test_an_empty_mask_and_a_class_only_in_validation_are_told(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d")
    (root / "valid.txt").write_text("03\n05\n", encoding="utf-8")
    (root / "codes.txt").write_text("sky\ndisc\nbar\nvoid\nbird\n", encoding="utf-8")
    save_mask(root / "labels" / "02.png", np.full((40, 56), 3, dtype=np.uint8))
    bird = scene(5)[1]
    bird[0, :5] = 4
    save_mask(root / "labels" / "05.png", bird)
    findings = found(recipe(root, Split(kind="list", valid_list="valid.txt")), root)
    assert findings["mask_nothing"].items == ("images/02.png",)
    assert findings["class_only_in_validation"].items == ("bird",)


def test_frames_of_a_film_on_both_sides_are_told(tmp_path: Path) -> None:
    root = tmp_path / "d"
    for number in range(20):
        photo, mask = scene(number)
        (root / "images").mkdir(parents=True, exist_ok=True)
        Image.fromarray(photo).save(root / "images" / f"street_{number:04d}.png")
        save_mask(root / "labels" / f"street_{number:04d}.png", mask)
    (root / "codes.txt").write_text("sky\ndisc\nbar\nvoid\n", encoding="utf-8")
    assert found(recipe(root), root)["films"].items == ("street_* (20 photos)",)


def test_a_copy_in_both_sets_is_a_leak(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d")
    (root / "valid.txt").write_text("03\n", encoding="utf-8")
    (root / "images" / "08.png").write_bytes((root / "images" / "03.png").read_bytes())
    leak = found(recipe(root, Split(kind="list", valid_list="valid.txt")), root)["leak"]
    assert leak.fix is not None and leak.fix.values == {"skip": ["images/08.png"]}
