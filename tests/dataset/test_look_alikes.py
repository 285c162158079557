"""Which pictures look alike, among many that do not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from studio.dataset.look_alikes import (
    HIGH,
    WIDE,
    Signatures,
    hashes,
    known_look_alikes,
    look_alikes,
    signature,
    stacked,
)
from studio.dataset.scan_cache import ScanCache


def scenes(n: int, seed: int = 0) -> Signatures:
    """Signatures of pictures with large shapes."""
    coarse = np.random.default_rng(seed).integers(0, 256, (n, 5, 6), dtype=np.uint8)
    shapes = (Image.fromarray(one).resize((WIDE, HIGH), Image.Resampling.BICUBIC) for one in coarse)
    return np.stack([np.asarray(shape) for shape in shapes])


def test_noise_of_a_few_levels_is_seen_through_and_strangers_stay_apart() -> None:
    many = scenes(3000)
    noise = np.random.default_rng(1).integers(-3, 4, many[:50].shape)
    again = np.clip(many[:50].astype(int) + noise, 0, 255).astype(np.uint8)
    assert look_alikes(np.concatenate([many, again])) == tuple((n, 3000 + n) for n in range(50))


def test_pictures_of_one_colour_are_compared_with_nothing() -> None:
    assert look_alikes(np.full((20, HIGH, WIDE), 7, dtype=np.uint8)) == ()
    assert look_alikes(stacked([])) == () and len(hashes(stacked([]))) == 0


def test_a_crowd_of_one_picture_is_one_group() -> None:
    crowd = np.repeat(scenes(1), 3000, axis=0)
    assert [len(group) for group in look_alikes(crowd)] == [3000]


def test_a_photo_lies_the_way_it_is_seen(tmp_path: Path) -> None:
    shape = Image.fromarray(scenes(1)[0]).resize((180, 160))
    exif = Image.Exif()
    exif[0x0112] = 6
    shape.save(tmp_path / "upright.png")
    shape.rotate(90, expand=True).save(tmp_path / "turned.jpg", exif=exif, quality=95)
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    names = ("upright.png", "turned.jpg", "broken.jpg")
    assert look_alikes(stacked([signature(tmp_path / name) for name in names])) == ((0, 1),)


def test_the_same_pictures_are_compared_once(tmp_path: Path) -> None:
    many, told = np.concatenate([scenes(30), scenes(30)]), list[int]()
    for _ in range(2):
        with ScanCache(tmp_path) as cache:
            found = known_look_alikes(many, cache, lambda done, total: told.append(done))
    assert found == tuple((n, n + 30) for n in range(30))
    assert len(told) == len(set(told))
