"""Photos are fitted to their size as fastai's `Resize` does it, to a level or two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fastai.vision.all import PILImage, PILMask, Resize, ResizeMethod

from studio.dataset.images import load_rgb
from studio.dataset.pipeline.decoding import decoded
from studio.dataset.pipeline.photos import Photos
from studio.dataset.pipeline.shaping import Frame, fitted, is_too_long, resized, whole_size, window
from studio.problems.vision.fitting import fit
from tests.dataset.pipeline.test_decoding import scene

SIZES = ((187, 101), (90, 141), (64, 64), (30, 20))
METHODS = ("crop", "squish", "pad")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("method", METHODS)
def test_validation_sees_what_an_exported_bundle_sees(size: tuple[int, int], method: str) -> None:
    photo = scene(*size)
    ours = fitted(np.array(photo), Frame(48, 64, method)).astype(int)
    bundle = np.asarray(fit(photo, (64, 48), method)).astype(int)
    assert np.abs(ours - bundle).max() <= 2
    assert np.abs(ours - bundle).mean() < 0.4


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("outside", ["reflection", "zeros"])
@pytest.mark.parametrize("method", METHODS)
def test_a_photo_to_judge_by_is_the_bundles_to_the_last_bit(
    size: tuple[int, int], outside: str, method: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.jpg"
    scene(*size).save(path, quality=92)
    photos = Photos(lambda item: item, Frame(48, 64, method, outside), None, None)
    ours, is_kept = photos.made(path, is_training=False, at=(0.1, 0.9))
    assert is_kept
    assert np.array_equal(ours, np.asarray(fit(load_rgb(path), (64, 48), method, outside)))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("method", METHODS)
def test_masks_are_those_of_fastai(size: tuple[int, int], method: str) -> None:
    codes = (np.asarray(scene(*size))[..., 0] // 60).astype(np.uint8)
    resize = Resize((48, 64), ResizeMethod.Crop if method == "crop" else method)
    theirs = np.asarray(resize(PILMask.create(codes), split_idx=1))
    assert (fitted(codes, Frame(48, 64, method), is_mask=True)[..., 0] == theirs).all()


@pytest.mark.parametrize("method", ["crop", "pad"])
def test_training_cuts_where_fastai_cuts(method: str) -> None:
    """The same share gives the same picture: a pixel of a fine pattern apart would be many levels."""
    photo, frame = scene(187, 101), Frame(48, 48, method)
    whole = resized(np.array(photo), *whole_size(101, 187, frame))
    resize = Resize(48, method)
    for share in (0.0, 0.3, 1.0):
        resize.pcts = (share, share)
        ours = window(whole, frame, (share, share)).astype(int)
        theirs = np.asarray(resize.encodes(PILImage.create(np.asarray(photo))))
        assert np.abs(ours - theirs).mean() < 6


def test_a_very_long_photo_is_cut_before_it_is_resized() -> None:
    frame = Frame(32, 32, "crop")
    assert not is_too_long(whole_size(60, 200, frame), frame)
    assert is_too_long(whole_size(10, 4000, frame), frame)
    assert whole_size(10, 4000, Frame(32, 32, "pad")) == (1, 32)


def test_a_photo_decoded_smaller_is_nearly_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    scene(1200, 900).save(path, quality=92)
    small, factor = decoded(path, 48)
    assert factor == 4
    apart = np.abs(resized(small, 48, 64).astype(int) - resized(decoded(path)[0], 48, 64))
    assert apart.mean() < 1.5


def test_colours_doubled_are_hidden_by_making_the_photo_smaller(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    scene(300, 200).save(path, quality=90, subsampling=2)
    doubled, factor = decoded(path, 133)
    assert factor == 1
    apart = np.abs(resized(doubled, 133, 200).astype(int) - resized(decoded(path)[0], 133, 200))
    assert 0 < apart.mean() < 0.5


def test_one_pixel_is_a_photo_too() -> None:
    out = window(np.full((1, 8, 3), 7, np.uint8), Frame(8, 8, "pad"), (0.5, 0.2))
    assert out.shape == (8, 8, 3)
    assert (out == 7).all()
    assert fitted(np.full((1, 1, 3), 9, np.uint8), Frame(4, 4, "crop")).shape == (4, 4, 3)
