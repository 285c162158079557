"""Photos are decoded quickly, and to the pixels that the studio has everywhere else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.dataset.images import load_rgb
from studio.dataset.pipeline.decoding import decoded, factor_for, is_coarse_enough
from studio.errors import UserError


def scene(width: int, height: int) -> Image.Image:
    """Soft hills with some grain: what a camera sees."""
    random, (y, x) = np.random.default_rng(0), np.mgrid[:height, :width]
    hills = np.stack([np.sin(x / 31 + k) * np.cos(y / 23 - k) for k in range(3)], 2) * 90 + 128
    return Image.fromarray(np.clip(hills + random.normal(0, 6, hills.shape), 0, 255).astype(np.uint8))


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_has_the_pixels_that_pillow_gives(tmp_path: Path, subsampling: int, progressive: bool) -> None:
    path = tmp_path / "a.jpg"
    scene(187, 101).save(path, quality=88, subsampling=subsampling, progressive=progressive)
    assert (decoded(path)[0] == np.asarray(load_rgb(path))).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_are_turned_upright(tmp_path: Path, orientation: int) -> None:
    path, exif = tmp_path / "a.jpg", Image.Exif()
    exif[0x0112] = orientation
    scene(60, 40).save(path, exif=exif)
    found, _ = decoded(path)
    assert found.shape[:2] == ((60, 40) if orientation > 4 else (40, 60))
    assert (found == np.asarray(load_rgb(path))).all()


@pytest.mark.parametrize("mode", ["L", "CMYK", "P", "RGBA", "I;16"])
def test_other_colours_are_those_of_every_other_part(tmp_path: Path, mode: str) -> None:
    path = tmp_path / ("a.jpg" if mode in ("L", "CMYK") else "a.png")
    deep = Image.fromarray((np.arange(2400).reshape(40, 60) * 20).astype(np.uint16))
    (deep if mode == "I;16" else scene(60, 40).convert(mode)).save(path)
    assert (decoded(path)[0] == np.asarray(load_rgb(path))).all()


def test_a_broken_or_missing_photo_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    scene(90, 60).save(path)
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(UserError, match=r"a\.jpg"):
        decoded(path)
    with pytest.raises(UserError, match="not there"):
        decoded(tmp_path / "none.jpg")


def test_only_photos_to_be_made_smaller_have_their_colours_doubled(tmp_path: Path) -> None:
    assert [is_coarse_enough(side, 224) for side in (224, 335, 336, 375)] == [False, False, True, True]
    assert not is_coarse_enough(5000, 0)
    path = tmp_path / "a.jpg"
    scene(300, 200).save(path, quality=90, subsampling=2)
    whole = np.asarray(load_rgb(path)).astype(int)
    assert (decoded(path, 0)[0] == whole).all()
    assert (decoded(path, 134)[0] == whole).all()
    apart = np.abs(decoded(path, 133)[0] - whole)
    assert 0 < apart.mean() < 2


def test_only_photos_many_times_too_large_are_decoded_smaller(tmp_path: Path) -> None:
    assert [factor_for(side, 224) for side in (375, 1343, 1344, 2688, 5376)] == [1, 1, 2, 4, 8]
    assert factor_for(5000, 0) == 1
    path = tmp_path / "a.jpg"
    scene(403, 301).save(path, quality=90)
    pixels, factor = decoded(path, 32)
    assert (factor, pixels.shape) == (2, (151, 202, 3))
