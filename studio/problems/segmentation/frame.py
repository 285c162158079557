"""From a stage's size, one number, to the height and width of its batches. No torch, no Qt.

The size is that of the shorter side; the other follows the proportions that most training photos have. So a
plan at half size works on the whole photo at half its height and width.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from studio.problems.base import Dataset
from studio.problems.segmentation.options import DEFAULT_SIZE
from studio.problems.vision.sizes import upright_size as upright_size

LOOKED_AT = 30


def proportions(dataset: Dataset, root: Path) -> tuple[int, int]:
    """Width and height of the most usual of some training photos, evenly chosen."""
    items = dataset.train() or dataset.items
    step = max(1, len(items) // LOOKED_AT)
    sizes = [upright_size(root / item.key) for item in items[::step][:LOOKED_AT]]
    known = [size for size in sizes if size is not None]
    if not known:
        return 1, 1
    ratio = Counter(round(width / height, 2) for width, height in known).most_common(1)[0][0]
    return next(size for size in known if round(size[0] / size[1], 2) == ratio)


def frame(dataset: Dataset, root: Path, size: int | None) -> tuple[int, int]:
    """Height and width in pixels of a stage's batches."""
    width, height = proportions(dataset, root)
    side = size or DEFAULT_SIZE
    if width >= height:
        return side, max(side, round(side * width / height))
    return max(side, round(side * height / width)), side
