"""Batches of photos: read from the cache or decoded in threads, cut, and written where the batch will have them.

A batch depends on its items, the seed of its epoch and its number alone, never on what is in the cache or which
thread was first. A photo is read, resized and turned into floats by one thread, while its core has it at hand.
Imports torch: engine only. No Qt.
"""

from __future__ import annotations

import os
import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.dataset.pipeline import cache as kept
from studio.dataset.pipeline.changes import Drawn, factors, look_up, moved_points, scaled, tables
from studio.dataset.pipeline.photos import MIDDLE, Array, Array64, Photos, Read
from studio.dataset.pipeline.shaping import window
from studio.dataset.spares import Spares

MOST_THREADS = 8
ASKED_AHEAD = 2
TOGETHER = 8
"""Photos that a thread takes at a time."""

BYTE_SECONDS, PIXEL_SECONDS, LEAST_SHARED = 1e-8, 2.5e-9, 3e-5
"""What a byte of a JPEG and a pixel of the frame take, with the interpreter's lock free; where a photo takes less than
so many seconds, threads spend more on waiting for the lock than they gain (`python -m tests.bench images`)."""


@dataclass
class Raw:
    """A batch before its pixels are moved: `planes` (n, 3 or 4, height, width) float32; uint8 where a card trains.

    The fourth plane is a mask; `light` is the number of every level of bytes.
    """

    rows: Sequence[int]
    planes: Tensor
    drawn: Drawn | None
    light: Tensor | None = None
    points: Tensor | None = None


class _Done(NamedTuple):
    """A photo that is in its batch: its place among the items, and its points (k, 2) where it has any."""

    place: int
    points: Array64 | None


