"""Small photos kept on disk between epochs: bytes in one file, read through memory, and an index beside it.

`photos.bin` holds arrays one after the other, `photos.idx` one row for each: whose it is (a hash of the photo's path,
its size and its time of change), where it lies, and its checksum. An array is written before its row, and its
checksum is compared when it is first used: what a crash or a full disk left half done is never seen, it is made
anew. A photo that changed is another photo. Only one process writes, the one that has the project; everything here
can be deleted at any time. No torch, no Qt.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import struct
import weakref
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.uint8]
ROW = np.dtype(
    [
        ("whose", "V16"),
        ("start", "<u8"),
        ("sum", "<u8"),
        ("height", "<u4"),
        ("width", "<u4"),
        ("planes", "<u4"),
    ]
)
PACKED = struct.Struct("<16sQQ3I")
"""A row as the index has it."""

LARGEST_SHARE = 0.5
"""Of the disk's free space, what all kept photos of a project may take."""

LARGEST_BYTES = 64 * 2**30
PARTS, PART_BYTES = 512, 2**20
"""The most arrays, and bytes, written in one call: systems take 1,024, and some are slower at many megabytes."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stamp:
    """A photo as it is now: 16 bytes that change with its name and file, and how many bytes that has."""

    mark: bytes
    size: int


def stamp(*paths: str | Path) -> Stamp | None:
    """Look at a photo (and its mask); None where one is not there."""
    digest, size = hashlib.blake2b(digest_size=16), 0
    for path in paths:
        try:
            now = os.stat(path)  # noqa: PTH116
        except OSError:
            return None
        size += now.st_size
        digest.update(f"{path}\0{now.st_size}\0{now.st_mtime_ns}\0".encode(errors="surrogateescape"))
    return Stamp(digest.digest(), size)


class PhotoCache:
    """Arrays of one shape of work (size, method, version), in one folder; threads may share one.

    Attributes
    ----------
    full : str
        Why nothing more is kept, in a sentence; empty as long as there is room.
    """

    def __init__(self, folder: Path, largest_bytes: int) -> None:
        self._folder, self._largest = folder, largest_bytes
        self._places = _Places(0)
        self._checked = bytearray()
        self._rows = np.zeros(0, dtype=ROW)
        self._count = 0
        self._bytes: Array | None = None
        self.full = ""
        self._known, self._writing = Lock(), Lock()  # what is in the index; the end of the files
        self._open()

    def __len__(self) -> int:
        return self._count

    def get(self, of: Stamp) -> Array | None:
        """The kept array (height, width, planes), in memory that belongs to the file; None where there is none."""
        with self._known:
            return self._found(of)

    def _found(self, of: Stamp) -> Array | None:
        place = self._places.find(of.mark, self._rows)
        if place < 0:
            return None
        row = self._rows[place]
        shape = int(row["height"]), int(row["width"]), int(row["planes"])
        start, length = int(row["start"]), shape[0] * shape[1] * shape[2]
        held = self._mapped(start + length)
        if held is None:
            return None
        found = held[start : start + length]
        if not self._checked[place]:
            if checksum(found) != int(row["sum"]):
                self._rows["whose"][place] = np.void(bytes(16))  # nobody's
                return None
            self._checked[place] = 1
        return found.reshape(shape)

    def put(self, new: Sequence[tuple[Stamp, Array]]) -> None:
        """Keep arrays, as far as there is room; nothing is raised."""
        with self._writing:
            try:
                self._write([(of, np.ascontiguousarray(array)) for of, array in self._fitting(new)])
            except OSError as error:
                _log.warning("photos are not kept any more: %s", error)
                self.full = (
                    f"Photos are not kept for later epochs: {(error.strerror or 'the disk refuses').lower()}."
                )

    def _fitting(self, new: Sequence[tuple[Stamp, Array]]) -> Iterator[tuple[Stamp, Array]]:
        """Those that are not kept yet, until there is no room."""
        end = self._end
        for of, array in new:
            if self.full or self._places.find(of.mark, self._rows) >= 0:
                continue
            end += array.nbytes
            if end > self._largest:
                self.full = (
                    "The disk has no room to keep all photos small: the rest is read anew in every epoch."
                )
            else:
                yield of, array

    def _open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._data = (self._folder / "photos.bin").open("ab+", buffering=0)
        self._index = (self._folder / "photos.idx").open("ab+", buffering=0)
        weakref.finalize(self, _close, self._data, self._index)
        self._end = os.fstat(self._data.fileno()).st_size
        whole = os.fstat(self._index.fileno()).st_size // ROW.itemsize
        self._index.truncate(whole * ROW.itemsize)
        self._index.seek(0)
        self._rows = np.frombuffer(bytearray(self._index.read()), dtype=ROW)
        self._count, self._checked = whole, bytearray(whole)
        lengths = (self._rows["planes"].astype("<u8") * self._rows["height"]) * self._rows["width"]
        sound = self._rows["start"] + lengths <= self._end
        self._places = _Places(whole)
        for at in np.flatnonzero(sound):
            self._places.add(int(at), self._rows)

    def _write(self, new: Sequence[tuple[Stamp, Array]]) -> None:
        packed = bytearray()
        for of, array in new:
            packed += PACKED.pack(of.mark, self._end, checksum(array), *array.shape)
            self._end += array.nbytes
        _all(self._data, [array.data.cast("B") for _, array in new])
        _all(self._index, [memoryview(packed)])
        with self._known:
            for row in np.frombuffer(packed, dtype=ROW):
                self._note(row)

    def _note(self, row: NDArray[np.void]) -> None:
        if self._count == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros(max(1024, self._count // 4), dtype=ROW)])
        self._rows[self._count] = row
        if not self._places.has_room(self._count):
            known, self._places = self._places, _Places(2 * self._count)
            for at in known:
                self._places.add(at, self._rows)
        self._places.add(self._count, self._rows)
        self._checked.append(1)
        self._count += 1

    def _mapped(self, needed: int) -> Array | None:
        if self._bytes is None or len(self._bytes) < needed:
            try:
                self._bytes = np.memmap(self._folder / "photos.bin", dtype=np.uint8, mode="r")
            except (OSError, ValueError):
                return None
        return self._bytes if len(self._bytes) >= needed else None


class _Places:
    """Which row is whose: numbers of rows by open addressing, 8 to 16 bytes a row where a dict takes 140.

    A mark is a hash already: its first bytes say where to look.
    """

    def __init__(self, count: int) -> None:
        self._slots = np.full(1 << max(10, (2 * count).bit_length()), -1, dtype=np.int32)

    def __iter__(self) -> Iterator[int]:
        return iter(self._slots[self._slots >= 0].tolist())

    def has_room(self, count: int) -> bool:
        """Whether one more of `count` rows leaves half of the slots free."""
        return 2 * (count + 1) <= len(self._slots)

    def find(self, mark: bytes, rows: NDArray[np.void]) -> int:
        """The row of a mark; -1 where there is none."""
        slot = self._slots[self._slot(mark, rows)]
        return int(slot)

    def add(self, row: int, rows: NDArray[np.void]) -> None:
        """Note a row; of two with the same mark the later one holds."""
        self._slots[self._slot(rows["whose"][row].tobytes(), rows)] = row

    def _slot(self, mark: bytes, rows: NDArray[np.void]) -> int:
        """Where a mark's row is noted, or would be."""
        last = len(self._slots) - 1
        at = int.from_bytes(mark[:8], "little") & last
        while (row := self._slots[at]) >= 0 and rows["whose"][row].tobytes() != mark:
            at = (at + 1) & last
        return at


