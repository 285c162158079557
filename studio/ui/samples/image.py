"""Photos: decoding one for a tile, its captions, and the large view.

Rules: `decode` may run on any thread and never raises; orientation (EXIF) is always applied; large files are
scaled while they are read, which for a JPEG means that most of it is never decoded.
Must not import: Pillow, numpy, torch.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

from studio.ui.samples.base import PHOTOS, Asked, Decoded, Source
from studio.ui.samples.image_view import ImageSample
from studio.ui.targets import answer_words, target_words

ABOUT = PHOTOS
View: type[ImageSample] = ImageSample
_TURNED = (
    QImageIOHandler.Transformation.TransformationRotate90,
    QImageIOHandler.Transformation.TransformationRotate270,
    QImageIOHandler.Transformation.TransformationMirrorAndRotate90,
    QImageIOHandler.Transformation.TransformationFlipAndRotate90,
)


def caption(target: Any) -> str:
    """The words of a target: the name of a class, tags, numbers."""
    return target_words(target)


def answer(target: Any, predicted: Any, confidence: float | None) -> str:
    """``bee · 98 %`` where the model agrees, ``bee, taken for ant · 93 %`` where it does not."""
    return answer_words(target, predicted, confidence)


def decode(source: Source, asked: Asked) -> Decoded:
    """Read a photo at the size of a tile."""
    device = _device(source)
    reader = QImageReader(str(source)) if device is None else QImageReader(device)
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)  # a GIF that is called .jpg is still a picture
    wanted = QSize(round(asked.width * asked.ratio), round(asked.height * asked.ratio))
    _scale_while_reading(reader, wanted, asked.fill)
    image = reader.read()
    if image.isNull():
        return Decoded(image, _sentence(source, reader))
    image = _cut(image, wanted) if asked.fill else image
    image = image.convertToFormat(
        QImage.Format.Format_ARGB32_Premultiplied
    )  # the format that paints quickest
    image.setDevicePixelRatio(asked.ratio)
    return Decoded(image)


def _device(source: Source) -> QBuffer | None:
    if isinstance(source, Path):
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(source))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    return buffer


def _scale_while_reading(reader: QImageReader, wanted: QSize, fill: bool) -> None:
    """Ask for the size that covers (or fits) the tile; never larger than the photo is."""
    size = reader.size()
    if not size.isValid() or size.isEmpty():
        return
    box = wanted.transposed() if reader.transformation() in _TURNED else wanted
    mode = Qt.AspectRatioMode.KeepAspectRatioByExpanding if fill else Qt.AspectRatioMode.KeepAspectRatio
    scaled = size.scaled(box, mode)
    if scaled.width() < size.width():
        reader.setScaledSize(scaled.expandedTo(QSize(1, 1)))


def _cut(image: QImage, wanted: QSize) -> QImage:
    """Cover the tile exactly, keeping the middle."""
    if image.width() < wanted.width() or image.height() < wanted.height():
        mode = Qt.AspectRatioMode.KeepAspectRatioByExpanding
        image = image.scaled(wanted, mode, Qt.TransformationMode.SmoothTransformation)
    middle = QRect(0, 0, wanted.width(), wanted.height())
    middle.moveCenter(image.rect().center())
    return image.copy(middle)


def _sentence(source: Source, reader: QImageReader) -> str:
    name = source.name if isinstance(source, Path) else "The picture"
    if isinstance(source, Path) and not source.exists():
        return f"{name} is not there any more."
    return f"{name} could not be read: {reader.errorString()}."
