"""Photos with their key points drawn on: rings where they are, dots where the model sees them, a thin line between.

Rules: `decode` and what the readers return may run on any thread and never raise. Every point has its own colour, the
same as in saved pictures, over a dark edge. What a table says is read once, on the first thread that needs it; a photo
whose points are not known is shown bare, and so is one of numbers.
Must not import: torch, Pillow; numpy only where a project's targets are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import msgspec
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QImageIOHandler, QImageReader, QPainter, QPen

from studio.errors import UserError
from studio.problems.segmentation.palette import colour
from studio.project.results import Results
from studio.recipe.schema import Data, Rate, Recipe, Stage, Training
from studio.ui.samples import image
from studio.ui.samples.base import About, Asked, Decode, Decoded, Source
from studio.ui.samples.image_view import ImageSample
from studio.ui.targets import answer_words, is_points, target_words

ABOUT = About(part="point", parts="points")
View: type[ImageSample] = ImageSample
_EDGE: Final = QColor(20, 20, 20)
_RADIUS: Final = 3.0  # device-independent pixels, on a small tile
_SHARE: Final = 80.0  # of the picture's shorter side, on a large one
Points = Sequence[Any]
Pair = tuple[Points, Points]


def caption(target: Any) -> str:
    """The numbers of a photo, or how many points it has."""
    return target_words(target)


def answer(target: Any, predicted: Any, confidence: float | None) -> str:
    """``19, 1, predicted 18.2, 0.9``; ``4 points, 8.3 px off``."""
    return answer_words(target, predicted, confidence)


def decode(source: Source, asked: Asked) -> Decoded:
    """Read the photo alone: where its points are, only a project or its results can say."""
    return image.decode(source, asked)


def reader(recipe: Recipe, root: Path) -> Decode:
    """What reads the photos of a project with their true points; the same one for the same recipe."""
    told = recipe.options
    if told.get("kind") == "numbers":
        return decode
    return _reader(msgspec.json.encode(told), root)


@lru_cache(maxsize=4)
def _reader(told: bytes, root: Path) -> Decode:
    known: dict[str, Pair] = {}
    lock, done = Lock(), [False]

    def read(source: Source, asked: Asked) -> Decoded:
        with lock:  # several threads decode; the table is read by the first
            if not done[0]:
                known.update(_true(told, root))
                done[0] = True
        return _with_points(source, asked, root, known)

    return read


def _true(told: bytes, root: Path) -> dict[str, Pair]:
    """The points of every photo by what the recipe's options say; none where they say nothing that works."""
    from studio.problems.image_regression.items import source_of

    recipe = Recipe(
        problem="image_regression",
        name="",
        data=Data(root=str(root)),
        training=Training(stages=(Stage(freeze=False, epochs=1, lr=Rate(max=1e-3)),)),
        options=msgspec.json.decode(told),
    )
    try:
        targets = source_of(recipe, root).targets
    except (UserError, OSError):  # the Data page says what is wrong
        return {}
    return {key: (target, ()) for key, target in targets.items() if is_points(target)}  # type: ignore[misc]


def answered(results: Results, root: Path) -> Decode:
    """What reads the photos of a run's results with their true points and those that the model sees."""
    known = {i.key: (i.target, i.predicted) for i in results.items if is_points(i.target)}

    def read(source: Source, asked: Asked) -> Decoded:
        return _with_points(source, asked, root, known)

    return read


def _with_points(source: Source, asked: Asked, root: Path, known: Mapping[str, Pair]) -> Decoded:
    if isinstance(source, bytes) or not source.is_relative_to(root):
        return image.decode(source, asked)
    pair = known.get(source.relative_to(root).as_posix())
    if pair is None:
        return image.decode(source, asked)
    photo = image.decode(source, replace(asked, fill=False))
    if photo.problem:
        return photo
    marked = overlaid(photo.image, source, *pair)
    return Decoded(framed(marked, asked) if asked.fill else marked)


def framed(photo: QImage, asked: Asked) -> QImage:
    """A whole photo in the middle of a tile: a point at its edge must not be cut off."""
    made = QImage(
        round(asked.width * asked.ratio),
        round(asked.height * asked.ratio),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    made.fill(Qt.GlobalColor.transparent)
    plain = QImage(photo)
    plain.setDevicePixelRatio(1.0)
    if plain.width() < made.width() and plain.height() < made.height():
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        plain = plain.scaled(made.size(), keep, smooth)
    painter = QPainter(made)
    painter.drawImage((made.width() - plain.width()) // 2, (made.height() - plain.height()) // 2, plain)
    painter.end()
    made.setDevicePixelRatio(asked.ratio)
    return made


def overlaid(photo: QImage, path: Path, truth: Points, said: Points = ()) -> QImage:
    """A photo, as `image.decode` made it of a file, with points in pixels of that file, upright."""
    size = _upright(path)
    if size is None:
        return photo
    scale = max(photo.width() / size[0], photo.height() / size[1])
    left, top = (photo.width() - scale * size[0]) / 2, (photo.height() - scale * size[1]) / 2
    ratio = photo.devicePixelRatio()
    made = QImage(photo)
    made.setDevicePixelRatio(1.0)  # paint in its own pixels
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = max(_RADIUS * ratio, min(photo.width(), photo.height()) / _SHARE)
    for at in range(max(len(truth), len(said))):
        places = [
            None if at >= len(points) or points[at] is None
            else QPointF(left + scale * points[at][0], top + scale * points[at][1])
            for points in (truth, said)
        ]  # fmt: skip
        _draw(painter, places[0], places[1], QColor(*colour(at)), radius)
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def _upright(path: Path) -> tuple[int, int] | None:
    """The size of the photo in a file once it is turned upright, from its header."""
    header = QImageReader(str(path))
    header.setDecideFormatFromContent(True)
    size = header.size()
    if not size.isValid() or size.isEmpty():
        return None
    turned = header.transformation() & QImageIOHandler.Transformation.TransformationRotate90
    return (size.height(), size.width()) if turned else (size.width(), size.height())


def _draw(
    painter: QPainter, true: QPointF | None, said: QPointF | None, paint: QColor, radius: float
) -> None:
    thin = max(1.5, radius / 3)
    if true is not None and said is not None:
        for pen in (QPen(_EDGE, 2.2 * thin), QPen(paint, thin)):
            painter.setPen(pen)
            painter.drawLine(true, said)
    if true is not None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(_EDGE, 2.2 * thin), QPen(paint, 1.2 * thin)):
            painter.setPen(pen)
            painter.drawEllipse(true, radius, radius)
    if said is not None:
        painter.setPen(QPen(_EDGE, 0.6 * thin))
        painter.setBrush(paint)
        painter.drawEllipse(said, 0.7 * radius, 0.7 * radius)
