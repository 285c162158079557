"""What is known of files from an earlier look: a small SQLite file that may be deleted at any time.

A fact is of a file's content. The stamp of the file (size, and the two times of its last change) is the quick way to
know that this is still the same: while it stays, nothing is read. Where it differs, or the path is a new one, a hash of
the content decides, so that files that were touched, copied, renamed or fetched again are not decoded again.

What is seen: every change that alters the size or a time. Where the system keeps the time of a file's last change
of any kind (Linux, macOS), that is also a change whose time of modification was set back by hand. A file that changed
in the last `UNSETTLED_NS` before a look could change once more without a new time; its stamp is not trusted by the
next look. What is not seen: on Windows, content of the same size under a time of modification that was set back.

A cache that is damaged, of an older studio, locked or on a full disk is done without or made anew; nothing ever
depends on it. No torch, no Qt.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

NAME = "files.sqlite"
VERSION = 2
SCHEMA = (
    "drop table if exists facts",
    "drop table if exists files",
    "create table files (key text primary key, size integer not null, modified_ns integer not null, "
    "changed_ns integer not null, content blob) without rowid",
    "create index by_size on files (size) where content is not null",
    "create index by_content on files (content) where content is not null",
    "create table facts (key text not null, what text not null, value blob not null, primary key (key, what)) "
    "without rowid",
    f"pragma user_version = {VERSION}",
)
WAIT_S = 1.0
UNSETTLED_NS = 2_000_000_000
"""The coarsest clock of a file system (FAT) ticks every two seconds."""
CHUNK_BYTES = 1 << 17

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Size and times of change of a file: while all stay, it is taken for the same."""

    size: int
    modified_ns: int
    changed_ns: int = 0

    def settled(self) -> Stamp:
        """The stamp to remember: one that never holds where the file changed a moment ago."""
        ago = abs(time.time_ns() - max(self.modified_ns, self.changed_ns))
        return self if ago >= UNSETTLED_NS else Stamp(self.size, -1, -1)


@dataclass(frozen=True, slots=True)
class Seen:
    """A fact to remember; `content` is the hash of the file, None where nobody asked for it."""

    key: str
    stamp: Stamp
    value: bytes
    content: bytes | None = None


Stamps = Mapping[str, Stamp | None]
Contents = Callable[[Sequence[str]], Mapping[str, bytes]]


