"""Photos become exactly what fastai's validation pipeline makes of them, and scores become answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from studio.errors import UserError
from studio.problems.image_classification import answers

SPEC = {
    "input": {"width": 24, "height": 24, "resize": "crop", "pad_mode": "reflection"},
    "classes": ["a", "b", "c"],
}


def noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(width).integers(0, 256, (height, width, 3), dtype=np.uint8))


@pytest.mark.parametrize("pad_mode", ["reflection", "zeros", "border"])
@pytest.mark.parametrize("method", ["crop", "squish", "pad"])
def test_fitting_is_what_fastai_does(method: str, pad_mode: str) -> None:
    from fastai.vision.all import PILImage, Resize

    @settings(max_examples=25, deadline=None)
    @given(st.integers(1, 300), st.integers(1, 300), st.sampled_from([16, 24, 49]))
    def same(width: int, height: int, size: int) -> None:
        photo = noise(width, height)
        if int(min(width, height) / size * size) == 0:
            return  # fastai itself crops these to nothing
        expected = Resize(size, method=method, pad_mode=pad_mode)(PILImage(photo), split_idx=1)
        got = answers.fit(photo, (size, size), method, pad_mode)
        assert np.array_equal(np.asarray(got), np.asarray(expected))

    same()


def test_a_photo_one_pixel_wide_still_fits() -> None:
    assert answers.fit(noise(1, 200), (49, 49), "crop").size == (49, 49)


def test_a_photo_becomes_bytes_of_the_models_size(tmp_path: Path) -> None:
    noise(40, 30).save(tmp_path / "a.png")
    prepared = answers.prepare(tmp_path / "a.png", SPEC)["photos"]
    assert prepared.shape == (24, 24, 3)
    assert prepared.dtype == np.uint8


def test_what_cannot_be_read_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not much")
    with pytest.raises(UserError, match=r"broken\.jpg"):
        answers.prepare(tmp_path / "broken.jpg", SPEC)
    with pytest.raises(UserError, match=r"gone\.jpg"):
        answers.prepare(tmp_path / "gone.jpg", SPEC)


def test_folders_stand_for_the_photos_below_them(tmp_path: Path) -> None:
    for name in ("b/2.png", "b/1.JPG", "a.gif", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = answers.find([tmp_path, tmp_path / "notes.txt"])
    assert [p.relative_to(tmp_path).as_posix() for p in found] == ["a.gif", "b/1.JPG", "b/2.png", "notes.txt"]


def test_the_best_score_is_the_answer() -> None:
    answer, scores = answers.decode({"scores": np.array([0.2, 0.5, 0.3], dtype=np.float32)}, SPEC)
    assert answer == "b"
    assert [name for name, _ in scores] == ["b", "c", "a"]


def test_answering_needs_no_torch() -> None:
    code = "import sys\nfrom studio.problems.image_classification import answers\n"
    code += "print('torch' in sys.modules, 'fastai' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]
