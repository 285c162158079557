"""A photo for a tile by way of the pack: read from it where it is there, put into it where it is not.

Rules: may run on any thread and never raises. The pack has one size for tiles of all widths, a little larger than
most; tiles that need more read the file itself. Must not import: Pillow, numpy, torch.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage

from studio.ui.samples.base import Asked, Decode, Decoded
from studio.ui.samples.pack import Pack, name_of

SIDE: Final = 128
_QUALITY: Final = 85
_ENOUGH: Final = 1.15  # a picture may be stretched by so much
_MOST_RATIO: Final = 2


def canonical(asked: Asked) -> Asked | None:
    """The one size that is kept for tiles of this shape; None where it would not do."""
    if not asked.fill or asked.width <= 0 or asked.height <= 0:
        return None
    ratio = min(_MOST_RATIO, math.ceil(asked.ratio))
    width = max(4, round(SIDE * asked.width / asked.height / 4) * 4)  # rows without padding
    enough = asked.width * asked.ratio <= width * ratio * _ENOUGH
    return Asked(width, SIDE, ratio, True) if enough else None


def fetch(pack: Pack, decode: Decode, key: str, path: Path, asked: Asked) -> Decoded:
    """A picture for a tile, from the pack or from its file, which is then kept."""
    kept = canonical(asked)
    if kept is None:
        return decode(path, asked)
    try:
        name = name_of(key, path, (kept.width * round(kept.ratio), kept.height * round(kept.ratio)))
    except OSError:
        return decode(path, asked)
    picture = pack.read(name)
    if picture is not None:
        found = decode(picture, kept)
        if not found.problem:
            return found
    made = decode(path, kept)
    if not made.problem:
        pack.add(name, encoded(made.image))
    return made


def keep(pack: Pack, decode: Decode, key: str, path: Path, asked: Asked) -> None:
    """Have a picture in the pack, for later."""
    kept = canonical(asked)
    if kept is None:
        return
    try:
        name = name_of(key, path, (kept.width * round(kept.ratio), kept.height * round(kept.ratio)))
    except OSError:
        return
    if not pack.holds(name):
        made = decode(path, kept)
        if not made.problem:
            pack.add(name, encoded(made.image))


def encoded(image: QImage) -> bytes:
    """JPEG, or PNG where something can be seen through."""
    alpha = image.convertToFormat(QImage.Format.Format_Alpha8)  # must outlive its bits
    bits = bytes(alpha.constBits())
    opaque = bits.count(255) == len(bits)
    store = QByteArray()
    buffer = QBuffer(store)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG" if opaque else "PNG", _QUALITY)  # type: ignore[call-overload]
    buffer.close()
    return bytes(store.data())