def stamp_of(path: str) -> Stamp | None:
    """The stamp of a file; None where it is not there. Text instead of a `Path`: it is asked for each of very many."""
    try:
        stat = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return Stamp(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def content_of(path: Path) -> bytes:
    """The hash of a file's content (BLAKE2b: as sure as SHA-256 and several times as fast); empty if unreadable."""
    found = hashlib.blake2b(digest_size=20)
    try:
        with path.open("rb", buffering=0) as file:
            while chunk := file.read(CHUNK_BYTES):
                found.update(chunk)
    except OSError:
        return b""
    return found.digest()


def no_contents(keys: Sequence[str]) -> Mapping[str, bytes]:
    """Hash nothing: the stamp alone decides."""
    return {}


class ScanCache:
    """See the module. Used by one thread; close it, or use it as a context."""

    def __init__(self, folder: Path | None) -> None:
        self._connection = _opened(folder / NAME) if folder is not None and folder.is_dir() else None

    def known(self, what: str, stamps: Stamps, contents: Contents = no_contents) -> dict[str, bytes]:
        """The facts of one kind that still hold, by key.

        Parameters
        ----------
        contents : callable
            Hashes the files of some keys; asked only for those whose stamp differs and that may be known.
        """
        return self._tried(lambda db: _Files(db).known(what, stamps, contents), {})

    def unhashed(self, keys: Sequence[str]) -> set[str]:
        """Those of some keys whose content has no hash yet; none where nothing is remembered anyway."""
        return self._tried(lambda db: set(keys) - _Files(db).hashed(keys), set())

    def keep(self, what: str, seen: Sequence[Seen]) -> None:
        """Remember facts; they are safe once this returns."""
        if seen:
            self._tried(lambda db: _Files(db).keep(what, seen), None)

    def close(self) -> None:
        """Give the file up; a closed cache knows and keeps nothing."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def _tried(self, of: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        if self._connection is None:
            return otherwise
        try:
            with self._connection:
                return of(self._connection)
        except sqlite3.Error:
            self.close()
            return otherwise

    def __enter__(self) -> ScanCache:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


NO_CACHE = ScanCache(None)


class _Files:
    """The two tables: files by their keys, and the facts of each. Raises what SQLite raises."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def known(self, what: str, stamps: Stamps, contents: Contents) -> dict[str, bytes]:
        there = {key: stamp for key, stamp in stamps.items() if stamp is not None}
        rows = self._rows(list(there))
        doubtful = {key: stamp for key, stamp in there.items() if key not in rows or rows[key][0] != stamp}
        if doubtful:
            asked = [k for k, s in doubtful.items() if self._may_be_known(s, rows.get(k))]
            hashes = contents(asked) if asked else {}
            for key, stamp in doubtful.items():
                self._decide(key, stamp, hashes.get(key, b""), rows.get(key))
        query = f"select key, value from facts where what = ? and key in ({_marks(there)})"
        return dict(self._db.execute(query, (what, *there)).fetchall())

    def hashed(self, keys: Sequence[str]) -> set[str]:
        query = f"select key from files where content is not null and key in ({_marks(keys)})"
        return {key for (key,) in self._db.execute(query, tuple(keys))}

    def keep(self, what: str, seen: Sequence[Seen]) -> None:
        stamps = [(one.key, *_told(one.stamp.settled())) for one in seen]
        self._db.executemany(
            "insert into files values (?1, ?2, ?3, ?4, ?5) on conflict (key) do update set size = ?2, "
            "modified_ns = ?3, changed_ns = ?4, content = coalesce(?5, content)",
            [(*stamp, one.content) for stamp, one in zip(stamps, seen, strict=True)],
        )
        self._db.executemany(
            "insert or replace into facts values (?, ?, ?)", [(one.key, what, one.value) for one in seen]
        )

    def _rows(self, keys: Sequence[str]) -> dict[str, tuple[Stamp, bytes | None]]:
        query = f"select key, size, modified_ns, changed_ns, content from files where key in ({_marks(keys)})"
        return {row[0]: (Stamp(*row[1:4]), row[4]) for row in self._db.execute(query, tuple(keys))}

    def _may_be_known(self, stamp: Stamp, row: tuple[Stamp, bytes | None] | None) -> bool:
        if row is not None and row[1] is not None and row[0].size == stamp.size:
            return True
        query = "select 1 from files where size = ? and content is not null limit 1"
        return self._db.execute(query, (stamp.size,)).fetchone() is not None

    def _decide(self, key: str, stamp: Stamp, content: bytes, row: tuple[Stamp, bytes | None] | None) -> None:
        """Let the facts of the same content hold, whatever it was called; forget those of another."""
        told = (key, *_told(stamp.settled()), content or None)
        if row is not None and content and row[1] == content:
            self._db.execute("insert or replace into files values (?, ?, ?, ?, ?)", told)
            return
        if row is not None:
            self._db.execute("delete from facts where key = ?", (key,))
            self._db.execute("delete from files where key = ?", (key,))
        if content:
            query = "select key from files where content = ? limit 1"
            other = self._db.execute(query, (content,)).fetchone()
            self._db.execute("insert or replace into files values (?, ?, ?, ?, ?)", told)
            if other is not None:
                copied = "insert or replace into facts select ?, what, value from facts where key = ?"
                self._db.execute(copied, (key, other[0]))


def _told(stamp: Stamp) -> tuple[int, int, int]:
    return stamp.size, stamp.modified_ns, stamp.changed_ns


def _marks(keys: Sequence[str] | Mapping[str, object]) -> str:
    return ",".join("?" * len(keys))


def _opened(path: Path) -> sqlite3.Connection | None:
    """Open the file, making a new one in place of a damaged one; None where that cannot be."""
    for is_last in (False, True):
        connection = None
        try:
            connection = sqlite3.connect(path, timeout=WAIT_S)
            connection.execute("pragma journal_mode = delete")
            connection.execute("pragma synchronous = normal")
            if connection.execute("pragma user_version").fetchone() != (VERSION,):
                for statement in SCHEMA:
                    connection.execute(statement)
            return connection
        except sqlite3.Error as error:
            if connection is not None:
                connection.close()
            if is_last or isinstance(error, sqlite3.OperationalError):
                return None
        with suppress(OSError):
            path.unlink()
    return None
