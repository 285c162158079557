"""fastai's `aug_transforms` for a whole batch in two steps: one table of levels, one resampling.

Flip (or the eight turns), rotation, zoom and warp become one 3x3 matrix a photo, and one `grid_sample`; brightness
and contrast become, with the normalisation, one table of 256 numbers a photo and channel, which also turns bytes into
floats. What is drawn, how likely, and in which order it is composed is fastai's; the light is changed before
resampling and not after, which no eye and no average can tell. Draws come from a generator of the batch, so
that it does not matter when a batch is made, or whether the ones before it were. Imports torch: engine only. No Qt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

Floats = NDArray[np.float64]
LIMIT = 1e-7
TURNS: Floats = np.array(
    [
        [[x * m, x * (1 - m), 0], [y * (1 - m), y * m, 0], [0, 0, 1]]
        for x, y, m in (
            (1, 1, 1),
            (-1, 1, 1),
            (1, -1, 1),
            (-1, 1, 0),
            (-1, -1, 1),
            (1, -1, 0),
            (1, 1, 0),
            (-1, -1, 0),
        )
    ],
    dtype=np.float64,
)
"""The eight ways to turn and mirror a square, in fastai's order."""

CORNERS: Floats = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]], dtype=np.float64)


@dataclass(frozen=True)
class Drawn:
    """What was drawn for a batch.

    Attributes
    ----------
    matrices : (n, 3, 3) float64
        Where a place of the result comes from, in coordinates from -1 to 1.
    brightness, contrast : (n,) float64
        Added to, then multiplied with, the logit of a level.
    """

    matrices: Floats
    brightness: Floats
    contrast: Floats

    def __getitem__(self, few: slice) -> Drawn:
        return Drawn(self.matrices[few], self.brightness[few], self.contrast[few])


