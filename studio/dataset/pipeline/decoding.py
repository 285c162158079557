"""Photo files to pixels, quickly: JPEG by simplejpeg, everything else (and what it rejects) as `load_rgb` does.

Both are libjpeg-turbo with the same settings, so that a JPEG has the same pixels to the last bit either way. The
interpreter's lock is free while a photo is read and decoded: threads share the work. For training only, since a photo
to judge by must have the pixels that an exported model will see, photos that are larger than needed are decoded
quicker: colours that a file has at half its size are doubled, not interpolated, which making the photo smaller all
but hides; photos that are many times larger are decoded at a half, a quarter or an eighth, where libjpeg has quick
code for it.
No torch, no Qt.
"""

from __future__ import annotations

import os
from math import ceil
from pathlib import Path

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from studio.dataset.images import MAX_PIXELS, load_rgb

Pixels = NDArray[np.uint8]
JPEG_START = b"\xff\xd8\xff"
TURNED = (b"Exif\0\0", b"tiff:Orientation")
"""What a file's head must contain to be stored other than upright."""

SCAN_START = b"\xff\xda"

SIMPLE = ("YCbCr", "Gray")
FACTORS = (8, 4, 2)
COARSE = 1.5
"""Colours are doubled only where a photo is at least so many times larger than needed."""

SPARE = 3
"""A photo is decoded smaller only where it stays at least so many times larger than needed."""


def decoded(path: str | Path, needed: int = 0) -> tuple[Pixels, int]:
    """Open a photo upright, in 8-bit RGB.

    Parameters
    ----------
    needed : int
        Pixels that its shorter side will be made of; 0 for the whole photo.

    Returns
    -------
    pixels : (height, width, 3) uint8
        As `load_rgb` gives them, or scaled by 1 / factor.
    factor : {1, 2, 4, 8}

    Raises
    ------
    UserError
        As `load_rgb` does.
    """
    stored = _stored(path)
    quick = _jpeg(stored, needed) if stored.startswith(JPEG_START) else None
    return quick if quick is not None else (np.array(load_rgb(Path(path))), 1)


def _stored(path: str | Path) -> bytes:
    """A file's bytes, nothing where it cannot be read; with as few calls that give the interpreter's lock away."""
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            return os.read(file, os.fstat(file).st_size)
        finally:
            os.close(file)
    except OSError:
        return b""


def _jpeg(stored: bytes, needed: int) -> tuple[Pixels, int] | None:
    """A plain upright JPEG; None for what is better left to Pillow."""
    head = _head(stored)
    if any(mark in head for mark in TURNED) and not _is_upright(stored):
        return None
    try:
        height, width, space, _ = simplejpeg.decode_jpeg_header(stored)
        if space not in SIMPLE or height * width > MAX_PIXELS:
            return None
        factor = factor_for(min(height, width), needed)
        smaller = (
            {} if factor == 1 else {"min_height": ceil(height / factor), "min_width": ceil(width / factor)}
        )
        is_coarse = is_coarse_enough(min(height, width), needed)
        pixels = simplejpeg.decode_jpeg(stored, "RGB", fastdct=False, fastupsample=is_coarse, **smaller)
    except ValueError:  # cut short or damaged: Pillow knows what can still be read
        return None
    return pixels, factor


def factor_for(side: int, needed: int) -> int:
    """How many times smaller a photo may be decoded whose shorter side is `side`."""
    return next((f for f in FACTORS if needed and side >= needed * SPARE * f), 1)


def is_coarse_enough(side: int, needed: int) -> bool:
    """Whether a photo whose shorter side is `side` may have its colours doubled."""
    return bool(needed) and side >= needed * COARSE


def _head(stored: bytes) -> bytes:
    """What stands before a JPEG's pixels: searching a file of many megabytes would take as long as decoding it."""
    at = 2
    while stored[at : at + 1] == b"\xff":
        if stored[at : at + 2] == SCAN_START:
            return stored[:at]
        at += 2 + int.from_bytes(stored[at + 2 : at + 4])
    return stored  # not laid out as usual


def _is_upright(stored: bytes) -> bool:
    """Whether what the file says of its orientation means nothing is to be turned."""
    import io

    try:
        with Image.open(io.BytesIO(stored)) as image:
            return int(image.getexif().get(0x0112, 1)) == 1
    except (OSError, SyntaxError, ValueError, TypeError, KeyError):
        return False
