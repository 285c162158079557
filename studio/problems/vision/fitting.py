"""From photos to a network's input: what every bundle for photos does before its graph.

The arithmetic is that of fastai's validation pipeline (`Resize` by Pillow), so that a bundle and the learner
that it came from see the same numbers. Copied into bundles: needs the standard library, numpy and Pillow only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.dataset.images import find_images, load_rgb

PAD_MODES = {"zeros": "constant", "border": "edge", "reflection": "reflect"}


def find(inputs: Iterable[Path]) -> list[Path]:
    """Return the photos meant by `inputs`: files as given, folders as every photo below them, sorted."""
    found: list[Path] = []
    for given in inputs:
        found.extend([given / key for key in find_images(given).keys] if given.is_dir() else [given])
    return found


def fit(photo: Image.Image, size: tuple[int, int], method: str, pad_mode: str = "reflection") -> Image.Image:
    """Make `photo` exactly `size` (width, height), as fastai's `Resize` does for validation.

    Parameters
    ----------
    method : {"crop", "squish", "pad"}
        Cut the longer side, change the proportions, or fill up the shorter side.
    pad_mode : {"zeros", "border", "reflection"}
        What "pad" fills up with.
    """
    if method != "squish":
        photo = _proportioned(photo, size, method == "pad", pad_mode)
    return photo.resize(size, Image.Resampling.BILINEAR)


def _proportioned(photo: Image.Image, size: tuple[int, int], pad: bool, pad_mode: str) -> Image.Image:
    """Crop or pad `photo` around its middle to the proportions of `size`."""
    width, height = photo.size
    left, top, wide, high = shown_box(photo.size, size, "pad" if pad else "crop")
    cut = photo.crop((max(left, 0), max(top, 0), min(left + wide, width), min(top + high, height)))
    before = (max(-top, 0), max(-left, 0))
    after = (max(high - height + top, 0), max(wide - width + left, 0))
    if not any(before + after):
        return cut
    edges = ((before[0], after[0]), (before[1], after[1]), (0, 0))
    return Image.fromarray(np.pad(np.asarray(cut), edges, mode=PAD_MODES[pad_mode]))  # type: ignore[call-overload]


def shown_box(photo: tuple[int, int], size: tuple[int, int], method: str) -> tuple[int, int, int, int]:
    """The part of a photo (width, height) that a fitted one shows: left, top, width, height in its pixels.

    It lies beyond the photo's edges where that is filled up.
    """
    width, height = photo
    if method == "squish":
        return 0, 0, width, height
    ratios = (width / size[0], height / size[1])
    scale = max(ratios) if method == "pad" else min(ratios)
    wide, high = max(1, int(scale * size[0])), max(1, int(scale * size[1]))
    return int(0.5 * (width - wide)), int(0.5 * (height - high)), wide, high


def prepare(path: Path, spec: Mapping[str, Any]) -> dict[str, NDArray[np.uint8]]:
    """Return the graph's input for one photo: `photos` : (height, width, 3) uint8.

    Raises
    ------
    UserError
        Naming the file and why it cannot be read.
    """
    given = spec["input"]
    size = (int(given["width"]), int(given["height"]))
    fitted = fit(load_rgb(path), size, given["resize"], given["pad_mode"])
    return {"photos": np.asarray(fitted, dtype=np.uint8)}
