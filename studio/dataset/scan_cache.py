"""What is known of files from an earlier look: a small SQLite file that may be deleted at any time.

A fact belongs to a key, and holds as long as the file has the same size and time of change. A cache that is damaged,
locked or on a full disk is done without; nothing ever depends on it. No torch, no Qt.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NAME = "files.sqlite"
SCHEMA = """
create table if not exists facts (
    what text not null, key text not null, size integer not null, changed_ns integer not null, value blob not null,
    primary key (what, key)
) without rowid
"""
WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Stamp:
    """Size and time of change of a file: while both stay, its facts hold."""

    size: int
    changed_ns: int


def stamp_of(path: str) -> Stamp | None:
    """The stamp of a file; None where it is not there. Text instead of a `Path`: it is asked for each of very many."""
    try:
        stat = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return Stamp(stat.st_size, stat.st_mtime_ns)


class ScanCache:
    """See the module. Used by one thread; close it, or use it as a context."""

    def __init__(self, folder: Path | None) -> None:
        self._connection = _opened(folder / NAME) if folder is not None and folder.is_dir() else None

    def known(self, what: str, stamps: dict[str, Stamp | None]) -> dict[str, bytes]:
        """The facts of one kind that still hold, by key."""
        keys = [key for key, stamp in stamps.items() if stamp is not None]
        if self._connection is None or not keys:
            return {}
        marks = ",".join("?" * len(keys))
        query = f"select key, size, changed_ns, value from facts where what = ? and key in ({marks})"
        try:
            rows = self._connection.execute(query, (what, *keys)).fetchall()
        except sqlite3.Error:
            self.close()
            return {}
        return {key: value for key, size, changed, value in rows if stamps[key] == Stamp(size, changed)}

    def keep(self, what: str, facts: Sequence[tuple[str, Stamp, bytes]]) -> None:
        """Remember facts; they are safe once this returns."""
        if self._connection is None or not facts:
            return
        rows = [(what, key, stamp.size, stamp.changed_ns, value) for key, stamp, value in facts]
        try:
            with self._connection:
                self._connection.executemany("insert or replace into facts values (?, ?, ?, ?, ?)", rows)
        except sqlite3.Error:
            self.close()

    def close(self) -> None:
        """Give the file up; a closed cache knows and keeps nothing."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def __enter__(self) -> ScanCache:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


NO_CACHE = ScanCache(None)


def _opened(path: Path) -> sqlite3.Connection | None:
    """Open the file, making a new one in place of a damaged one; None where that cannot be."""
    for is_last in (False, True):
        connection = None
        try:
            connection = sqlite3.connect(path, timeout=WAIT_S)
            connection.execute("pragma journal_mode = delete")
            connection.execute("pragma synchronous = normal")
            with connection:
                connection.execute(SCHEMA)
            return connection
        except sqlite3.Error as error:
            if connection is not None:
                connection.close()
            if is_last or isinstance(error, sqlite3.OperationalError):
                return None
        with suppress(OSError):
            path.unlink()
    return None
