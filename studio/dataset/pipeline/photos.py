"""Batches of photos as bytes: read from the cache or decoded in threads, cut, and gathered in one copy.

A batch depends on its items, the seed of its epoch and its number alone, never on what is in the cache or which
thread was first. Imports torch: engine only. No Qt.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.dataset.pipeline import cache as kept
from studio.dataset.pipeline.changes import Changes, Drawn, look_up, moved_points, tables
from studio.dataset.pipeline.decoding import decoded
from studio.dataset.pipeline.shaping import (
    Frame,
    corner,
    cut_box,
    fitted,
    is_too_long,
    resized,
    whole_size,
    window,
)
from studio.dataset.spares import Spares

Array = NDArray[np.uint8]
Array64 = NDArray[np.float64]
VERSION = 3
MOST_THREADS = 8
ASKED_AHEAD = 2
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
        The photo of an item.
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

    path_of: Callable[[Any], Path]
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
            return self._joined(fitted(pixels, self.frame), cut), True
        if is_too_long(size, self.frame):
            cut = None if mask is None else fitted(mask, self.frame, at, True)
            return self._joined(fitted(pixels, self.frame, at), cut), False
        return self._joined(
            resized(pixels, *size), None if mask is None else resized(mask, *size, True)
        ), True

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


@dataclass
class Raw:
    """A batch before it is changed: `levels` (n, planes, height, width) uint8, or floats where that is done already."""

    rows: Sequence[int]
    levels: Tensor
    drawn: Drawn | None
    light: Tensor | None = None
    points: Tensor | None = None


@dataclass
class _Asked:
    rows: Sequence[int]
    at: NDArray[np.float64]
    drawn: Drawn | None
    stamps: list[kept.Stamp | None]
    found: list[Array | Future[Read]]


class Gathering:
    """One pass over the items in a given order.

    Parameters
    ----------
    chunks : sequence of sequences of int
        The items of each batch.
    first : int
        The number of the first of them within its epoch.
    seed : int
        The epoch's.
    device : torch.device
        Batches for a card are gathered in memory that it reads by itself.
    spares : Spares or None
        What takes the place of an item that cannot be read; without it the pass ends there.
    """

    def __init__(
        self,
        photos: Photos,
        items: Sequence[Any],
        chunks: Sequence[Sequence[int]],
        first: int,
        seed: int,
        is_training: bool,
        device: torch.device,
        statistics: tuple[Tensor, Tensor],
        spares: Spares | None = None,
    ) -> None:
        self._photos, self._items, self._chunks = photos, items, chunks
        self._first, self._seed, self._is_training, self._device = first, seed, is_training, device
        self._statistics, self._spares = statistics, spares
        self._cache = photos.cache(is_training, len(items))
        self._pool: ThreadPoolExecutor | None = None

    def __iter__(self) -> Iterator[Raw]:
        waiting: deque[_Asked] = deque()
        try:
            for number, rows in enumerate(self._chunks, self._first):
                waiting.append(self._asked(number, rows))
                if len(waiting) >= ASKED_AHEAD:
                    yield self._gathered(waiting.popleft())
            while waiting:
                yield self._gathered(waiting.popleft())
        finally:
            if self._pool is not None:
                self._pool.shutdown(wait=True, cancel_futures=True)

    def _asked(self, number: int, rows: Sequence[int]) -> _Asked:
        frame, changes = self._photos.frame, self._photos.changes
        at, drawn = np.full((len(rows), 2), 0.5), None
        if self._is_training:
            random = np.random.default_rng((self._seed, number))
            at = random.random((len(rows), 2))
            drawn = None if changes is None else changes.draw(random, len(rows), frame.height, frame.width)
        stamps = [None if self._cache is None else self._photos.stamp(self._items[row]) for row in rows]
        found = [self._found(row, of, place) for row, of, place in zip(rows, stamps, at, strict=True)]
        return _Asked(rows, at, drawn, stamps, found)

    def _found(self, row: int, of: kept.Stamp | None, at: NDArray[np.float64]) -> Array | Future[Read]:
        held = None if self._cache is None or of is None else self._cache.get(of)
        if held is not None:
            return held
        if self._pool is None:
            self._pool = ThreadPoolExecutor(threads(), thread_name_prefix="photos")
        where = float(at[0]), float(at[1])

        def read(place: int) -> Read:
            return Read(*self._photos.made(self._items[place], self._is_training, where), place)

        return (
            self._pool.submit(read, row)
            if self._spares is None
            else self._pool.submit(self._spares.take, row, read)
        )

    def _gathered(self, asked: _Asked) -> Raw:
        frame, table = self._photos.frame, tables(asked.drawn, *self._statistics)
        batch = self._blank(len(asked.rows))
        out, light = batch.numpy(), table.numpy()
        rows, points = list(asked.rows), []
        for number, found in enumerate(asked.found):
            read = found.result() if isinstance(found, Future) else Read(found, True, rows[number])
            of = asked.stamps[number]
            is_new = isinstance(found, Future) and read.is_whole and read.place == rows[number]
            if is_new and self._cache is not None and of is not None:
                self._cache.put(of, read.array)
            rows[number] = read.place
            at = float(asked.at[number, 0]), float(asked.at[number, 1])
            shown = window(read.array, frame, at if read.is_whole else MIDDLE)
            if batch.dtype == torch.uint8:
                out[number] = shown.transpose(2, 0, 1)
            else:
                look_up(shown, light[number % len(light)], out[number])
                out[number, 3:] = shown[..., 3:].transpose(2, 0, 1)
            if self._photos.points_of is not None:
                points.append(self._photos.places(read, self._items[read.place], at, self._is_training))
        places = _moved(points, asked.drawn) if points else None
        return Raw(rows, batch, asked.drawn, None if self._device.type == "cpu" else table, places)

    def _blank(self, n: int) -> Tensor:
        """A batch to be filled: floats where the CPU trains; bytes for a card, which makes floats of them by itself."""
        shape = (n, self._photos.planes, self._photos.frame.height, self._photos.frame.width)
        if self._device.type == "cpu":
            return torch.empty(shape, dtype=torch.float32)
        return torch.empty(shape, dtype=torch.uint8, pin_memory=self._device.type == "cuda")


def _moved(points: Sequence[Array64], drawn: Drawn | None) -> Tensor:
    """Points of a batch after its changes: (n, k, 2) float32."""
    stacked = np.stack(points)
    return torch.from_numpy(stacked if drawn is None else moved_points(stacked, drawn.matrices)).float()


def threads() -> int:
    """Threads that decode: one a core, and no more than pay off."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(MOST_THREADS, allowed))
