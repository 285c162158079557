"""Takes known files out of a `.tgz` that somebody else made, and refuses one that would do anything else.

Refused before anything is kept: names that lead out of the archive's own folder, links, devices,
too many entries, and more bytes than such an archive can have, however small it is packed. No torch, no Qt.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, Protocol

from studio.atomic import replacing
from studio.errors import UserError

MOST_BYTES = 2**30
MOST_ENTRIES = 1000
CHUNK = 1 << 20


class Readable(Protocol):
    """What gives bytes."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes."""


class Capped:
    """A file that gives at most `most` bytes, and then refuses, so that a small archive cannot grow for ever."""

    def __init__(self, file: Readable, most: int) -> None:
        self._file, self._left = file, most

    def read(self, size: int) -> bytes:
        """Return the next bytes.

        Raises
        ------
        tarfile.ReadError
            Where there are more than allowed.
        """
        given = self._file.read(min(size, self._left + 1))
        self._left -= len(given)
        if self._left < 0:
            raise tarfile.ReadError("it unpacks to far more than it should")
        return given


def take_out(archive: Path, wanted: Collection[str], folder: Path, most: int = MOST_BYTES) -> None:
    """Write the files of some names into a folder.

    Parameters
    ----------
    wanted : collection of str
        Names without folders.
    most : int
        Bytes that the whole archive may unpack to.

    Raises
    ------
    UserError
        Where the archive is damaged, lacks a file, or holds what it must not; saying which.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=".unpacking-") as aside:
        try:
            found = _unpacked(archive, wanted, Path(aside), most)
        except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
            raise refused(archive, str(error) or "it is cut short") from error
        if missing := set(wanted) - found:
            raise refused(archive, f"{', '.join(sorted(missing))} is not in it")
        folder.mkdir(exist_ok=True)
        for name in wanted:
            (Path(aside) / name).replace(folder / name)


def _unpacked(archive: Path, wanted: Collection[str], folder: Path, most: int) -> set[str]:
    """Write the wanted files; read to the very end, where gzip's checksum of it all stands."""
    found = set()
    with gzip.open(archive) as plain:
        content = Capped(plain, most)
        with tarfile.open(fileobj=content, mode="r|") as tar:  # type: ignore[call-overload]
            for number, member in enumerate(tar):
                _require_plain(member, number)
                name = PurePosixPath(member.name).name
                source = tar.extractfile(member) if name in wanted else None
                if source is not None:
                    _write(source, folder / name)
                    found.add(name)
        while content.read(CHUNK):
            pass
    return found


def _require_plain(member: tarfile.TarInfo, number: int) -> None:
    """Raise a `ReadError` for an entry that is more than a file or a folder of the archive's own."""
    path = PurePosixPath(member.name.replace("\\", "/"))
    if number >= MOST_ENTRIES:
        raise tarfile.ReadError("it has far more entries than it should")
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise tarfile.ReadError(f"{member.name} leads out of it")
    if not (member.isfile() or member.isdir()):
        raise tarfile.ReadError(f"{member.name} is a link or a device")


def _write(source: IO[bytes], path: Path) -> None:
    with source, replacing(path) as made, made.open("wb") as file:
        while chunk := source.read(CHUNK):
            file.write(chunk)


def refused(archive: Path, why: str) -> UserError:
    """The error for an archive that is not taken."""
    return UserError(
        f"{archive.name} is not the archive that it should be: {why}.",
        f"Try again (where you put {archive} there yourself, delete it first), or choose a weights file.",
        fix="weights",
    )
