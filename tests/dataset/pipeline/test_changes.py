"""What is changed at random is changed as fastai's `aug_transforms` changes it."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from fastai.vision.all import TensorImage, aug_transforms
from fastai.vision.augment import (
    AffineCoordTfm,
    LightingTfm,
    _BrightnessLogit,
    _ContrastLogit,
    _WarpCoord,
    find_coeffs,
)

from studio.dataset.pipeline.changes import (
    Changes,
    Drawn,
    changes_of,
    factors,
    grid,
    look_up,
    looked_up,
    moved,
    moved_points,
    scaled,
    tables,
)
from studio.problems.vision.data import AUGMENT

N = 4000
LEVELS = ("light", "standard", "strong")
PLACES = np.array([[x, y] for x in (-1, 0.2, 0.9) for y in (-0.8, 0.1, 1)])
BLACK, WHITE = torch.zeros(3), torch.ones(3)


def theirs(level: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """fastai's: where `PLACES` come from (n, 9, 2), and what is added to and multiplied with the logits."""
    random.seed(1)
    torch.manual_seed(1)
    transforms, blank = aug_transforms(**(AUGMENT[level] or {})), TensorImage(torch.zeros(N, 1, 40, 60))
    affine = next(t for t in transforms if isinstance(t, AffineCoordTfm))
    affine.before_call(blank, split_idx=0)
    matrix = affine.mat.as_subclass(torch.Tensor)
    places = torch.tensor(PLACES).float() @ matrix[:, :, :2].transpose(1, 2) + matrix[:, None, :, 2]
    for one in affine.coord_fs:
        assert isinstance(one, _WarpCoord)
        places = one(places)
    light = next((t for t in transforms if isinstance(t, LightingTfm)), None)
    if light is None:
        return places.numpy(), np.zeros(N), np.ones(N)
    light.before_call(blank, split_idx=0)
    bright = next(f for f in light.fs if isinstance(f, _BrightnessLogit)).change.numpy()
    contrast = next(f for f in light.fs if isinstance(f, _ContrastLogit)).change.numpy()
    return places.numpy(), np.log(bright / (1 - bright)), contrast


@pytest.mark.parametrize("level", LEVELS)
def test_places_and_light_are_distributed_as_fastais(level: str) -> None:
    changes = changes_of(AUGMENT[level])
    assert changes is not None
    drawn = changes.draw(np.random.default_rng(2), N, 40, 60)
    padded = np.concatenate([PLACES, np.ones((9, 1))], 1) @ drawn.matrices.transpose(0, 2, 1)
    ours = padded[..., :2] / padded[..., 2:]
    for mine, other in zip((ours, drawn.brightness, drawn.contrast), theirs(level), strict=True):
        assert np.abs(mine.mean(0) - other.mean(0)).max() < 0.05
        assert np.abs(mine.std(0) - other.std(0)).max() < 0.03
        assert (
            np.abs(
                np.quantile(mine, (0.05, 0.25, 0.75, 0.95), 0)
                - np.quantile(other, (0.05, 0.25, 0.75, 0.95), 0)
            ).max()
            < 0.12
        )


def test_the_warp_is_fastais_perspective() -> None:
    warp = _WarpCoord(magnitude=0.2, p=1.0, draw_x=0.13, draw_y=-0.07)
    warp.before_call(torch.zeros(1, 3, 8, 8))
    wanted = find_coeffs(warp.orig_pts, warp.targ_pts)[0, :, 0].numpy()
    from studio.dataset.pipeline.changes import perspective

    assert np.allclose(perspective(warp.targ_pts.double().numpy())[0].reshape(-1)[:8], wanted, atol=1e-5)


def test_pixels_are_those_of_fastai_for_the_same_draw() -> None:
    """One matrix, one look-up and one resampling against fastai's transforms with everything given."""
    levels = torch.from_numpy(np.random.default_rng(0).integers(90, 160, (2, 3, 9, 9), dtype=np.uint8))
    levels = torch.nn.functional.interpolate(levels, (48, 48), mode="bilinear")
    matrix = np.tile(np.array([[0.95, 0.1, 0.02], [-0.1, 0.95, -0.03], [0.0, 0.0, 1.0]]), (2, 1, 1))
    drawn = Drawn(matrix, np.array([0.2, -0.1]), np.array([1.1, 0.9]))
    ours = moved(looked_up(levels, tables(drawn, BLACK, WHITE)), drawn, Changes())
    floats = TensorImage(levels.float() / 255)
    turned = floats.affine_coord(
        torch.from_numpy(matrix[:, :2]).float(), mode="bilinear", pad_mode="reflection"
    )
    logit = torch.logit(turned.as_subclass(torch.Tensor), 1e-7)
    lit = torch.sigmoid(
        (logit + torch.tensor([0.2, -0.1])[:, None, None, None])
        * torch.tensor([1.1, 0.9])[:, None, None, None]
    )
    assert (ours - lit).abs().max() < 0.5 / 255


def test_without_changes_the_numbers_are_fastais_to_the_bit() -> None:
    levels = torch.arange(256, dtype=torch.uint8).reshape(1, 1, 16, 16).repeat(2, 3, 1, 1)
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    wanted = (levels.float().div_(255.0) - mean[:, None, None]) / deviation[:, None, None]
    table = tables(None, mean, deviation)
    assert torch.equal(looked_up(levels, table), wanted)
    here = np.empty((3, 16, 16), dtype=np.float32)
    look_up(levels[1].permute(1, 2, 0).numpy(), table[0].numpy(), here)
    assert torch.equal(torch.from_numpy(here), wanted[1])
    quick = np.full((4, 16, 16), 7, dtype=np.float32)  # with a mask, which is none of its business
    scaled(levels[1].permute(1, 2, 0).numpy(), factors(mean, deviation), quick)
    assert np.abs(quick[:3] - here).max() < 1e-6
    assert (quick[3] == 7).all()


def test_a_mask_goes_where_its_photo_goes_and_a_point_too() -> None:
    photo = torch.zeros(6, 1, 65, 65)
    photo[:, :, 20:25, 40:45] = 1.0
    drawn = Changes(flip_vert=True, max_rotate=30.0).draw(np.random.default_rng(3), 6, 65, 65)
    turned, mask = moved(photo, drawn, Changes()), moved(photo, drawn, Changes(), is_mask=True)
    assert set(mask.unique().tolist()) <= {0.0, 1.0}
    assert ((turned > 0.5).float() != mask).float().mean() < 0.005
    point = moved_points(np.tile(np.array([[[42 / 32 - 1, 22 / 32 - 1]]]), (6, 1, 1)), drawn.matrices)[:, 0]
    for at in range(6):
        rows, columns = torch.nonzero(mask[at, 0], as_tuple=True)
        if len(rows) > 20:
            centre = columns.float().mean() / 32 - 1, rows.float().mean() / 32 - 1
            assert np.allclose(point[at], [float(c) for c in centre], atol=0.04)


def test_a_grid_of_nothing_is_the_picture_itself() -> None:
    places = grid(np.eye(3)[None], 3, 5, "cpu")
    assert torch.allclose(
        places, torch.nn.functional.affine_grid(torch.eye(3)[None, :2], [1, 1, 3, 5], align_corners=True)
    )
