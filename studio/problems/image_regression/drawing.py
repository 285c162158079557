"""Points drawn on a photo: rings where they are, dots where the model sees them, a line between the two.

Every point has its own colour, the same in the window and in saved pictures, over a dark edge that shows on bright
photos. Copied into bundles: the standard library, numpy and Pillow.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from studio.problems.segmentation.palette import colour

Points = Sequence[Any]
"""A pair (x, y) in pixels, or None, for every point."""

EDGE = (20, 20, 20)
SHARE = 70
FINER = 2
"""Shapes are drawn on a larger picture that is then made smaller, since Pillow's have no smooth edges."""


def radius_of(width: int, height: int) -> float:
    """The radius of a point's mark on a picture of so many pixels."""
    return max(2.5, min(width, height) / SHARE)


def drawn(
    photo: NDArray[np.uint8], truth: Points = (), answer: Points = (), larger: float = 1.0
) -> Image.Image:
    """A photo (height, width, 3) with its points; `larger` marks are for pictures that are shown small."""
    picture = Image.fromarray(np.ascontiguousarray(photo))
    if not truth and not answer:
        return picture
    size = picture.size
    large = picture.resize((size[0] * FINER, size[1] * FINER), Image.Resampling.BICUBIC)
    pen, mark = ImageDraw.Draw(large), FINER * larger * radius_of(*size)
    for at in range(max(len(truth), len(answer))):
        true = _scaled(truth[at] if at < len(truth) else None)
        said = _scaled(answer[at] if at < len(answer) else None)
        _draw(pen, true, said, colour(at), mark)
    marked = large.resize(size, Image.Resampling.BOX)
    return marked


def _scaled(point: Any) -> tuple[float, float] | None:
    return None if point is None else (FINER * point[0], FINER * point[1])


def _draw(pen: ImageDraw.ImageDraw, true: Any, said: Any, paint: tuple[int, int, int], mark: float) -> None:
    thin = max(1, round(mark / 3))
    if true is not None and said is not None:
        pen.line([*true, *said], fill=EDGE, width=thin + 2 * FINER)
        pen.line([*true, *said], fill=paint, width=thin)
    if true is not None:
        pen.ellipse(_box(true, mark + FINER), outline=EDGE, width=thin + 2 * FINER)
        pen.ellipse(_box(true, mark), outline=paint, width=thin)
    if said is not None:
        pen.ellipse(_box(said, mark * 0.7 + FINER), fill=EDGE)
        pen.ellipse(_box(said, mark * 0.7), fill=paint)


def _box(middle: tuple[float, float], radius: float) -> tuple[float, float, float, float]:
    return middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius


def png_of(picture: Image.Image) -> bytes:
    """A picture as PNG."""
    target = io.BytesIO()
    picture.save(target, "PNG", compress_level=1)
    return target.getvalue()
