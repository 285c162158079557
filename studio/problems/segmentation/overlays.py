"""Masks made visible: laid over a photo in colours, compared with the truth, said in words. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.problems.segmentation.codes import IGNORED, Codes
from studio.problems.segmentation.palette import colours

Picture = NDArray[np.uint8]
STRENGTH = 0.55
WRONG = np.array((230, 70, 40), dtype=np.float32)
RIGHT = np.array((70, 150, 90), dtype=np.float32)
GAP = 6
BETWEEN = (128, 128, 128)
LEAST_HEIGHT = 240
SHOWN = 2
SMALL = 320


def shares(mask: NDArray[np.uint8], codes: Codes) -> dict[str, float]:
    """The part of the labelled pixels that each class has, largest first; classes without any are left out."""
    counts = np.bincount(mask.ravel(), minlength=IGNORED + 1)[: len(codes.classes)].astype(float)
    if codes.void is not None:
        counts[codes.void] = 0
    total = counts.sum() or 1.0
    order = sorted(np.flatnonzero(counts).tolist(), key=lambda code: -counts[code])
    return {codes.classes[code]: float(counts[code] / total) for code in order}


def shares_in_words(mask: NDArray[np.uint8], codes: Codes) -> str:
    """`Road 31 %, Sky 22 %`: the largest ones."""
    parts = list(shares(mask, codes).items())[:SHOWN]
    return ", ".join(f"{name} {100 * share:.0f} %" for name, share in parts) or "nothing labelled"


def blended(photo: Picture, mask: NDArray[np.uint8], codes: Codes) -> Picture:
    """A photo (height, width, 3) under its mask (height, width); what is left out stays the bare photo."""
    table = np.zeros((IGNORED + 1, 3), dtype=np.float32)
    table[: len(codes.classes)] = colours(len(codes.classes), codes.void)
    return _mixed(photo, table[mask], (mask != codes.ignored) & (mask != IGNORED))


def save_answer(path: Path, photo: Picture, answer: NDArray[np.uint8], codes: Codes) -> None:
    """Write a small photo under the model's answer, as it is shown while training."""
    small = Image.fromarray(blended(photo, answer, codes))
    small.thumbnail((SMALL, SMALL))
    small.save(path, "JPEG", quality=85)


def difference(photo: Picture, truth: NDArray[np.uint8], answer: NDArray[np.uint8], codes: Codes) -> Picture:
    """A grey photo, red where the answer is wrong, green where it is right, bare where nothing was labelled."""
    grey = np.repeat(photo.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    colour = np.where((truth != answer)[..., None], WRONG, RIGHT)
    return _mixed(grey, colour, truth != codes.ignored)


def four_together(pictures: Sequence[Picture]) -> Image.Image:
    """Four pictures of one size, two above two, enlarged where they are small."""
    times = max(1, -(-LEAST_HEIGHT // pictures[0].shape[0]))
    height, width = (side * times for side in pictures[0].shape[:2])
    sheet = Image.new("RGB", (2 * width + GAP, 2 * height + GAP), BETWEEN)
    for at, picture in enumerate(pictures):
        large = Image.fromarray(picture).resize((width, height), Image.Resampling.NEAREST)
        sheet.paste(large, (at % 2 * (width + GAP), at // 2 * (height + GAP)))
    return sheet


def _mixed(photo: Picture, colour: NDArray[np.float32], where: NDArray[np.bool_]) -> Picture:
    mixed = photo * (1 - STRENGTH) + colour * STRENGTH
    return np.where(where[..., None], mixed, photo).astype(np.uint8)
