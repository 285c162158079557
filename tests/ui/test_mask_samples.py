"""Photos under their masks: each class in its colour, void and unknown numbers clear, never an error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QColor, QImage

from studio.problems.segmentation.palette import colour
from studio.ui.samples import kind_of, mask, reader, sample_kind
from studio.ui.samples.base import Asked
from tests.problems.masks_made import pairs, recipe, save_mask

EXACT = Asked(40, 20, 1.0, fill=False)


def scene(root: Path, mode: str = "L", **options: str):
    """A white photo whose quarters are classes 0, 1, 3 (void) and 9 (none); the reader of its project."""
    values = np.zeros((20, 40), dtype=np.uint8)
    values[:, 10:20], values[:, 20:30], values[:, 30:] = 1, 3, 9
    (root / "images").mkdir(parents=True)
    Image.new("RGB", (40, 20), "white").save(root / "images" / "a.png")
    save_mask(root / "labels" / "a.png", values, mode)
    (root / "codes.txt").write_text("sky\ndisc\nbar\nvoid\n", encoding="utf-8")
    return mask.reader(recipe(root, **options), root)


def tinted(code: int) -> QColor:
    """White under a class's colour."""
    part = mask.ALPHA / 255
    return QColor(*(round(level * part + 255 * (1 - part)) for level in colour(code)))


def near(image: QImage, x: int, wanted: QColor) -> bool:
    got = image.pixelColor(x, 10)
    return all(
        abs(a - b) <= 2
        for a, b in zip(got.getRgb()[:3], wanted.getRgb()[:3], strict=True)  # type: ignore[index]
    )


@pytest.mark.parametrize("mode", ["L", "P"])
def test_each_class_has_its_colour(tmp_path: Path, mode: str) -> None:
    shown = scene(tmp_path / "d", mode)(tmp_path / "d" / "images" / "a.png", EXACT).image
    white = QColor("white")
    assert near(shown, 5, tinted(0))
    assert near(shown, 15, tinted(1))
    assert near(shown, 25, white)
    assert near(shown, 35, white)


def test_a_remapped_number_has_the_colour_of_its_class(tmp_path: Path) -> None:
    shown = scene(tmp_path / "d", remap="9:2")(tmp_path / "d" / "images" / "a.png", EXACT).image
    assert near(shown, 35, tinted(2))


def test_a_tile_is_covered_and_keeps_its_size(tmp_path: Path) -> None:
    read = scene(tmp_path / "d")
    shown = read(tmp_path / "d" / "images" / "a.png", Asked(16, 16, 2.0, fill=True)).image
    assert (shown.width(), shown.height()) == (32, 32)
    assert shown.devicePixelRatio() == 2.0


def test_without_a_mask_the_photo_is_bare(tmp_path: Path) -> None:
    read = scene(tmp_path / "d")
    for spoil in ("broken", "gone"):
        path = tmp_path / "d" / "labels" / "a.png"
        path.write_bytes(b"no picture") if spoil == "broken" else path.unlink()
        assert near(read(tmp_path / "d" / "images" / "a.png", EXACT).image, 5, QColor("white"))
    assert read(tmp_path / "d" / "images" / "lost.png", EXACT).problem


def test_wrong_options_leave_the_photo(tmp_path: Path) -> None:
    read = scene(tmp_path / "d", void="nowhere")
    assert near(read(tmp_path / "d" / "images" / "a.png", EXACT).image, 5, QColor("white"))


def test_a_project_has_one_reader_until_its_recipe_changes(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d", 2)
    kind = sample_kind("mask")
    assert reader(kind, recipe(root), root) is reader(kind, recipe(root), root)
    assert reader(kind, recipe(root), root) is not reader(kind, recipe(root, remap="9:2"), root)
    assert reader(kind, None, None) is mask.decode
    assert reader(kind_of(None), recipe(root), root) is not None


def test_words_of_masks() -> None:
    assert mask.caption(("Road", "Sky")) == "Road, Sky"
    assert mask.caption(("Road", "Sky", "Tree", "Car", "Wall")) == "Road, Sky, Tree and 2 more"
    assert mask.caption("labels/a_P.png") == "a_P.png"
    assert mask.caption(()) == "nothing labelled"
    assert mask.answer(("Road", "Sky"), ("Road",), 0.81) == "Road, Sky, taken for Road · 81.0 %"
