"""Points and numbers on the quick path: the items, targets and order of fastai's loader, and points in their places."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from fastai.vision.all import TensorPoint

from studio.dataset.pipeline.changes import Changes, looked_up, moved, tables
from studio.dataset.pipeline.loader import PhotoLoader
from studio.dataset.pipeline.shaping import Frame, window
from studio.problems.image_regression import data
from studio.problems.image_regression.items import collect
from studio.recipe.schema import Recipe
from tests.problems.spots_made import STAGES, animals, cells, recipe


def loaders(root: Path, made: Recipe, exact: bool = False, cache: Path | None = None) -> Any:
    random.seed(5)
    used = msgspec.structs.replace(made, training=msgspec.structs.replace(made.training, exact=exact))
    return data.dataloaders(collect(used, root), used, STAGES[0], 4, root, cache)


@pytest.mark.parametrize("resize", ["squish", "pad", "crop"])
def test_points_to_judge_by_are_fastais(tmp_path: Path, resize: str) -> None:
    root = animals(tmp_path / "d")
    made = recipe(root, resize=resize, augment="strong")
    quick, plain = loaders(root, made), loaders(root, made, exact=True)
    assert isinstance(quick.train, PhotoLoader)
    assert not isinstance(plain.train, PhotoLoader)
    for (ours, places), (theirs, known) in zip(quick.valid, plain.valid, strict=True):
        assert (type(places), places.dtype) == (TensorPoint, known.dtype)
        assert torch.allclose(places, known, atol=1e-5, equal_nan=True)
        assert (ours - theirs).abs().max() < 3 / 255 / 0.22


@pytest.mark.parametrize("resize", ["squish", "pad", "crop"])
def test_kept_photos_give_the_same_points(tmp_path: Path, resize: str) -> None:
    root = animals(tmp_path / "d")
    made = recipe(root, resize=resize, augment="strong")
    dls = loaders(root, made, cache=tmp_path / "cache")
    state = dls.train.rng.getstate()
    first = list(dls.train)
    dls.train.rng.setstate(state)
    again = list(dls.train)
    assert len(list((tmp_path / "cache" / "photos").iterdir())) == 1
    for (photos, places), (photos_again, places_again) in zip(first, again, strict=True):
        assert torch.equal(photos, photos_again)
        assert torch.allclose(places, places_again, equal_nan=True)


def test_numbers_are_fastais_in_fastais_order(tmp_path: Path) -> None:
    root = cells(tmp_path / "d")
    made = recipe(root, "counts.csv")
    quick, plain = loaders(root, made), loaders(root, made, exact=True)
    for (_, numbers), (_, known) in zip(quick.train, plain.train, strict=True):
        assert type(numbers) is type(known)
        assert torch.equal(numbers, known)


def test_what_comes_in_at_the_edges_is_black() -> None:
    mean, deviation = torch.tensor([0.4, 0.5, 0.6]), torch.tensor([0.2, 0.25, 0.3])
    changes = Changes(max_rotate=45.0, p_affine=1.0, max_lighting=0.0, pad_mode="zeros")
    drawn = changes.draw(np.random.default_rng(0), 8, 40, 40)
    white = torch.full((8, 3, 40, 40), 255, dtype=torch.uint8)
    black = -mean / deviation
    found = moved(looked_up(white, tables(drawn, mean, deviation)), drawn, changes, black=black)
    seen = found * deviation[:, None, None] + mean[:, None, None]
    assert seen.min() == pytest.approx(0.0, abs=1e-5)
    assert seen.max() == pytest.approx(1.0, abs=1e-5)
    assert 0.01 < (seen < 0.01).float().mean() < 0.4


def test_a_padded_photo_has_black_beside_it() -> None:
    out = window(np.full((4, 8, 3), 9, np.uint8), Frame(8, 8, "pad", "zeros"), (0.5, 0.25))
    assert (out[1:5] == 9).all()
    assert (out[0] == 0).all()
    assert (out[5:] == 0).all()
