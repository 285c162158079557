"""The cleaning journal: every mark is an entry that can be taken back, also after a restart.

The marks are never stored; they are what the entries say when they are read in order. An entry "apply" stands
for files that were moved: the marks of its items are done with, and undo does not reach behind it (put the
files back first). No torch, no Qt.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from typing import Any

from msgspec import Struct

from studio.errors import UserError
from studio.project.marks import Mark, checked_action, counted, said

NO_HASHES: Mapping[str, str] = {}


class Entry(Struct, frozen=True):
    """One line of the history; `undone` entries can be brought back by redo."""

    id: int
    at: str
    action: str
    value: Any
    count: int
    undone: bool
    sentence: str


class Journal:
    """The marks of a project, safe to use from several threads.

    Parameters
    ----------
    connection : sqlite3.Connection
        As opened by `studio.project.database`.
    why_read_only : str
        A sentence; where it is not empty every change raises it.
    """

    def __init__(self, connection: sqlite3.Connection, why_read_only: str = "") -> None:
        self._connection = connection
        self._why_read_only = why_read_only
        self._lock = RLock()

    def mark(
        self, keys: Sequence[str], action: str, value: Any = None, sha256: Mapping[str, str] = NO_HASHES
    ) -> int:
        """Mark items as one entry; return its number.

        Parameters
        ----------
        action : {"keep", "relabel", "remove"}
        value : plain data
            The new label of a relabel.
        sha256 : mapping of key to hexadecimal digest
            Content of the files as they were seen; optional.

        Raises
        ------
        UserError
            For an unknown action, no items, or a project opened read-only.
        """
        chosen = checked_action(action, value)
        if not keys:
            raise UserError("No items were chosen.", "Choose at least one item to mark.")
        return self._add(chosen, value, [(key, sha256.get(key, "")) for key in dict.fromkeys(keys)])

    def clear(self) -> int:
        """Clear every mark, as an entry that undo can take back; return its number."""
        return self._add("clear", None, [(key, "") for key in self.marks()])

    def undo(self) -> str | None:
        """Take back the last entry; return what was taken back in words, or None where there is nothing.

        Raises
        ------
        UserError
            Where the last entry moved files.
        """
        with self.changing() as db:
            row = db.execute(
                "SELECT id, action, value FROM entries WHERE undone = 0 ORDER BY id DESC LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            if row[1] == "apply":
                raise UserError(
                    "The last marks were carried out in the data.",
                    "Put the files back first.",
                    fix="undo_apply",
                )
            db.execute("UPDATE entries SET undone = 1 WHERE id = ?", (row[0],))
            return self._sentence(*row)

    def redo(self) -> str | None:
        """Bring back the entry taken back last; return it in words, or None where there is nothing."""
        with self.changing() as db:
            row = db.execute(
                "SELECT id, action, value FROM entries WHERE undone = 1 ORDER BY id LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            db.execute("UPDATE entries SET undone = 0 WHERE id = ?", (row[0],))
            return self._sentence(*row)

    def marks(self) -> dict[str, Mark]:
        """The marks as they stand, by key, in the order in which the keys were first marked."""
        query = """SELECT e.action, e.value, i.key, i.sha256
                   FROM entries e JOIN entry_items i ON i.entry = e.id
                   WHERE e.undone = 0 ORDER BY e.id, i.rowid"""
        marks: dict[str, Mark] = {}
        for action, value, key, sha256 in self.rows(query):
            if action in ("apply", "clear"):
                marks.pop(key, None)
            else:
                marks[key] = Mark(key, action, json.loads(value), sha256)
        return marks

    def counts(self) -> dict[str, int]:
        """How many items carry each action."""
        return counted(self.marks().values())

    def history(self) -> list[Entry]:
        """All entries, oldest first, those taken back included."""
        query = """SELECT id, at, action, value, (SELECT count(*) FROM entry_items WHERE entry = id), undone
                   FROM entries ORDER BY id"""
        return [
            Entry(
                n, at, action, json.loads(value), count, bool(undone), _said(action, count, json.loads(value))
            )
            for n, at, action, value, count, undone in self.rows(query)
        ]

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """Read rows; for the modules of this package."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Give the connection within one transaction; for the modules of this package."""
        if self._why_read_only:
            raise UserError(f"This project is open for reading only. {self._why_read_only}")
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except sqlite3.OperationalError as error:
                raise UserError(
                    f"The cleaning journal could not be written: {error}.",
                    "Free some disk space and try again. What was marked before is still there.",
                ) from error
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file; safe to call twice."""
        with self._lock:
            self._connection.close()

    def _add(self, action: str, value: Any, items: Sequence[tuple[str, str]]) -> int:
        with self.changing() as db:
            db.execute("DELETE FROM entries WHERE undone = 1")
            return add_entry(db, action, value, items)

    def _sentence(self, entry: int, action: str, value: str) -> str:
        count = self.rows("SELECT count(*) FROM entry_items WHERE entry = ?", (entry,))[0][0]
        return _said(action, count, json.loads(value))


def add_entry(
    db: sqlite3.Connection,
    action: str,
    value: Any,
    items: Sequence[tuple[str, str]],
    apply_id: int | None = None,
) -> int:
    """Write an entry within a transaction that is open; return its number."""
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    row = (now, action, json.dumps(value), apply_id)
    entry = db.execute("INSERT INTO entries (at, action, value, apply_id) VALUES (?, ?, ?, ?)", row).lastrowid
    db.executemany("INSERT INTO entry_items VALUES (?, ?, ?)", [(entry, key, sha) for key, sha in items])
    return int(entry or 0)


def _said(action: str, count: int, value: Any) -> str:
    return f"Carried out the marks of {count} items" if action == "apply" else said(action, count, value)
