"""The figures of key points: a line for each, and pictures with truth and answer. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.dataset.images import load_rgb
from studio.errors import UserError
from studio.problems.image_regression.drawing import drawn
from studio.problems.image_regression.geometry import Size
from studio.problems.image_regression.options import PCK_SHARE
from studio.problems.image_regression.targets import as_points
from studio.project.results import Figure, Grid, ItemResult, Pictures

FOLDER = "pictures"
SIDE = 640
WORST, TYPICAL = 6, 3
TITLES = {"worst": "The worst validation photos", "typical": "Typical validation photos"}
LEGEND = "A ring is where the point is, a dot of the same colour where the model sees it, the line how far it is off."


@dataclass(frozen=True)
class Measured:
    """Errors of the validation photos.

    Attributes
    ----------
    pixels : (photos, points)
        Distances in pixels of the photo; nan where the truth is not known.
    widths : (photos,)
        Widths of the photos in pixels.
    mean : (photos, points)
        Distances of the mean place in the training photos.
    """

    pixels: NDArray[np.float64]
    widths: NDArray[np.float64]
    mean: NDArray[np.float64]


def mean_places(items: Sequence[tuple[ItemResult, Size]], points: int) -> NDArray[np.float64]:
    """How far the training photos' mean place, as a share of width and height, is off: (validation photos, points)."""
    shares = [as_points(item.target) / np.array(size) for item, size in items if not item.valid]
    known = np.array(shares, dtype=np.float64).reshape(len(shares), points, 2)
    counts = np.isfinite(known).sum(axis=0)
    mean = np.where(counts > 0, np.nansum(known, axis=0) / np.maximum(counts, 1), 0.5)
    found = [
        np.hypot(*(mean * np.array(size) - as_points(item.target)).T) for item, size in items if item.valid
    ]
    return np.array(found, dtype=np.float64).reshape(len(found), points)


def point_views(measured: Measured, names: Sequence[str]) -> list[Figure]:
    """A line for every point, the largest error first, with the mean place's error beside it."""
    if not len(measured.pixels):
        return []
    rows = [_row(measured, at, name) for at, name in enumerate(names)]
    rows.sort(key=_worst_first)
    ours, mean = (_mean(values) for values in (measured.pixels, measured.mean))
    sentence = "" if ours is None or mean is None else (
        f"On average a point is {ours:.1f} px off. Always answering the mean place of the training photos is "
        f"{mean:.1f} px off. Found means within {100 * PCK_SHARE:.0f} % of the photo's width."
    )  # fmt: skip
    columns = ("Point", "Photos", "Mean, px", "Median", "90 %", "% of width",
               "Found, %", "Mean place")  # fmt: skip
    return [Grid("Errors of the points", columns, tuple(rows), sentence)]


def _worst_first(row: tuple[Any, ...]) -> tuple[bool, float]:
    return row[2] is None, -(row[2] or 0.0)


def _row(measured: Measured, at: int, name: str) -> tuple[str | int | float | None, ...]:
    pixels, known = measured.pixels[:, at], np.isfinite(measured.pixels[:, at])
    if not known.any():
        return (name, 0, None, None, None, None, None, None)
    own, shares = pixels[known], pixels[known] / measured.widths[known]
    return (
        name,
        int(known.sum()),
        round(float(own.mean()), 2),
        round(float(np.median(own)), 2),
        round(float(np.quantile(own, 0.9)), 2),
        round(100 * float(shares.mean()), 2),
        round(100 * float((shares <= PCK_SHARE).mean()), 1),
        round(float(measured.mean[known, at].mean()), 1),
    )


def _mean(values: NDArray[np.float64]) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None


def with_pictures(
    folder: Path, root: Path, valid: Sequence[ItemResult], names: Sequence[str]
) -> list[Figure]:
    """Draw the worst validation photos, and some about the middle, into the run's folder; return their figures."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    known = [item for item in valid if item.loss is not None]
    middle = known[max(WORST, len(known) // 2 - 1) :][:TYPICAL]
    figures: list[Figure] = []
    for kind, own in (("worst", known[:WORST]), ("typical", middle)):
        files = [f"{FOLDER}/{kind}-{at:02d}.png" for at in range(1, len(own) + 1)]
        pairs = zip(own, files, strict=True)
        kept = [(item, file) for item, file in pairs if saved(root, item, folder / file)]
        if kept:
            captions = tuple(f"{item.words}\n{item.key}" for item, _ in kept)
            figures.append(Pictures(TITLES[kind], tuple(file for _, file in kept), captions, LEGEND))
    return figures


def saved(root: Path, item: ItemResult, path: Path, side: int = SIDE, larger: float = 1.0) -> bool:
    """Draw a photo with its points and save it, not much larger than it is shown; whether the photo could be read.

    `side` is the most pixels of its longer side, and `larger` marks are for pictures that are shown small.
    """
    try:
        photo = load_rgb(root / item.key)
    except UserError:  # it was read a moment ago; its numbers stand without the picture
        return False
    share = min(1.0, side / max(photo.size))
    small = photo.resize(
        (max(1, round(photo.width * share)), max(1, round(photo.height * share))), Image.Resampling.BOX
    )
    scaled = [
        [None if p is None else (share * p[0], share * p[1]) for p in target]
        for target in (item.target, item.predicted)
    ]
    drawn(np.asarray(small), scaled[0], scaled[1], larger).save(path)
    return True
