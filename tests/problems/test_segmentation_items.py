"""Photos and their masks: found by folders, names, sets and lists; classes, values and what is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.dataset.masks import look_at_mask, read_values
from studio.errors import UserError
from studio.problems.segmentation.codes import IGNORED, codes_of, load_codes
from studio.problems.segmentation.frame import frame
from studio.problems.segmentation.guessing import guess_at
from studio.problems.segmentation.items import class_counts, collect
from studio.problems.segmentation.options import Options, stages
from studio.problems.segmentation.pairing import mask_beside
from studio.recipe.schema import Split
from tests.problems.masks_made import CLASSES, pairs, recipe, save_mask, scene


def test_a_mask_goes_with_the_photo_of_the_same_stem(tmp_path: Path) -> None:
    made = recipe(pairs(tmp_path / "d", suffix="_P"), mask_suffix="_P")
    dataset = collect(made, tmp_path / "d")
    assert dataset.classes == CLASSES
    assert [(i.key, i.target) for i in dataset.items][:2] == [
        ("images/00.png", "labels/00_P.png"),
        ("images/01.png", "labels/01_P.png"),
    ]
    assert (len(dataset.train()), len(dataset.valid())) == (9, 3)
    assert dataset.left_out == ()


def test_what_has_no_partner_is_left_out_by_name(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d")
    (root / "labels" / "03.png").unlink()
    (root / "images" / "05.png").unlink()
    assert collect(recipe(root), root).left_out == (
        ("images/03.png", "no mask belongs to it"),
        ("labels/05.png", "no photo belongs to this mask"),
    )


def test_photos_and_masks_in_one_folder(tmp_path: Path) -> None:
    for number in range(6):
        photo, mask = scene(number)
        (tmp_path / "d").mkdir(exist_ok=True)
        Image.fromarray(photo).save(tmp_path / "d" / f"a{number}.jpg")
        save_mask(tmp_path / "d" / f"a{number}_mask.png", mask)
    guess = guess_at(tmp_path / "d")
    assert guess is not None
    assert guess.options["mask_suffix"] == "_mask"
    made = recipe(tmp_path / "d", guess.split, **{**guess.options, "void": ""})
    assert len(collect(made, tmp_path / "d").items) == 6


def test_sets_with_a_folder_of_masks_each(tmp_path: Path) -> None:
    root = tmp_path / "d"
    for one, count in (("train", 4), ("val", 2)):
        made = pairs(tmp_path / one, count)
        root.mkdir(exist_ok=True)
        (made / "images").rename(root / one)
        (made / "labels").rename(root / f"{one}annot")
        (made / "codes.txt").rename(root / "codes.txt")
    guess = guess_at(root)
    assert guess is not None
    assert (guess.options["images"], guess.options["masks"]) == ("{set}", "{set}annot")
    assert guess.options["void"] == "void"
    assert guess.size == 40
    dataset = collect(recipe(root, guess.split, **guess.options), root)
    assert (len(dataset.train()), len(dataset.valid())) == (4, 2)


def test_a_list_of_validation_files_decides(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d")
    (root / "valid.txt").write_text("00.png\nsome/where/07.png other.png\n11\nlost.png\n", encoding="utf-8")
    dataset = collect(recipe(root, Split(kind="list", valid_list="valid.txt")), root)
    assert [i.key for i in dataset.valid()] == ["images/00.png", "images/07.png", "images/11.png"]
    assert dataset.left_out[0][0] == "lost.png"


def test_a_split_by_classes_is_refused_with_the_remedy(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d")
    with pytest.raises(UserError) as refused:
        collect(recipe(root, Split(kind="stratified")), root)
    assert refused.value.fix == "split=random"


def test_a_skipped_photo_moves_no_other(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d")
    before = {i.key: i.valid for i in collect(recipe(root), root).items}
    after = {i.key: i.valid for i in collect(recipe(root, skip=("images/02.png",)), root).items}
    assert after == {key: side for key, side in before.items() if key != "images/02.png"}


@pytest.mark.parametrize("mode", ["L", "P"])
def test_a_palette_mask_gives_its_indices(tmp_path: Path, mode: str) -> None:
    _, mask = scene(3)
    values = read_values(save_mask(tmp_path / "m.png", mask, mode))
    assert np.array_equal(values, mask)


def test_a_mask_in_colours_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "m.png")
    assert look_at_mask(tmp_path / "m.png").trouble == "colour"
    with pytest.raises(UserError, match="colours"):
        load_codes(tmp_path / "m.png", codes_of(tmp_path, Options(codes="", classes="a, b")))


def test_values_are_remapped_and_others_named(tmp_path: Path) -> None:
    mask = np.array([[0, 255], [7, 0]], dtype=np.uint8)
    path = save_mask(tmp_path / "m.png", mask)
    plain = Options(codes="", classes="ground, object")
    with pytest.raises(UserError, match="7, 255"):
        load_codes(path, codes_of(tmp_path, plain))
    mended = codes_of(tmp_path, Options(codes="", classes="ground, object", remap="255:1, 7:ignore"))
    assert load_codes(path, mended).tolist() == [[0, 1], [IGNORED, 0]]
    named = codes_of(tmp_path, Options(codes="", classes="ground, object", remap="255:object, 7:ground"))
    assert load_codes(path, named).tolist() == [[0, 1], [0, 0]]


def test_pixels_to_ignore_become_the_void_class(tmp_path: Path) -> None:
    codes = codes_of(tmp_path, Options(codes="", classes="a, b, nothing", void="Nothing", remap="255:ignore"))
    assert (codes.void, codes.ignored, codes.judged) == (2, 2, (0, 1))
    assert codes.of(np.array([[255, 1]], dtype=np.uint8)).tolist() == [[2, 1]]


@pytest.mark.parametrize("remap", ["255", "300:1", "255:9", "x:1", "255:nowhere"])
def test_a_remap_that_means_nothing_is_refused(tmp_path: Path, remap: str) -> None:
    with pytest.raises(UserError, match="remap"):
        codes_of(tmp_path, Options(codes="", classes="a, b", remap=remap))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"codes": "lost.txt"}, "lost.txt"),
        ({"codes": "", "classes": "one"}, "names 1 class"),
        ({"codes": "", "classes": "a, a"}, "twice"),
        ({"codes": "", "classes": "a, b", "void": "c"}, "“c”"),
    ],
)
def test_classes_that_cannot_be_are_named(tmp_path: Path, options: dict[str, str], words: str) -> None:
    with pytest.raises(UserError, match=words):
        codes_of(tmp_path, Options(**options))


def test_the_size_is_that_of_the_shorter_side(tmp_path: Path) -> None:
    root = pairs(tmp_path / "wide", 4)
    dataset = collect(recipe(root), root)
    assert frame(dataset, root, 32) == (32, 45)
    high = pairs(tmp_path / "high", 4, height=56, width=40)
    assert frame(collect(recipe(high), high), high, 32) == (45, 32)


def test_classes_are_counted_in_photos(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d", 8)
    made = recipe(root)
    counts = class_counts(collect(made, root), made, root)
    assert [(c.name, c.train, c.valid) for c in counts] == [(name, 6, 2) for name in CLASSES]


def test_the_mask_of_one_photo_is_found_alone(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d", 2, suffix="_P")
    options, split = Options(mask_suffix="_P"), Split(kind="random")
    assert mask_beside(root, "images/01.png", options, split) == root / "labels" / "01_P.png"
    assert mask_beside(root, "images/09.png", options, split) is None


def test_the_plan_is_half_size_first() -> None:
    for weights in ("imagenet", "none"):
        plan = stages(Options(weights=weights))
        assert plan[0].size == plan[-1].size // 2  # type: ignore[operator]
        assert plan[0].freeze == (weights == "imagenet")


def test_folders_of_other_problems_are_not_claimed(tmp_path: Path) -> None:
    for name in ("train/cats", "train/dogs", "valid/cats", "valid/dogs"):
        (tmp_path / name).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(tmp_path / name / "1.png")
    assert guess_at(tmp_path) is None
