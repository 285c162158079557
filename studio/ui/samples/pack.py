"""Small pictures kept between two openings: one file of JPEGs and one of where each begins.

Rules
-----
* A picture is found by its path, its file's size and time, and the size it was made for; another file is another
  picture. Nothing is ever changed in place: both files only grow at their ends.
* Safe against a crash: a picture is written before its entry, an entry that is cut off is dropped, and every picture
  carries a checksum, so that what was lost is made again.
* Bounded: when a pack is full the next one begins, and only the last two are kept.
* Any thread may call; whatever the disk refuses is passed over, since all this can be made again.

Must not import: Qt, numpy, anything of the studio.
"""

from __future__ import annotations

import hashlib
import logging
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final, cast

log = logging.getLogger(__name__)

Name = bytes

_ENTRY: Final = struct.Struct("<16sQII")  # name, offset, length, checksum
_KEPT: Final = 2
PACK_MIB: Final = 512
_MIB: Final = 1024 * 1024


def name_of(key: str, path: Path, made_for: tuple[int, int]) -> Name:
    """The name of a picture; raises `OSError` where its file is not there."""
    found = path.stat()
    words = f"{key}\n{found.st_size}\n{found.st_mtime_ns}\n{made_for[0]}x{made_for[1]}"
    return hashlib.blake2b(words.encode("utf-8", "surrogateescape"), digest_size=16).digest()


def _opened(path: Path, mode: str) -> BinaryIO:
    return cast(BinaryIO, path.open(mode))


class _Volume:
    """One pack and its index."""

    def __init__(self, path: Path, can_write: bool) -> None:
        self.path = path
        mode = "a+b" if can_write else "rb"
        self._pictures = _opened(path, mode)
        try:
            self._index = _opened(path.with_suffix(".index"), mode)
        except OSError:
            self._pictures.close()
            raise
        self.size = self._pictures.seek(0, 2)
        self.entries = self._read_index(can_write)

    def _read_index(self, can_write: bool) -> dict[Name, tuple[int, int, int]]:
        self._index.seek(0)
        raw = self._index.read()
        whole = len(raw) - len(raw) % _ENTRY.size
        if whole < len(raw) and can_write:
            self._index.truncate(whole)
        found = _ENTRY.iter_unpack(raw[:whole])
        return {name: (at, length, check) for name, at, length, check in found if at + length <= self.size}

    def read(self, name: Name) -> bytes | None:
        """A picture; None where it is not there or not whole."""
        place = self.entries.get(name)
        if place is None:
            return None
        at, length, check = place
        self._pictures.seek(at)
        picture = self._pictures.read(length)
        if len(picture) == length and zlib.crc32(picture) == check:
            return picture
        del self.entries[name]
        return None

    def add(self, name: Name, picture: bytes) -> None:
        """Write a picture, then its entry."""
        self._pictures.write(picture)
        self._pictures.flush()
        place = (self.size, len(picture), zlib.crc32(picture))
        self._index.write(_ENTRY.pack(name, *place))
        self._index.flush()
        self.entries[name] = place
        self.size += len(picture)

    def close(self) -> None:
        self._pictures.close()
        self._index.close()


class Pack:
    """The packs of one folder.

    Parameters
    ----------
    folder : Path
        A folder that may be deleted at any time.
    can_write : bool
        False only reads what is there.
    most_mib : float
        Bound for all packs together.
    """

    def __init__(self, folder: Path, can_write: bool = True, most_mib: float = PACK_MIB) -> None:
        self._folder, self._can_write = folder, can_write
        self._most = round(most_mib * _MIB / _KEPT)
        self._lock = Lock()
        self._volumes: list[_Volume] | None = None

    def read(self, name: Name) -> bytes | None:
        """A picture, or None."""
        with self._lock:
            for volume in self._opened():
                with suppress(OSError, ValueError):
                    if (found := volume.read(name)) is not None:
                        return found
        return None

    def holds(self, name: Name) -> bool:
        """Whether a picture is named in a pack; it is read, and found whole, only by `read`."""
        with self._lock:
            return any(name in volume.entries for volume in self._opened())

    def add(self, name: Name, picture: bytes) -> None:
        """Keep a picture."""
        with self._lock:
            if not self._can_write:
                return
            try:
                self._newest().add(name, picture)
            except OSError as error:  # a full disk, a folder that is gone: go on without
                log.warning("thumbnails are not kept any more: %s", error)
                self._can_write = False

    def close(self) -> None:
        """Let go of the files for good; late calls find nothing and keep nothing."""
        with self._lock:
            for volume in self._volumes or ():
                volume.close()
            self._volumes, self._can_write = [], False

    def _opened(self) -> list[_Volume]:
        """The newest first."""
        if self._volumes is None:
            self._volumes = []
            for path in sorted(self._folder.glob("*.pack"), reverse=True)[:_KEPT]:
                with suppress(OSError):
                    self._volumes.append(_Volume(path, self._can_write))
        return self._volumes

    def _newest(self) -> _Volume:
        volumes = self._opened()
        if not volumes or volumes[0].size >= self._most:
            self._folder.mkdir(parents=True, exist_ok=True)
            number = 1 + (int(volumes[0].path.stem) if volumes else 0)
            volumes.insert(0, _Volume(self._folder / f"{number:06d}.pack", True))
            self._drop_old()
        return volumes[0]

    def _drop_old(self) -> None:
        assert self._volumes is not None
        for volume in self._volumes[_KEPT:]:
            volume.close()
        del self._volumes[_KEPT:]
        kept = {volume.path.stem for volume in self._volumes}
        for path in [*self._folder.glob("*.pack"), *self._folder.glob("*.index")]:
            if path.stem not in kept:
                with suppress(OSError):
                    path.unlink()