@dataclass(frozen=True)
class Changes:
    """The arguments of `aug_transforms` that the studio uses, with its defaults."""

    do_flip: bool = True
    flip_vert: bool = False
    max_rotate: float = 10.0
    min_zoom: float = 1.0
    max_zoom: float = 1.1
    max_lighting: float = 0.2
    max_warp: float = 0.2
    p_affine: float = 0.75
    p_lighting: float = 0.75
    pad_mode: str = "reflection"

    @property
    def resamples(self) -> bool:
        """Whether pixels move by more than turning and mirroring."""
        return bool(self.max_rotate or self.max_warp or self.min_zoom < 1 or self.max_zoom > 1)

    def draw(self, random: np.random.Generator, n: int, height: int, width: int) -> Drawn:
        """Draw for `n` photos of one size."""
        affine = self._turn(random, n)
        affine = affine @ self._rotate(random, n) @ self._zoom(random, n)
        affine[:, 0, 1] *= height / width
        affine[:, 1, 0] *= width / height
        brightness, contrast = self._light(random, n)
        return Drawn(self._warp(random, n) @ affine, brightness, contrast)

    def _turn(self, random: np.random.Generator, n: int) -> Floats:
        chosen = random.integers(0, 8, n) if self.flip_vert else np.ones(n, dtype=np.int64)
        return TURNS[np.where((random.random(n) < 0.5) & self.do_flip, chosen, 0)]

    def _rotate(self, random: np.random.Generator, n: int) -> Floats:
        angles = np.deg2rad(
            _some(random, random.uniform(-self.max_rotate, self.max_rotate, n), self.p_affine)
        )
        found = _identities(n)
        found[:, 0, 0], found[:, 0, 1] = np.cos(angles), np.sin(angles)
        found[:, 1, 0], found[:, 1, 1] = -np.sin(angles), np.cos(angles)
        return found

    def _zoom(self, random: np.random.Generator, n: int) -> Floats:
        scale = 1 / _some(random, random.uniform(self.min_zoom, self.max_zoom, n), self.p_affine, 1.0)
        found = _identities(n)
        found[:, 0, 0] = found[:, 1, 1] = scale
        found[:, :2, 2] = (1 - scale)[:, None] * (2 * random.random((n, 2)) - 1)
        return found

    def _warp(self, random: np.random.Generator, n: int) -> Floats:
        across, along = (
            _some(random, random.uniform(-self.max_warp, self.max_warp, n), self.p_affine) for _ in range(2)
        )
        if not self.max_warp:
            return _identities(n)
        moved = [
            (-1 - along, -1 - across),
            (-1 + along, 1 + across),
            (1 + along, -1 + across),
            (1 - along, 1 - across),
        ]
        return perspective(np.stack([np.stack(corner, 1) for corner in moved], 1))

    def _light(self, random: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        most = self.max_lighting
        change = _some(random, random.uniform(0.5 * (1 - most), 0.5 * (1 + most), n), self.p_lighting, 0.5)
        spread = abs(np.log(1 - most))
        contrast = _some(random, np.exp(random.uniform(-spread, spread, n)), self.p_lighting, 1.0)
        return np.log(change / (1 - change)), contrast


def changes_of(arguments: Mapping[str, Any] | None, pad_mode: str = "reflection") -> Changes | None:
    """The changes that `aug_transforms(**arguments)` makes; None for none."""
    return None if arguments is None else Changes(**arguments, pad_mode=pad_mode)


def _some(random: np.random.Generator, drawn: Floats, share: float, neutral: float = 0.0) -> Floats:
    return np.where(random.random(len(drawn)) < share, drawn, neutral)


def _identities(n: int) -> Floats:
    return np.tile(np.eye(3), (n, 1, 1))


def perspective(corners: Floats) -> Floats:
    """The matrices (n, 3, 3) that map `corners` (n, 4, 2) onto the corners of the square."""
    n = len(corners)
    x, y = corners[..., 0], corners[..., 1]
    one, none = np.ones(n), np.zeros(n)
    rows = []
    for at, (u, v) in enumerate(CORNERS):
        rows.append(np.stack([x[:, at], y[:, at], one, none, none, none, -u * x[:, at], -u * y[:, at]], 1))
        rows.append(np.stack([none, none, none, x[:, at], y[:, at], one, -v * x[:, at], -v * y[:, at]], 1))
    wanted = np.tile(CORNERS.reshape(8, 1), (n, 1, 1))
    solved = np.linalg.solve(np.stack(rows, 1), wanted)[..., 0]  # (n, 8)
    return np.concatenate([solved, np.ones((n, 1))], 1).reshape(n, 3, 3)


def tables(drawn: Drawn | None, mean: Tensor, deviation: Tensor) -> Tensor:
    """The number of every level: (n or 1, 3, 256) float32, light changed and normalised by `mean` and `deviation`."""
    levels = torch.arange(256, dtype=torch.uint8).float().div_(255.0)[None]
    if drawn is not None:
        shares = np.clip(np.arange(256) / 255.0, LIMIT, 1 - LIMIT)
        logits = (np.log(shares / (1 - shares)) + drawn.brightness[:, None]) * drawn.contrast[:, None]
        levels = torch.from_numpy(1 / (1 + np.exp(-logits))).float()
    return (levels[:, None] - mean.reshape(1, -1, 1)) / deviation.reshape(1, -1, 1)


def looked_up(levels: Tensor, table: Tensor) -> Tensor:
    """Levels (n, 3, height, width) uint8 by tables (n or 1, 3, 256): (n, 3, height, width) float32, where they are."""
    places = levels.flatten(2).long()
    return table.expand(len(levels), -1, -1).gather(2, places).reshape(levels.shape)


def look_up(levels: NDArray[np.uint8], table: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    """The same for one photo (height, width, 3) by its table (3, 256), on the CPU, into `out` (3, height, width)."""
    for channel in range(3):
        table[channel].take(levels[..., channel], out=out[channel], mode="clip")


class Factors(NamedTuple):
    """What levels are multiplied with, and what is then taken off: (3, 1, 1) float32."""

    times: NDArray[np.float32]
    less: NDArray[np.float32]


def factors(mean: Tensor, deviation: Tensor) -> Factors:
    """What normalises levels from 0 to 255 by a mean and deviation (3,) of shares of 255."""
    shape = (-1, 1, 1)
    return Factors((1 / (255 * deviation)).reshape(shape).numpy(), (mean / deviation).reshape(shape).numpy())


def scaled(levels: NDArray[np.uint8], by: Factors, out: NDArray[np.float32]) -> None:
    """What `look_up` does, to a millionth, quicker: without a table, where no light is changed."""
    colours = out[:3]
    colours[...] = levels[..., :3].transpose(2, 0, 1)
    colours *= by.times
    colours -= by.less


def grid(matrices: Floats, height: int, width: int, device: Any) -> Tensor:
    """Where each pixel comes from, as `grid_sample` takes it: (n, height, width, 2) float32."""
    m = torch.from_numpy(matrices).float().to(device)[..., None, None]  # (n, 3, 3, 1, 1)
    x = torch.linspace(-1, 1, width, device=device)
    y = torch.linspace(-1, 1, height, device=device)[:, None]
    places = m[:, :2, 0] * x + (m[:, :2, 1] * y + m[:, :2, 2])  # (n, 2, height, width)
    if (matrices[:, 2, :2] != 0).any():
        places /= m[:, 2:, 0] * x + (m[:, 2:, 1] * y + m[:, 2:, 2])
    return places.permute(0, 2, 3, 1)


def moved(
    planes: Tensor, drawn: Drawn, changes: Changes, is_mask: bool = False, black: Tensor | None = None
) -> Tensor:
    """Move the pixels of (n, channels, height, width) float32 as drawn; those of a mask to the nearest.

    Parameters
    ----------
    black : (channels,) or None
        What comes in at the edges where the changes pad with zeros: 0 as normalised; None for 0 itself.
    """
    if not changes.resamples and not changes.flip_vert:
        return _mirrored(planes, drawn)
    places = grid(drawn.matrices, planes.shape[2], planes.shape[3], planes.device)
    above = 0.0 if black is None else black.to(planes.device)[:, None, None]
    found = functional.grid_sample(
        planes if black is None else planes - above,
        places,
        mode="nearest" if is_mask else "bilinear",
        padding_mode=changes.pad_mode,
        align_corners=True,
    )
    return found if black is None else found.add_(above)


def _mirrored(planes: Tensor, drawn: Drawn) -> Tensor:
    turned = torch.from_numpy(drawn.matrices[:, 0, 0] < 0).to(planes.device)
    return torch.where(turned[:, None, None, None], planes.flip(-1), planes)


def moved_points(points: Floats, matrices: Floats) -> Floats:
    """Points (n, k, 2) from -1 to 1 go where their pixels go; nan stays nan."""
    padded = np.concatenate([points, np.ones((*points.shape[:2], 1))], 2)
    found = padded @ np.linalg.inv(matrices).transpose(0, 2, 1)
    places: Floats = found[..., :2] / found[..., 2:]
    return places
