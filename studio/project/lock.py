"""One writer per project: a file that says which process has it.

The content is the truth (process number, machine, birth of the process); an empty file is nobody's. A system
lock is held on the file only while the content is judged and replaced, so that two who find a dead owner
cannot both take over. A killed process leaves its name behind: the next one finds nobody alive and takes
over. No torch, no Qt.
"""

from __future__ import annotations

import os
import sys
import uuid
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from studio.project.processes import Identity, is_alive, myself

NAME = "project.lock"
FAR = 2**30
"""Windows locks a range of bytes: one far behind the content, so that it can still be read."""


class Owner(Struct, frozen=True):
    """Who holds a lock; `token` tells two holders in one process apart."""

    who: Identity
    token: str
    since: str


class Lock:
    """A project's lock, taken or not.

    Attributes
    ----------
    held : bool
        True while this object owns the project.
    reason : str
        Why it does not, in a sentence.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._token = uuid.uuid4().hex
        self._finalizer: weakref.finalize[[Path, str, int], Lock] | None = None
        self.held = False
        self.reason = ""

    def take(self) -> bool:
        """Try to own the project; False with `reason` where another has it or it cannot be written."""
        try:
            with _exclusive(self._path) as file:
                self.reason = _taken_by_other(_decode(file.read()))
                if not self.reason:
                    self._write(file)
        except OSError as error:
            self.reason = f"The folder {self._path.parent} cannot be written ({error.strerror or error})."
        return self.held

    def release(self) -> None:
        """Give the project up; safe to call twice."""
        self.held = False
        if self._finalizer is not None:
            self._finalizer()
            self._finalizer = None

    def _write(self, file: IO[bytes]) -> None:
        owner = Owner(myself(), self._token, datetime.now().astimezone().isoformat(timespec="seconds"))
        file.truncate(0)
        file.write(msgspec.json.encode(owner))
        file.flush()
        self.held = True
        self._finalizer = weakref.finalize(self, _give_up, self._path, self._token, os.getpid())


def read_owner(folder: Path) -> Owner | None:
    """Return who the lock of the project in `folder` names; None where nobody has it."""
    try:
        return _decode((folder / NAME).read_bytes())
    except OSError:
        return None


def _decode(content: bytes) -> Owner | None:
    try:
        return msgspec.json.decode(content, type=Owner)
    except msgspec.DecodeError:
        return None


def _taken_by_other(owner: Owner | None) -> str:
    if owner is None or not is_alive(owner.who):
        return ""
    who, when = owner.who, _clock(owner.since)
    if who.host != myself().host:
        return (
            f"It is open on the computer {who.host} since {when}. "
            f"If Thaw Studio no longer runs there, delete {NAME} in the project folder."
        )
    if who.pid == os.getpid():
        return f"It is already open in this window since {when}."
    return f"It is open in another window since {when} (process {who.pid}). Close it there to change it here."


def _give_up(path: Path, token: str, pid: int) -> None:
    """Empty the file where it is still ours; a forked child that ends must leave its parent's alone."""
    if os.getpid() != pid or not path.exists():
        return
    with suppress(OSError), _exclusive(path) as file:
        owner = _decode(file.read())
        if owner is not None and owner.token == token:
            file.truncate(0)


def _clock(iso: str) -> str:
    try:
        then = datetime.fromisoformat(iso)
    except ValueError:
        return "some time"
    today = then.date() == datetime.now().astimezone().date()
    return then.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")


@contextmanager
def _exclusive(path: Path) -> Iterator[IO[bytes]]:
    """Open the file for both ways under the system's lock; drives that have no locks go on without."""
    with path.open("a+b") as file:
        locked = _system_lock(file)
        try:
            file.seek(0)
            yield file
        finally:
            if locked:
                _system_unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _system_lock(file: IO[bytes]) -> bool:
        with suppress(OSError):
            file.seek(FAR)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            return True
        return False

    def _system_unlock(file: IO[bytes]) -> None:
        with suppress(OSError):
            file.seek(FAR)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _system_lock(file: IO[bytes]) -> bool:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
            return True
        return False

    def _system_unlock(file: IO[bytes]) -> None:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)
