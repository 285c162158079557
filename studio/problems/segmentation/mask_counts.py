"""Looking at every mask, several at a time, and counting what is in them. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.dataset.facts import MASK, Progress, facts, no_progress
from studio.dataset.masks import MaskLook
from studio.dataset.scan_cache import NO_CACHE, ScanCache
from studio.engine.messages import ClassCount
from studio.problems.base import Dataset, Item
from studio.problems.segmentation.codes import IGNORED, UNKNOWN, Codes

COUNTED = 400


def looks(
    items: Sequence[Item], root: Path, progress: Progress = no_progress, cache: ScanCache = NO_CACHE
) -> Iterator[tuple[Item, MaskLook]]:
    """Look at the masks of items, in their order; only a few are held at a time."""
    masks = [str(item.target) for item in items]
    for item, (_, look) in zip(items, facts(MASK, root, masks, progress, cache), strict=True):
        yield item, look


def class_pixels(look: MaskLook, codes: Codes) -> NDArray[np.int64]:
    """Pixels of each class in a mask, void included: (classes,)."""
    found = np.zeros(len(codes.classes), dtype=np.int64)
    for value, pixels in look.pixels.items():
        code = int(codes.table[value])
        if code not in (UNKNOWN, IGNORED):
            found[code] += pixels
    return found


def unknown_values(look: MaskLook, codes: Codes) -> tuple[int, ...]:
    """Values of a mask that are no class."""
    return tuple(value for value in look.pixels if int(codes.table[value]) == UNKNOWN)


def class_counts(dataset: Dataset, codes: Codes, root: Path) -> tuple[ClassCount, ...]:
    """Photos that hold each class, on both sides; beyond `COUNTED` masks a side, the share in that many of them."""
    train, valid = (_photos_with(side, codes, root) for side in (dataset.train(), dataset.valid()))
    return tuple(ClassCount(name, train[at], valid[at]) for at, name in enumerate(codes.classes))


def _photos_with(items: Sequence[Item], codes: Codes, root: Path) -> list[int]:
    some = items[:: max(1, -(-len(items) // COUNTED))]
    found = np.zeros(len(codes.classes), dtype=np.int64)
    for _, look in looks(some, root):
        found += class_pixels(look, codes) > 0
    scale = len(items) / max(1, len(some))
    return [round(float(n) * scale) for n in found]