@dataclass
class _Asked:
    """A batch on its way: what is known of its photos, the memory that they are written to, and the work on it.

    No work is under way where whoever gathers the batch is to do all of it.
    """

    rows: Sequence[int]
    at: NDArray[np.float64]
    drawn: Drawn | None
    batch: Tensor
    table: Tensor
    work: list[Future[list[_Done]]]


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
        self._factors = factors(*statistics)
        self._cache = photos.cache(is_training, len(items))
        self._floats = _Floats()

    def __iter__(self) -> Iterator[Raw]:
        waiting: deque[_Asked] = deque()
        pool = ThreadPoolExecutor(threads(), thread_name_prefix="photos")
        try:
            for number, rows in enumerate(self._chunks, self._first):
                waiting.append(self._asked(number, rows, pool))
                if len(waiting) >= ASKED_AHEAD:
                    yield self._gathered(waiting.popleft())
            while waiting:
                yield self._gathered(waiting.popleft())
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _asked(self, number: int, rows: Sequence[int], pool: ThreadPoolExecutor) -> _Asked:
        frame, changes = self._photos.frame, self._photos.changes
        at, drawn = np.full((len(rows), 2), 0.5), None
        if self._is_training:
            random = np.random.default_rng((self._seed, number))
            at = random.random((len(rows), 2))
            drawn = None if changes is None else changes.draw(random, len(rows), frame.height, frame.width)
        table = tables(drawn, *self._statistics)
        asked = _Asked(rows, at, drawn, self._blank(len(rows)), table, [])
        if not self._is_light(rows[0]):
            asked.work = [
                pool.submit(self._filled, asked, range(first, min(first + TOGETHER, len(rows))))
                for first in range(0, len(rows), TOGETHER)
            ]
        return asked

    def _is_light(self, row: int) -> bool:
        """Whether a photo, and so its batch, is too little work to be shared: small, and kept or of a small file."""
        of = None if self._cache is None else self._photos.stamp(self._items[row])
        if self._cache is None or of is None:
            return False
        read = 0 if self._cache.get(of) is not None else of.size
        frame = self._photos.frame.height * self._photos.frame.width
        return read * BYTE_SECONDS + frame * PIXEL_SECONDS < LEAST_SHARED

    def _filled(self, asked: _Asked, places: range) -> list[_Done]:
        """Read a few photos of a batch, write them to it, and keep those that were not kept."""
        done, new = [], []
        for number in places:
            at = float(asked.at[number, 0]), float(asked.at[number, 1])
            read, of = self._found(asked.rows[number], at)
            self._show(asked, number, window(read.array, self._photos.frame, at if read.is_whole else MIDDLE))
            done.append(_Done(read.place, self._points(read, at)))
            if of is not None:
                new.append((of, read.array))
        if self._cache is not None and new:
            self._cache.put(new)
        return done

    def _show(self, asked: _Asked, number: int, shown: Array) -> None:
        """Write a photo (height, width, planes) to its place in the batch."""
        out = asked.batch.numpy()[number]
        if asked.batch.dtype == torch.uint8:
            out[...] = shown.transpose(2, 0, 1)
            return
        if self._is_training and asked.drawn is None:
            scaled(shown, self._factors, out)
        else:
            look_up(shown, asked.table.numpy()[number % len(asked.table)], out)
        out[3:] = shown[..., 3:].transpose(2, 0, 1)

    def _found(self, row: int, at: tuple[float, float]) -> tuple[Read, kept.Stamp | None]:
        """An item, kept or read; with its stamp where it is to be kept."""
        of = None if self._cache is None else self._photos.stamp(self._items[row])
        held = None if self._cache is None or of is None else self._cache.get(of)
        if held is not None:
            return Read(held, True, row), None
        read = self._read(row, at)
        return read, of if read.is_whole and read.place == row else None

    def _read(self, row: int, at: tuple[float, float]) -> Read:
        def read(place: int) -> Read:
            return Read(*self._photos.made(self._items[place], self._is_training, at), place)

        return read(row) if self._spares is None else self._spares.take(row, read)

    def _gathered(self, asked: _Asked) -> Raw:
        if asked.work:
            done = [photo for work in asked.work for photo in work.result()]
        else:
            done = self._filled(asked, range(len(asked.rows)))
        points = [photo.points for photo in done if photo.points is not None]
        light = None if self._device.type == "cpu" else asked.table
        rows = [photo.place for photo in done]
        return Raw(rows, asked.batch, asked.drawn, light, _moved(points, asked.drawn) if points else None)

    def _points(self, read: Read, at: tuple[float, float]) -> Array64 | None:
        if self._photos.points_of is None:
            return None
        return self._photos.places(read, self._items[read.place], at, self._is_training)

    def _blank(self, n: int) -> Tensor:
        """A batch to be filled: floats where the CPU trains; bytes for a card, which makes floats of them by itself."""
        shape = (n, self._photos.planes, self._photos.frame.height, self._photos.frame.width)
        if self._device.type == "cpu":
            return self._floats.blank(shape)
        return torch.empty(shape, dtype=torch.uint8, pin_memory=self._device.type == "cuda")


class _Floats:
    """Memory of batches, used again as soon as nobody has the batch any more.

    Memory fresh from the system costs a page fault for every 4 KB, more than to fill it.
    """

    def __init__(self) -> None:
        self._free: list[NDArray[np.float32]] = []

    def blank(self, shape: tuple[int, ...]) -> Tensor:
        """A tensor of that shape with anything in it, float32."""
        size = int(np.prod(shape))
        free = self._free
        whole = next((free.pop(at) for at in reversed(range(len(free))) if free[at].size >= size), None)
        if whole is None:
            whole = np.empty(size, dtype=np.float32)
        used = whole[:size].reshape(shape)
        weakref.finalize(used, free.append, whole).atexit = False
        return torch.from_numpy(used)  # has `used` as long as anything has its memory


def _moved(points: Sequence[Array64], drawn: Drawn | None) -> Tensor:
    """Points of a batch after its changes: (n, k, 2) float32."""
    stacked = np.stack(points)
    return torch.from_numpy(stacked if drawn is None else moved_points(stacked, drawn.matrices)).float()


def threads() -> int:
    """Threads that decode: one a core, and no more than pay off."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(MOST_THREADS, allowed))
