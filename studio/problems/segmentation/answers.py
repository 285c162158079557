"""From photos to the network's input, and from its output to a mask: what a bundle does around its graph.

The answer in words is the share of each class; the mask itself is saved at the photo's own size, as a PNG whose
pixels are class numbers and whose palette makes them visible. This file and the modules of the studio that it
imports are copied into every bundle: none may need more than the standard library, numpy and Pillow.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.dataset.images import load_rgb
from studio.errors import UserError
from studio.problems.vision.fitting import find, prepare

__all__ = ["agreement", "decode", "find", "prepare", "same", "save"]

TORN = 2e-3
SAID = 3

Scores = Mapping[str, NDArray[Any]]


def decode(outputs: Scores, spec: Mapping[str, Any]) -> tuple[str, tuple[tuple[str, float], ...]]:
    """Return the answer in words, and the share of the pixels that each class has, largest first.

    Parameters
    ----------
    outputs : mapping
        `scores` : (n_classes, height, width) float32, as the graph gives them.
    """
    classes = spec["classes"]
    counts = np.bincount(outputs["scores"].argmax(axis=0).ravel(), minlength=len(classes))
    order = sorted(range(len(classes)), key=lambda code: -int(counts[code]))
    ranked = tuple((str(classes[code]), float(counts[code] / counts.sum())) for code in order if counts[code])
    return ", ".join(f"{name} {100 * share:.0f} %" for name, share in ranked[:SAID]), ranked


def agreement(got: Scores, expected: Scores) -> float:
    """The share of pixels with the same class; one that was torn between two in `expected` agrees with either."""
    ours, theirs = got["scores"].argmax(axis=0), expected["scores"].argmax(axis=0)  # (height, width)
    best = np.take_along_axis(expected["scores"], theirs[None], axis=0)[0]
    said = np.take_along_axis(expected["scores"], ours[None], axis=0)[0]
    return float(np.mean((ours == theirs) | (best - said <= TORN)))


def same(got: Scores, expected: Scores, spec: Mapping[str, Any], tolerance: float) -> bool:
    """Whether every pixel has the same class, or was torn between the two."""
    return agreement(got, expected) == 1.0


def save(path: Path, outputs: Scores, spec: Mapping[str, Any], folder: Path) -> str:
    """Save a photo's mask in `folder`, never over another file, and say where.

    Raises
    ------
    UserError
        Where it cannot be written.
    """
    codes = outputs["scores"].argmax(axis=0).astype(np.uint8)  # (height, width)
    mask = at_photo_size(Image.fromarray(codes), load_rgb(path).size, spec["input"]["resize"])
    mask = _with_palette(mask, spec["input"]["colours"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = _free(folder, f"{path.stem}_mask")
        mask.save(target, "PNG")
    except OSError as error:
        raise UserError(
            f"The mask of {path.name} cannot be written into {folder}: {error.strerror}."
        ) from error
    return f"Mask saved as {target.parent.name}/{target.name}."


def at_photo_size(mask: Image.Image, size: tuple[int, int], method: str) -> Image.Image:
    """Bring a mask back to a photo's `size` (width, height): undo the fit, to the nearest pixel."""
    if method != "pad":
        return mask.resize(size, Image.Resampling.NEAREST)
    scale = max(size[0] / mask.width, size[1] / mask.height)
    wide, high = max(1, int(scale * mask.width)), max(1, int(scale * mask.height))
    left, top = -int(0.5 * (size[0] - wide)), -int(0.5 * (size[1] - high))
    left, top = max(left, 0), max(top, 0)
    large = mask.resize((max(wide, size[0]), max(high, size[1])), Image.Resampling.NEAREST)
    return large.crop((left, top, left + size[0], top + size[1]))


def _with_palette(mask: Image.Image, colours: list[list[int]]) -> Image.Image:
    """The same numbers, with a palette."""
    made = mask.copy()
    made.putpalette([level for colour in colours for level in colour])
    return made


def _free(folder: Path, stem: str) -> Path:
    way, number = folder / f"{stem}.png", 1
    while way.exists():
        number += 1
        way = folder / f"{stem}-{number}.png"
    return way