def checksum(array: Array) -> int:
    """The sum of an array's bytes, taken eight at a time: a page that never reached the disk changes it.

    Five times as quick as a CRC, which would cost as much as writing the array.
    """
    flat = array.reshape(-1)
    whole = flat.size - flat.size % 8
    return int(flat[:whole].view("<u8").sum(dtype="<u8")) ^ int(flat[whole:].sum(dtype="<u8"))


def _close(*files: FileIO) -> None:
    for file in files:
        file.close()


def _all(file: FileIO, parts: list[memoryview]) -> None:
    """Write everything, in as few calls as the system has for it: a raw file may take a part only."""
    while parts:
        few = parts[: max(1, min(PARTS, PART_BYTES // max(1, len(parts[0]))))]
        taken = os.writev(file.fileno(), few) if hasattr(os, "writev") else file.write(few[0])
        while parts and taken >= len(parts[0]):
            taken -= len(parts.pop(0))
        if taken:
            parts[0] = parts[0][taken:]


def room(folder: Path) -> int:
    """Bytes that may be kept below `folder`, with what is there already."""
    existing = next((parent for parent in (folder, *folder.parents) if parent.exists()), Path())
    try:
        free = shutil.disk_usage(existing).free
    except OSError:
        return 0
    return int(min(LARGEST_BYTES, LARGEST_SHARE * (free + size_of(folder))))


def size_of(folder: Path) -> int:
    """Bytes of everything below `folder`."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size
    return total


def opened(folder: Path, name: str, needed: int) -> tuple[PhotoCache | None, str]:
    """Open the cache `name` below `folder`, or say in a sentence why photos are not kept.

    Parameters
    ----------
    needed : int
        Bytes that all arrays will take. Older caches are dropped, the longest unused first, to make room for them.
    """
    largest = room(folder)
    if needed > largest:
        return None, (
            f"Keeping the photos small on disk would take {needed / 2**30:.1f} GB, more than the disk has to spare: "
            "they are read anew in every epoch."
        )
    try:
        _drop_old(folder, name, largest - needed)
        return PhotoCache(folder / name, largest), ""
    except OSError as error:
        return (
            None,
            f"Photos are not kept for later epochs: {(error.strerror or 'the disk refuses').lower()}.",
        )


def _drop_old(folder: Path, name: str, left: int) -> None:
    others = [f for f in folder.iterdir() if f.is_dir() and f.name != name] if folder.exists() else []
    for other in sorted(others, key=lambda f: f.stat().st_mtime, reverse=True):
        left -= size_of(other)
        if left < 0:
            shutil.rmtree(other, ignore_errors=True)
