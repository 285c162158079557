"""Photos to train on to their size: what fastai's `Resize` does, quicker, and so that the result can be kept.

Resampling is torch's for bytes, which is Pillow's arithmetic with shorter weights, height first, as its quick code has
it: at most 2 of 255 levels apart, in one value of five one level. Photos to judge by are Pillow's own (`fit` of
`studio/problems/vision/fitting.py`), so that a model is judged by the pixels that an exported one will see. Masks are
taken to the nearest pixel by Pillow, as fastai does.

fastai cuts a training photo at a random place and resizes what it cut; here the whole photo is resized, can be kept,
and is cut at a random place each time it is used: the same places, to half a pixel. Imports torch: engine only. No Qt.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional

from studio.problems.vision.fitting import PAD_MODES

Array = NDArray[np.uint8]
LONGEST = 4.0
"""Photos longer than so many times the frame are cut before they are resized, and never kept."""


@dataclass(frozen=True)
class Frame:
    """The size that photos are made.

    Attributes
    ----------
    method : {"crop", "squish", "pad"}
    outside : {"reflection", "zeros"}
        What "pad" fills up with.
    """

    height: int
    width: int
    method: str
    outside: str = "reflection"

    @property
    def shorter(self) -> int:
        """What a photo's shorter side must have at least."""
        return min(self.height, self.width)


def fitted(pixels: Array, frame: Frame, at: tuple[float, float] = (0.5, 0.5), is_mask: bool = False) -> Array:
    """Cut or pad as fastai's `Resize`, then resize.

    Parameters
    ----------
    pixels : (height, width, 3) or, a mask, (height, width) uint8
    at : (float, float)
        Where to cut: the share of what is cut off that lies left, and above.

    Returns
    -------
    array : (height, width, 3 or 1) uint8
        Of the frame's size.
    """
    if frame.method != "squish":
        pixels = _proportioned(pixels, frame, at)
    return resized(pixels, frame.height, frame.width, is_mask)


def _proportioned(pixels: Array, frame: Frame, at: tuple[float, float]) -> Array:
    high, wide = pixels.shape[:2]
    left, top, width, height = cut_box(high, wide, frame, at)
    cut = pixels[max(top, 0) : top + height, max(left, 0) : left + width]
    before, after = (max(-top, 0), max(-left, 0)), (max(height - high + top, 0), max(width - wide + left, 0))
    if not any(before + after):
        return cut
    edges = [(before[0], after[0]), (before[1], after[1]), (0, 0)][: pixels.ndim]
    return np.pad(cut, edges, mode=PAD_MODES[frame.outside])  # type: ignore[call-overload,no-any-return]


def cut_box(high: int, wide: int, frame: Frame, at: tuple[float, float]) -> tuple[int, int, int, int]:
    """What `fitted` shows of a photo: left, top, width and height in its pixels; beyond its edges where it pads."""
    if frame.method == "squish":
        return 0, 0, wide, high
    ratios = (wide / frame.width, high / frame.height)
    scale = max(ratios) if frame.method == "pad" else min(ratios)
    width, height = max(1, int(scale * frame.width)), max(1, int(scale * frame.height))
    return int(at[0] * (wide - width)), int(at[1] * (high - height)), width, height


def whole_size(height: int, width: int, frame: Frame) -> tuple[int, int]:
    """The (height, width) of a whole photo from which the frame is cut, or to which it is padded."""
    if frame.method == "squish":
        return frame.height, frame.width
    ratios = (width / frame.width, height / frame.height)
    scale = max(ratios) if frame.method == "pad" else min(ratios)
    size = max(1, round(height / scale)), max(1, round(width / scale))
    limit = min if frame.method == "pad" else max
    return limit(size[0], frame.height), limit(size[1], frame.width)


def is_too_long(size: tuple[int, int], frame: Frame) -> bool:
    """Whether a whole photo of this size would be many times the frame."""
    return size[0] * size[1] > LONGEST * frame.height * frame.width


def resized(pixels: Array, height: int, width: int, is_mask: bool = False) -> Array:
    """Resize (h, w, 3) or, to the nearest pixel, (h, w) to (height, width, 3 or 1)."""
    if is_mask:
        found = Image.fromarray(pixels).resize((width, height), Image.Resampling.NEAREST)
        return np.asarray(found, dtype=np.uint8)[..., None]
    high, wide = pixels.shape[:2]
    # channels last: quick; turned by numpy, which does not give the interpreter's lock away for it
    photo = torch.from_numpy(np.ascontiguousarray(pixels).reshape(1, high, wide, 3).transpose(0, 3, 1, 2))
    if high != height:
        photo = _smoothly(photo, (height, wide))
    if wide != width:
        photo = _smoothly(photo, (height, width))
    return np.ascontiguousarray(photo.numpy()[0].transpose(1, 2, 0))


def _smoothly(photo: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    return functional.interpolate(photo, size, mode="bilinear", antialias=True)


def window(kept: Array, frame: Frame, at: tuple[float, float]) -> Array:
    """The frame (height, width, planes) within a whole photo (h, w, planes), filled up outside; only to be read."""
    high, wide = kept.shape[:2]
    left, top = corner(high, wide, frame, at)
    if high >= frame.height and wide >= frame.width:
        return kept[top : top + frame.height, left : left + frame.width]
    if frame.outside == "zeros":
        out = np.zeros((frame.height, frame.width, kept.shape[2]), dtype=np.uint8)
        shown = kept[max(0, top) :, max(0, left) :][: frame.height, : frame.width]
        out[max(0, -top) : high - top, max(0, -left) : wide - left] = shown
        return out
    rows, columns = _reflected(top, frame.height, high), _reflected(left, frame.width, wide)
    return kept[rows[:, None], columns]


def corner(high: int, wide: int, frame: Frame, at: tuple[float, float]) -> tuple[int, int]:
    """Where the frame begins in a whole photo: left and top; below 0 where the photo is smaller."""
    return round(at[0] * (wide - frame.width)), round(at[1] * (high - frame.height))


def _reflected(first: int, count: int, size: int) -> NDArray[np.intp]:
    """Places first, first + 1, ... of a line of `size`, turned back at its ends."""
    if size == 1:
        return np.zeros(count, dtype=np.intp)
    period = 2 * (size - 1)
    places = np.abs(np.arange(first, first + count)) % period
    return np.where(places < size, places, period - places)
