"""Photos with their masks laid over them in the classes' colours.

Rules: `decode` and what `reader` returns may run on any thread and never raise. A mask is read as it is stored (the
indices of a palette, the levels of a grey picture) and coloured by its numbers; void and unknown ones stay clear. A
photo whose mask cannot be read is shown bare.
Must not import: torch, Pillow; numpy only where a project's classes are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, qRgb, qRgba

from studio.errors import UserError
from studio.project.scores import percent
from studio.recipe.schema import Recipe
from studio.ui.samples import image
from studio.ui.samples.base import PHOTOS, Asked, Decode, Decoded, Source
from studio.ui.samples.image_view import ImageSample
from studio.ui.targets import names_of

ABOUT = PHOTOS
View: type[ImageSample] = ImageSample
ALPHA: Final = 140
VALUES: Final = 256
_MOST_NAMES: Final = 3
_CLEAR: Final = qRgba(0, 0, 0, 0)


def caption(target: Any) -> str:
    """The first classes in a mask; the name of the mask's file where that is all there is."""
    names = names_of(target)
    if len(names) == 1 and "/" in names[0]:
        return names[0].rpartition("/")[2]
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "") or "nothing labelled"


def answer(target: Any, predicted: Any, confidence: float | None) -> str:
    """``Road, Sky and 3 more, taken for Road, Sky · 81.3 %``: the mean over the pixels."""
    sure = "" if confidence is None else f" · {percent(confidence)}"
    return f"{caption(target)}, taken for {caption(predicted)}{sure}"


def decode(source: Source, asked: Asked) -> Decoded:
    """Read the photo alone: what its mask is called, only a project can say."""
    return image.decode(source, asked)


def reader(recipe: Recipe, root: Path) -> Decode:
    """What reads the photos of a project with their masks; the same one for the same recipe."""
    return _reader(msgspec.json.encode((recipe.options, recipe.data.split)), root)


@lru_cache(maxsize=4)
def _reader(told: bytes, root: Path) -> Decode:
    from studio.problems.segmentation.codes import codes_of
    from studio.problems.segmentation.options import Options
    from studio.problems.segmentation.pairing import mask_beside
    from studio.problems.segmentation.palette import colours
    from studio.recipe.schema import Split

    try:
        options, split = msgspec.json.decode(told, type=tuple[Options, Split])
        codes = codes_of(root, options)
    except (UserError, msgspec.ValidationError):  # the Data page says what is wrong with them
        return decode
    known = colours(len(codes.classes))
    table = [
        qRgba(*known[code], ALPHA) if 0 <= code < len(known) and code != codes.void else _CLEAR
        for code in map(int, codes.table)
    ]

    def read(source: Source, asked: Asked) -> Decoded:
        photo = image.decode(source, asked)
        if isinstance(source, bytes) or photo.problem or not source.is_relative_to(root):
            return photo
        mask = mask_beside(root, source.relative_to(root).as_posix(), options, split)
        return Decoded(overlaid(photo.image, mask, table, asked)) if mask is not None else photo

    return read


def overlaid(photo: QImage, path: Path, table: Sequence[int], asked: Asked) -> QImage:
    """A photo, as `image.decode` made it, under the mask in a file; `table` has a colour for each of 256 values."""
    mask = _coloured(QImageReader(str(path)).read(), table)
    if mask is None:
        return photo
    if asked.fill:
        box = mask.size().scaled(photo.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        mask = mask.scaled(
            box, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.FastTransformation
        )
        middle = QRect(0, 0, photo.width(), photo.height())
        middle.moveCenter(mask.rect().center())
        mask = mask.copy(middle)
    else:
        mask = mask.scaled(
            photo.size(), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.FastTransformation
        )
    mask.setDevicePixelRatio(photo.devicePixelRatio())
    made = QImage(photo)
    painter = QPainter(made)
    painter.drawImage(0, 0, mask)
    painter.end()
    return made


def _coloured(mask: QImage, table: Sequence[int]) -> QImage | None:
    """A mask in colours by its numbers; None where it is no picture of numbers."""
    if mask.format() in (QImage.Format.Format_Mono, QImage.Format.Format_MonoLSB):
        mask = mask.convertToFormat(QImage.Format.Format_Grayscale8)
        table = [table[0] if level < VALUES // 2 else table[1] for level in range(VALUES)]
    if mask.format() == QImage.Format.Format_Grayscale8:
        mask = QImage(mask)
        if not mask.reinterpretAsFormat(QImage.Format.Format_Indexed8):
            return None
        mask.setColorTable([qRgb(level, level, level) for level in range(VALUES)])
    if mask.format() != QImage.Format.Format_Indexed8:
        return None
    mask.setColorTable(list(table))
    return mask.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
