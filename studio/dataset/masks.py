"""Mask files: pictures with one number a pixel, opened as they are stored.

A palette ("P") mask gives its indices, never its colours' brightness; nothing is converted, turned or scaled. A
picture in colours is no mask and is refused. Pillow and numpy only; no torch, no Qt.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.dataset.images import IMAGE_ERRORS, MAX_PIXELS, reason
from studio.errors import UserError

NUMBERED_MODES = ("1", "L", "P", "I;16", "I;16L", "I;16B", "I;16N", "I")
VALUES = 256
Values = NDArray[np.uint8]
Trouble = Literal["", "missing", "unreadable", "colour", "deep"]


class NotAMask(ValueError):
    """A picture whose pixels are no class numbers; `trouble` is "colour" or "deep"."""

    def __init__(self, trouble: Trouble, words: str) -> None:
        super().__init__(words)
        self.trouble: Trouble = trouble


@dataclass(frozen=True)
class MaskLook:
    """What a mask file holds: its size in pixels, how many pixels have each value, or why it cannot be used."""

    width: int = 0
    height: int = 0
    pixels: dict[int, int] = field(default_factory=dict)
    trouble: Trouble = ""
    why: str = ""


def read_values(path: Path) -> Values:
    """Read the numbers of a mask: (height, width) uint8.

    Raises
    ------
    NotAMask
        Where it is in colours, or has a number above 255.
    OSError, and what else is in `IMAGE_ERRORS`
        Where it cannot be read.
    """
    with Image.open(path) as image:
        if image.width * image.height > MAX_PIXELS:
            raise Image.DecompressionBombError("too many pixels")
        if image.mode not in NUMBERED_MODES:
            raise NotAMask(
                "colour", f"it has colours ({image.mode}) where a mask has one class number a pixel"
            )
        values = np.array(image)  # (height, width); the indices of a palette
    if values.dtype != np.uint8 and values.size and int(values.max()) >= VALUES:
        raise NotAMask("deep", f"it has the number {int(values.max())}, and numbers above 255 are not read")
    return values.astype(np.uint8)


def load_values(path: Path) -> Values:
    """Read a mask like `read_values`, with a `UserError` where it cannot be."""
    try:
        return read_values(path)
    except FileNotFoundError as error:
        raise UserError(
            f"The mask {path} is not there any more.", "Put it back, or scan the data again."
        ) from error
    except NotAMask as error:
        raise UserError(
            f"The mask {path} cannot be used: {error}.",
            "Save it as grey or with a palette, one class number a pixel, or leave its photo out.",
            fix="check",
        ) from error
    except IMAGE_ERRORS as error:
        raise UserError(
            f"The mask {path} cannot be read: {reason(error)}.",
            "Check the data and leave its photo out, or replace the file.",
            fix="check",
        ) from error


def look_at_mask(path: Path) -> MaskLook:
    """Look at one mask; never raises for what is wrong with the file."""
    try:
        values = read_values(path)
    except FileNotFoundError:
        return MaskLook(trouble="missing", why="it is not there")
    except NotAMask as error:
        return MaskLook(trouble=error.trouble, why=str(error))
    except IMAGE_ERRORS as error:
        return MaskLook(trouble="unreadable", why=reason(error))
    counts = np.bincount(values.ravel(), minlength=VALUES)
    pixels = {int(value): int(counts[value]) for value in np.flatnonzero(counts)}
    return MaskLook(values.shape[1], values.shape[0], pixels)
