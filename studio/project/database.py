"""The project's SQLite file: opened, probed, and moved aside where it is damaged. No torch, no Qt.

WAL is used where it really works (a write is tried, since network drives accept the mode and fail later),
else the DELETE journal. Every action is its own committed transaction. A damaged file never stops a project
from opening: it is renamed once, with a notice, and a fresh one begins.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from studio.errors import UserError

NAME = "project.sqlite"
VERSION = 1
WAIT_S = 10.0
CHECK_DISK = "Check that the folder can be written and that the disk has space."

SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, action TEXT NOT NULL, value TEXT NOT NULL,
    apply_id INTEGER, undone INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS entry_items (
    entry INTEGER NOT NULL REFERENCES entries(id) ON DELETE CASCADE, key TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS entry_items_by_entry ON entry_items (entry);
CREATE TABLE IF NOT EXISTS applies (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, status TEXT NOT NULL, root TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '{}');
CREATE TABLE IF NOT EXISTS moves (
    apply_id INTEGER NOT NULL REFERENCES applies(id), seq INTEGER NOT NULL,
    key TEXT NOT NULL, action TEXT NOT NULL,
    source TEXT NOT NULL, target TEXT NOT NULL, sha256 TEXT NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (apply_id, seq));
"""


def open_for_writing(folder: Path) -> tuple[sqlite3.Connection, str]:
    """Open the project's database, making or mending it as needed.

    Returns
    -------
    connection, notice
        The notice says what a person must know (a damaged file was moved aside), else it is empty.

    Raises
    ------
    UserError
        Where it was made by a newer version, or the folder cannot be written.
    """
    path = folder / NAME
    try:
        return _prepared(path), ""
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and not _is_damage(error):
            raise UserError(f"{path} cannot be opened: {error}.", CHECK_DISK) from error
    aside = _move_aside(path)
    notice = f"The cleaning journal was damaged. It is kept as {aside.name}; a new one was begun."
    return _prepared(path), notice


def open_for_reading(folder: Path) -> tuple[sqlite3.Connection, str]:
    """Open the database without changing anything; an empty one in memory where there is none to read."""
    path = folder / NAME
    for options in ("mode=ro", "mode=ro&immutable=1"):
        if not path.exists():
            break
        connection = _connected(f"{path.absolute().as_uri()}?{options}")
        try:
            connection.execute("SELECT count(*) FROM moves").fetchone()
            return connection, ""
        except sqlite3.DatabaseError:
            connection.close()
    empty = _connected(":memory:")
    empty.executescript(SCHEMA)
    return (
        empty,
        "The cleaning journal cannot be read here; its marks are not shown." if path.exists() else "",
    )


def _connected(name: str) -> sqlite3.Connection:
    """Connect with explicit transactions; the journal's own lock keeps threads apart."""
    return sqlite3.connect(name, timeout=WAIT_S, isolation_level=None, check_same_thread=False, uri=True)


def _prepared(path: Path) -> sqlite3.Connection:
    connection = _connected(path.absolute().as_uri())
    try:
        _choose_mode(connection)
        _check(connection, path)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(SCHEMA)
    except BaseException:
        connection.close()
        raise
    return connection


def _choose_mode(connection: sqlite3.Connection) -> None:
    """Use WAL where a write under it succeeds; full syncing, so that what was committed stays."""
    connection.execute("PRAGMA synchronous = FULL")
    try:
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode == "wal":
            _write_something(connection)
            return
    except sqlite3.OperationalError as error:
        if _is_damage(error):
            raise
    connection.execute("PRAGMA journal_mode = DELETE")
    _write_something(connection)


def _write_something(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute(f"PRAGMA user_version = {version or VERSION}")


def _check(connection: sqlite3.Connection, path: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise UserError(
            f"{path} was made by a newer version of Thaw Studio.", "Update Thaw Studio to open this project."
        )
    if connection.execute("PRAGMA quick_check").fetchone()[0] != "ok":
        raise sqlite3.DatabaseError("database disk image is malformed")


def _is_damage(error: sqlite3.Error) -> bool:
    return any(words in str(error) for words in ("malformed", "not a database", "disk I/O error", "corrupt"))


def _move_aside(path: Path) -> Path:
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.broken-{stamp}")
    path.replace(aside)
    for tail in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{path}{tail}").replace(f"{aside}{tail}")
    return aside
