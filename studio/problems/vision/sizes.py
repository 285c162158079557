"""The size of a photo as it is seen, from its header alone. No torch, no Qt."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from studio.dataset.headers import ORIENTATION
from studio.dataset.images import IMAGE_ERRORS

ON_SIDE = (5, 6, 7, 8)


def upright_size(path: Path) -> tuple[int, int] | None:
    """Width and height of a photo once it is turned upright; None where it cannot be read."""
    try:
        with Image.open(path) as image:
            width, height = image.size
            turned = image.getexif().get(ORIENTATION, 1) in ON_SIDE
    except IMAGE_ERRORS:
        return None
    return (height, width) if turned else (width, height)


class PhotoSizes:
    """Sizes of photos as seen, each looked up once."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[int, int]] = {}

    def of(self, photo: Path) -> tuple[int, int]:
        """Width and height; that of a square where the photo cannot be read, which then fails elsewhere."""
        if photo not in self._known:
            self._known[photo] = upright_size(photo) or (1, 1)
        return self._known[photo]
