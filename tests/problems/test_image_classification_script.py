"""The script of a run: readable, honest about the run's data, and opening photos as the studio does."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.dataset.images import load_rgb
from studio.engine.messages import StagePlan
from studio.problems.base import Dataset, Item
from studio.problems.image_classification import script, script_parts
from studio.recipe.schema import Data, Rate, Recipe, Stage, Training

DATASET = Dataset(
    (Item("a/1, first.jpg", "a", False), Item("b/2.jpg", 'b "quoted"', True)), ("a", 'b "quoted"')
)
PLANS = (StagePlan(0, True, 2, 64, 1, 1, None, 5e-3), StagePlan(1, False, 1, 96, 1, 1, 1e-5, 1e-3))


def written(
    tmp_path: Path, precision: str = "fp32", name: str = "Ants", dataset: Dataset = DATASET, **options: Any
) -> str:
    """The script for a recipe with these options."""
    recipe = Recipe(
        problem="image_classification",
        name=name,
        data=Data(root="data"),
        options=options,
        training=Training(stages=(Stage(freeze=True, epochs=1, lr=Rate(max=1e-3)),), weight_decay=0.02),
        seed=3,
    )
    files = script.write(
        recipe, dataset, tmp_path / "photos", PLANS, precision, tmp_path / "p" / "runs" / "1", "ants"
    )
    assert list(files) == ["ants.py", "ants.csv"]
    return files["ants.py"]


@pytest.mark.parametrize("arch", ["resnet34", "squeezenet1_0", "resnet26d"])
@pytest.mark.parametrize("weights", ["imagenet", "none", "w.pth", "w.safetensors"])
@pytest.mark.parametrize("augment", ["none", "strong"])
def test_every_script_is_python(tmp_path: Path, arch: str, weights: str, augment: str) -> None:
    compile(written(tmp_path, arch=arch, weights=weights, augment=augment, resize="pad"), "ants.py", "exec")


@pytest.mark.parametrize("name", ['A "quoted" \\ name', "braces {0} {slug} %s", '"""', "päper ✓"])
def test_no_name_breaks_the_script(tmp_path: Path, name: str) -> None:
    dataset = replace(DATASET, classes=(name, *DATASET.classes))
    text = written(tmp_path, name=name, dataset=dataset)
    compile(text, "ants.py", "exec")
    values: dict[str, Any] = {}
    exec(text[text.index("CLASSES = ") : text.index("class Stage")], values)
    assert values["CLASSES"] == [name, "a", 'b "quoted"']


def test_the_stages_are_those_of_the_run(tmp_path: Path) -> None:
    text = written(tmp_path)
    assert "Stage(seed=3, freeze=True, epochs=2, size=64, batch_size=1, rate=slice(0.005))," in text
    assert "Stage(seed=4, freeze=False, epochs=1, size=96, batch_size=1, rate=slice(1e-05, 0.001))," in text
    assert "wd=0.02" in text


def test_the_table_says_what_trained_and_what_judged() -> None:
    rows = list(csv.reader(io.StringIO(script.table(DATASET))))
    assert rows == [
        ["photo", "class", "valid"],
        ["a/1, first.jpg", "a", "no"],
        ["b/2.jpg", 'b "quoted"', "yes"],
    ]


def test_a_weights_file_is_found_above_the_run(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "w.pth").write_bytes(b"")
    assert str((tmp_path / "p" / "w.pth").resolve()) in written(tmp_path, weights="w.pth")


def test_half_precision_is_used_where_the_run_used_it(tmp_path: Path) -> None:
    assert "learn.to_fp16()" in written(tmp_path, "fp16")
    assert "to_fp16" not in written(tmp_path)


def test_augmentation_and_fit_are_those_of_the_loaders() -> None:
    from fastai.vision.all import ResizeMethod, aug_transforms

    from studio.problems.image_classification import data

    assert script.AUGMENT.keys() == data.AUGMENT.keys()
    for level, said in script.AUGMENT.items():
        made = eval(said, {"aug_transforms": aug_transforms})
        assert [repr(t) for t in made] == [repr(t) for t in data.augmentation(level)]
    assert {k: eval(v, {"ResizeMethod": ResizeMethod}) for k, v in script.RESIZE.items()} == data.RESIZE


def odd_photos() -> dict[str, Image.Image]:
    """Photos that a plain `convert("RGB")` would spoil."""
    random = np.random.default_rng(0)
    deep = Image.fromarray(random.integers(0, 5000, (20, 30), dtype=np.uint16))
    plain = Image.fromarray(random.integers(0, 255, (20, 30, 3), dtype=np.uint8))
    lucent = plain.convert("P")
    lucent.info["transparency"] = 3
    return {
        "deep.png": deep,
        "float.tif": Image.fromarray(random.random((20, 30), dtype=np.float32)),
        "print.tif": plain.convert("CMYK"),
        "palette.png": lucent,
        "alpha.png": plain.convert("RGBA"),
        "grey.png": plain.convert("L"),
        "bits.png": plain.convert("1"),
    }


def test_the_script_opens_odd_photos_as_the_studio_does(tmp_path: Path) -> None:
    from PIL import ImageOps

    names: dict[str, Any] = {"np": np, "Image": Image, "ImageOps": ImageOps}
    text = script_parts.DATA_PART
    exec(text[text.index("def open_photo") : text.index("def photo_of")], names)
    turned = Image.new("RGB", (20, 10), "red")
    exif = turned.getexif()
    exif[0x0112] = 6
    turned.save(tmp_path / "turned.jpg", exif=exif)
    for name, photo in odd_photos().items():
        photo.save(tmp_path / name)
    for path in tmp_path.iterdir():
        assert np.array_equal(np.asarray(names["open_photo"](path)), np.asarray(load_rgb(path))), path.name
    assert names["open_photo"](tmp_path / "turned.jpg").size == (10, 20)
