"""How an item becomes pixels: what is read, what of it may be kept, and where its points lie.

Imports torch: engine only. No Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from studio.dataset.pipeline import cache as kept
from studio.dataset.pipeline.changes import Changes
from studio.dataset.pipeline.decoding import decoded
from studio.dataset.pipeline.shaping import (
    Frame,
    corner,
    cut_box,
    fitted,
    is_too_long,
    resized,
    whole_size,
)
from studio.problems.vision.fitting import fit

Array = NDArray[np.uint8]
Array64 = NDArray[np.float64]
VERSION = 5
MIDDLE = (0.5, 0.5)
WHOLE_SHARE = 1.4
"""Of a frame, what a whole photo takes on average: most have sides as 4 to 3."""


class Points(NamedTuple):
    """Points (k, 2) of a photo: x and y in its pixels as it is seen, from its upper left; nan where not known."""

    places: NDArray[np.float32]
    width: int
    height: int


@dataclass
class Photos:
    """How the items of a dataset become batches.

    Attributes
    ----------
    path_of : callable
        The path of an item's photo, as text: a `Path` for each would cost as much as asking the system for its size.
    frame : Frame
        The size that they are made.
    changes : Changes or None
        What training changes at random.
    targets : callable or None
        The targets of all items, (n, ...), on the CPU.
    typed : type
        fastai's type of a batch of targets.
    mask_of : callable or None
        An item's mask (height, width) uint8, as large as its photo; it goes where the photo goes.
    mask_path_of : callable or None
        The file of an item's mask: where it changes, what was kept is not used.
    points_of : callable or None
        An item's points, which go where their pixels go: its targets, in place of `targets`.
    marked : str
        Changes wherever masks are read otherwise: part of the cache's name.
    folder : Path or None
        Where small photos may be kept.
    remarks : list of str
        Sentences for a person: why photos are not kept.
    """

    path_of: Callable[[Any], str]
    frame: Frame
    changes: Changes | None
    typed: Any
    targets: Callable[[Sequence[Any]], Tensor] | None = None
    mask_of: Callable[[Any], Array] | None = None
    mask_path_of: Callable[[Any], Path] | None = None
    points_of: Callable[[Any], Points] | None = None
    marked: str = ""
    folder: Path | None = None
    remarks: list[str] = field(default_factory=list)
    _caches: dict[str, kept.PhotoCache | None] = field(default_factory=dict)

    @property
    def planes(self) -> int:
        """Of an item: red, green, blue, and its mask."""
        return 3 if self.mask_of is None else 4

    def bare(self) -> Photos:
        """The same for items of which nothing but the photo is known; nothing of them is kept."""
        return replace(self, mask_of=None, mask_path_of=None, points_of=None, folder=None)

    def cache(self, is_training: bool, n: int) -> kept.PhotoCache | None:
        """Small photos of earlier epochs, for `n` items; None where none are kept."""
        if self.folder is None:
            return None
        frame, is_whole = self.frame, is_training and self.frame.method != "squish"
        shape = "train" if is_training else "valid"
        fit = frame.method if frame.outside == "reflection" else f"{frame.method}-{frame.outside}"
        name = f"{frame.width}x{frame.height}-{fit}-{shape}{self.marked}-{VERSION}"
        if name not in self._caches:
            share = WHOLE_SHARE if is_whole and frame.method == "crop" else 1.0
            needed = int(n * frame.height * frame.width * self.planes * share)
            self._caches[name], why = kept.opened(self.folder, name, needed)
            if why:
                self.remarks.append(why)
        return self._caches[name]

    def stamp(self, item: Any) -> kept.Stamp | None:
        """The item's files as they are now."""
        also = () if self.mask_path_of is None else (self.mask_path_of(item),)
        return kept.stamp(self.path_of(item), *also)

    def made(self, item: Any, is_training: bool, at: tuple[float, float]) -> tuple[Array, bool]:
        """Read an item: (h, w, planes), and whether that is what is kept (else the frame, cut already)."""
        pixels, _ = decoded(self.path_of(item), self.frame.shorter if is_training and not self.mask_of else 0)
        mask = None if self.mask_of is None else self.mask_of(item)
        high, wide = pixels.shape[:2]
        size = whole_size(high, wide, self.frame)
        if not is_training:
            cut = None if mask is None else fitted(mask, self.frame, MIDDLE, True)
            return self._joined(self._judged(pixels), cut), True
        if is_too_long(size, self.frame):
            cut = None if mask is None else fitted(mask, self.frame, at, True)
            return self._joined(fitted(pixels, self.frame, at), cut), False
        cut = None if mask is None else resized(mask, *size, True)
        return self._joined(resized(pixels, *size), cut), True

    def _judged(self, pixels: Array) -> Array:
        """A photo to judge by: the pixels that an exported model will see, to the last bit."""
        size = self.frame.width, self.frame.height
        return np.asarray(fit(Image.fromarray(pixels), size, self.frame.method, self.frame.outside))

    def places(self, read: Read, item: Any, at: tuple[float, float], is_training: bool) -> Array64:
        """An item's points (k, 2) in its frame, from -1 to 1 at the frame's edges."""
        assert self.points_of is not None
        known, frame = self.points_of(item), self.frame
        if read.is_whole and is_training:
            high, wide = read.array.shape[:2]
            scale = np.array([wide / known.width, high / known.height])
            left, top = corner(high, wide, frame, at)
            width, height = frame.width, frame.height
        else:
            scale = np.ones(2)
            left, top, width, height = cut_box(
                known.height, known.width, frame, at if is_training else MIDDLE
            )
        found: Array64 = (known.places * scale - (left, top)) / (width, height) * 2 - 1
        return found

    def _joined(self, photo: Array, mask: Array | None) -> Array:
        return photo if mask is None else np.concatenate([photo, mask], 2)


class Read(NamedTuple):
    """An item that was read: (h, w, planes), whether that is what is kept (else the frame), and its place."""

    array: Array
    is_whole: bool
    place: int
