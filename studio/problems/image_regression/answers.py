"""From photos to the network's input, and from its output to numbers or points: what a bundle does around its graph.

The graph gives numbers in their own units, and points in pixels of the photo as it was given, upright. Points are also
saved as a picture: the photo with its points. This file and the modules of the studio that it imports are copied into
every bundle: none may need more than the standard library, numpy and Pillow.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.dataset.images import load_rgb
from studio.errors import UserError
from studio.problems.image_regression.drawing import drawn
from studio.problems.vision.fitting import find, fit, shown_box

__all__ = ["decode", "find", "prepare", "same", "save"]

Outputs = Mapping[str, NDArray[Any]]
COMPARED = {"numbers": "scaled", "points": "places"}
"""The output that is compared with the trained model's: small numbers, whatever the unit or the photo's size."""


def prepare(path: Path, spec: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return the graph's inputs for one photo.

    Returns
    -------
    photos : (height, width, 3) uint8
        The photo at the network's size.
    boxes : (4,) float32
        For points: what part of the photo that shows, as left, top, width and height in its pixels.

    Raises
    ------
    UserError
        Naming the file and why it cannot be read.
    """
    given = spec["input"]
    size = (int(given["width"]), int(given["height"]))
    photo = load_rgb(path)
    fitted = fit(photo, size, given["resize"], given["pad_mode"])
    prepared: dict[str, NDArray[Any]] = {"photos": np.asarray(fitted, dtype=np.uint8)}
    if given["kind"] == "points":
        prepared["boxes"] = np.array(shown_box(photo.size, size, given["resize"]), dtype=np.float32)
    return prepared


def decode(outputs: Outputs, spec: Mapping[str, Any]) -> tuple[str, tuple[tuple[str, float], ...]]:
    """Return the answer for one photo in words; there are no scores.

    Parameters
    ----------
    outputs : mapping
        `numbers` (k,) float32 in their own units; or `points` (points, 2) float32 in pixels of the photo.
    """
    names = spec["classes"]
    if "points" in outputs:
        pairs = zip(names, outputs["points"].tolist(), strict=True)
        return ", ".join(f"{name} {x:.1f} {y:.1f}" for name, (x, y) in pairs), ()
    values = outputs["numbers"].tolist()
    if len(values) == 1:
        return f"{values[0]:.6g}", ()
    return ", ".join(f"{name} {value:.5g}" for name, value in zip(names, values, strict=True)), ()


def same(got: Outputs, expected: Outputs, spec: Mapping[str, Any], tolerance: float) -> bool:
    """Whether two answers are as good as equal."""
    name = COMPARED[spec["input"]["kind"]]
    return bool(np.abs(got[name] - expected[name]).max(initial=0.0) <= tolerance)


def save(path: Path, outputs: Outputs, spec: Mapping[str, Any], folder: Path) -> str:
    """Save a photo with its points in `folder`, never over another file, and say where; nothing for numbers.

    Raises
    ------
    UserError
        Where it cannot be written.
    """
    if "points" not in outputs:
        return ""
    picture = drawn(np.asarray(load_rgb(path)), answer=outputs["points"].tolist())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = _free(folder, f"{path.stem}_points")
        picture.save(target, "PNG")
    except OSError as error:
        raise UserError(
            f"The points of {path.name} cannot be written into {folder}: {error.strerror}."
        ) from error
    return f"Picture saved as {target.parent.name}/{target.name}."


def _free(folder: Path, stem: str) -> Path:
    way, number = folder / f"{stem}.png", 1
    while way.exists():
        number += 1
        way = folder / f"{stem}-{number}.png"
    return way
