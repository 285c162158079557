"""Finding image files and opening them the one way that the studio opens them.

Rules: links are never followed, hidden files are never seen, the order is that of the keys. Every picture
that reaches a model, a bundle or a preview comes through `load_rgb`:

1. refuse more than `MAX_PIXELS` by the header, before anything is decoded;
2. turn it upright by its EXIF orientation;
3. stretch more than 8 bits (16-bit, 32-bit, float) from its darkest to its brightest pixel;
4. `convert("RGB")`; of a film, the first frame.

A script that does the same four steps gets the same pixels. Pillow only; no torch, no Qt.
"""

from __future__ import annotations

import os
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from studio.errors import UserError

EXTENSIONS = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".avif",
    ".ppm", ".pgm", ".pbm", ".pnm", ".tga", ".jp2",
)  # fmt: skip
UNREAD = (".svg", ".heic", ".heif", ".psd", ".raw", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".dcm", ".eps")
MAX_PIXELS = 89_478_485
DEEP_MODES = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
IMAGE_ERRORS = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, AttributeError,
    OverflowError, NotImplementedError, struct.error, zlib.error, Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)  # fmt: skip
"""What Pillow's many readers raise on files that are broken in their own ways."""

PROJECT_FILE = "recipe.toml"
PROJECT_FOLDERS = ("cache", "rates", "runs", "trash")

# Pillow warns between one and two times its own limit, where `load_rgb` already refuses.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Found:
    """Image files below a folder: `keys` sorted, and what was seen but not taken, with the reason."""

    keys: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def extensions_in_words() -> str:
    """The extensions that are read, for a sentence."""
    return ", ".join(e.removeprefix(".") for e in EXTENSIONS)


def is_image_name(name: str) -> bool:
    """Whether a file of this name is taken for an image."""
    return Path(name).suffix.lower() in EXTENSIONS


def find_images(root: Path) -> Found:
    """Find every image file below `root`, sorted by key.

    Raises
    ------
    UserError
        Where `root` is not a folder that can be read.
    """
    require_folder(root)
    keys: list[str] = []
    left_out: list[tuple[str, str]] = []
    for key, why in _walk(root, ""):
        (left_out.append((key, why)) if why else keys.append(key))
    return Found(tuple(sorted(keys)), tuple(sorted(left_out)))


def require_folder(root: Path) -> None:
    """Raise a `UserError` where `root` is not a folder that can be listed."""
    if not root.is_dir():
        raise UserError(
            f"The data folder {root} is not there.",
            "Plug in or mount its drive, or choose where the data is now.",
        )
    if not os.access(root, os.R_OK | os.X_OK):
        raise UserError(f"The data folder {root} may not be read.", "Ask for the right to read it.")


def _walk(root: Path, below: str) -> Iterator[tuple[str, str]]:
    """Yield (key, "") for images and (key, why) for what is left out, folder by folder."""
    try:
        with os.scandir(root / below if below else root) as listing:
            entries = list(listing)
    except OSError as error:
        yield below, f"the folder cannot be read: {(error.strerror or 'unknown reason').lower()}"
        return
    is_project = any(e.name == PROJECT_FILE for e in entries)
    if is_project and below:
        return  # a project of ours beside the data: its trash and caches are not data
    for entry in entries:
        if _hidden(entry.name) or (is_project and entry.name in PROJECT_FOLDERS):
            continue
        if _is_plain_image(entry):
            yield f"{below}/{entry.name}" if below else entry.name, ""
        else:
            yield from _entry(root, below, entry)


def _is_plain_image(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is what nearly all are, so that nothing more need be asked of it."""
    return entry.name.isascii() and _ending(entry.name) in EXTENSIONS and entry.is_file(follow_symlinks=False)


def _entry(root: Path, below: str, entry: os.DirEntry[str]) -> Iterator[tuple[str, str]]:
    key = f"{below}/{entry.name}" if below else entry.name
    try:
        key.encode()
    except UnicodeEncodeError:
        yield key.encode(errors="replace").decode(), "its name is not valid text; rename it"
        return
    ending = _ending(entry.name)
    if entry.is_symlink():
        if ending in EXTENSIONS or entry.is_dir():
            yield key, "it is a link, and links are not followed"
    elif entry.is_dir():
        yield from _walk(root, key)
    elif entry.is_file() and ending in EXTENSIONS:
        yield key, ""
    elif ending in UNREAD:
        yield key, f"{ending.removeprefix('.').upper()} files are not read; save it as JPEG or PNG"


def _ending(name: str) -> str:
    """`Path(name).suffix.lower()`, a fifth of the time: it is asked of each of very many files."""
    at = name.rfind(".")
    return name[at:].lower() if 0 < at < len(name) - 1 else ""


def _hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def load_rgb(path: Path | str) -> Image.Image:
    """Open an image upright, in 8-bit RGB (see the module's docstring for the four steps).

    Raises
    ------
    UserError
        Naming the file, where it is missing, unreadable or too large.
    """
    try:
        with Image.open(path) as image:
            _refuse_bomb(image)
            ImageOps.exif_transpose(image, in_place=True)
            return _to_rgb(image)
    except FileNotFoundError as error:
        raise UserError(
            f"The image {path} is not there any more.", "Put it back, or scan the data again."
        ) from error
    except IMAGE_ERRORS as error:
        raise UserError(
            f"The image {path} cannot be read: {reason(error)}.",
            "Check the data and leave it out, or replace the file.",
            fix="check",
        ) from error


def _refuse_bomb(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise Image.DecompressionBombError(f"{width} x {height} pixels are too many")


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode in DEEP_MODES:
        return stretched(image).convert("RGB")
    if image.mode == "P" and "transparency" in image.info:
        return image.convert("RGBA").convert("RGB")
    return image.convert("RGB")


def stretched(image: Image.Image) -> Image.Image:
    """More than 8 bits to 8: darkest to 0, brightest to 255, NaN to darkest."""
    import numpy as np

    values = np.asarray(image).astype(np.float64)  # (height, width)
    finite = values[np.isfinite(values)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    span = high - low if high > low else 1.0
    scaled = np.nan_to_num((values - low) * (255.0 / span), nan=0.0, posinf=255.0, neginf=0.0)
    return Image.fromarray(np.clip(scaled + 0.5, 0, 255).astype(np.uint8))


def reason(error: BaseException) -> str:
    """Why an image could not be opened, in a few words."""
    text = str(error)
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return f"it is larger than {MAX_PIXELS // 1_000_000} million pixels"
    if isinstance(error, PermissionError):
        return "reading it is not permitted"
    if "cannot identify" in text:
        return "it is damaged, or not an image"
    if "truncated" in text or isinstance(error, EOFError):
        return "it is cut short"
    return "it is damaged"
