"""Looking at one image file without decoding more of it than is needed to know that it is whole.

A JPEG is whole where it ends with its end mark, a PNG where its checksums are right; everything doubtful is
decoded to be sure. Pillow only; no torch, no Qt.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image

from studio.dataset.images import DEEP_MODES, IMAGE_ERRORS, MAX_PIXELS, reason

Trouble = Literal["", "missing", "empty", "unreadable", "truncated", "bomb"]
ORIENTATION = 0x0112

FORMATS = {
    ".jpg": "JPEG", ".jpeg": "JPEG", ".jpe": "JPEG", ".jfif": "JPEG", ".png": "PNG", ".gif": "GIF",
    ".bmp": "BMP", ".tif": "TIFF", ".tiff": "TIFF", ".webp": "WEBP", ".avif": "AVIF", ".ppm": "PPM",
    ".pgm": "PPM", ".pbm": "PPM", ".pnm": "PPM", ".tga": "TGA", ".jp2": "JPEG2000",
}  # fmt: skip
SAME_FORMAT = {"MPO": "JPEG", "DIB": "BMP", "APNG": "PNG"}

DISGUISES = (
    (b"<svg", "an SVG drawing"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"ftypheic", "a HEIC photo"),
    (b"ftypmif1", "a HEIC photo"),
    (b"%pdf", "a PDF"),
    (b"version https://git-lfs", "a Git LFS pointer without its content"),
    (b"pk\x03\x04", "a ZIP archive"),
    (b"mz", "a program"),
)


@dataclass(frozen=True, slots=True)
class Header:
    """What an image file says of itself.

    Attributes
    ----------
    format : str
        What it really is ("JPEG", "GIF"), whatever it is called; empty where unknown.
    width, height : int
        Pixels, as stored (before it is turned upright).
    orientation : int
        EXIF orientation; 1 is upright.
    trouble, why : str
        Why it cannot be used, as a code and in a few words; empty where it can.
    """

    format: str = ""
    mode: str = ""
    width: int = 0
    height: int = 0
    orientation: int = 1
    trouble: Trouble = ""
    why: str = ""

    @property
    def deep(self) -> bool:
        """More than 8 bits a pixel and colour."""
        return self.mode in DEEP_MODES

    def named_as(self, name: str) -> str:
        """The format that `name` promises where that is another one, else empty."""
        promised = FORMATS.get(Path(name).suffix.lower(), "")
        return promised if promised and self.format and promised != self.format else ""


def look(path: Path) -> Header:
    """Look at one image file; never raises for what is wrong with the file."""
    try:
        if path.stat().st_size == 0:
            return Header(trouble="empty", why="it has no content")
        with Image.open(path) as image:
            header = _read(image)
        if header.trouble:
            return header
        _require_whole(path, header.format)
    except FileNotFoundError:
        return Header(trouble="missing", why="it is not there")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        return Header(trouble="bomb", why=reason(error))
    except IMAGE_ERRORS as error:
        why = reason(error)
        return Header(trouble="truncated" if "short" in why else "unreadable", why=_disguise(path) or why)
    return header


def _read(image: Image.Image) -> Header:
    width, height = image.size
    kind = SAME_FORMAT.get(image.format or "", image.format or "")
    if width * height > MAX_PIXELS:
        return Header(kind, image.mode, width, height, 1, "bomb", f"it claims {width} x {height} pixels")
    orientation = image.getexif().get(ORIENTATION, 1)
    known = isinstance(orientation, int) and 1 <= orientation <= 8
    return Header(kind, image.mode, width, height, orientation if known else 1)


def _require_whole(path: Path, kind: str) -> None:
    """Raise what Pillow raises where the file is not whole."""
    if kind == "JPEG" and _tail(path).rstrip(b"\0\r\n ").endswith(b"\xff\xd9"):
        return
    if kind == "PNG" and _checksums_right(path):
        return
    with Image.open(path) as image:
        image.load()
        image.convert("RGB")


def _tail(path: Path, n_bytes: int = 4096) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - n_bytes))
        return file.read()


def _checksums_right(path: Path) -> bool:
    try:
        with Image.open(path) as image:
            image.verify()
    except IMAGE_ERRORS:
        return False
    return True


def _disguise(path: Path) -> str:
    """What a file that is no image looks like instead."""
    try:
        with path.open("rb") as file:
            head = file.read(1024).lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    except OSError:
        return ""
    for mark, words in DISGUISES:
        at = head.find(mark)
        if at == 0 or (at > 0 and mark in (b"<svg", b"ftypheic", b"ftypmif1")):
            return f"it is {words}"
    return ""
