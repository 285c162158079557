"""The steps of an apply in the project's database, so that a kill in the middle can be finished.

An apply is "doing", then "done"; taking it back is "undoing", then "undone". A move is "planned", then
"moved" (or "skipped"), then "back" (or "lost"). No torch, no Qt.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from studio.project.journal import Journal, add_entry
from studio.project.plan import Move


class Step(Struct, frozen=True):
    """A move as journalled."""

    seq: int
    move: Move
    state: str


class Apply(Struct, frozen=True):
    """One carrying out; `detail` is plain data (the tables before and after, folders that were made)."""

    id: int
    status: str
    root: str
    detail: dict[str, Any]


def begun(journal: Journal, root: str, moves: Sequence[Move], detail: dict[str, Any]) -> Apply:
    """Write down what will be done, before any of it is."""
    with journal.changing() as db:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        row = (now, "doing", root, json.dumps(detail))
        number = int(
            db.execute("INSERT INTO applies (at, status, root, detail) VALUES (?, ?, ?, ?)", row).lastrowid
            or 0
        )
        rows = [
            (number, i, m.key, m.action, m.source, m.target, m.sha256, "planned") for i, m in enumerate(moves)
        ]
        db.executemany("INSERT INTO moves VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return Apply(number, "doing", root, detail)


def next_number(journal: Journal) -> int:
    """The number that the next apply will have."""
    rows = journal.rows("SELECT seq FROM sqlite_sequence WHERE name = 'applies'")
    return int(rows[0][0]) + 1 if rows else 1


def steps(journal: Journal, apply_id: int) -> list[Step]:
    """The moves of an apply in order."""
    query = (
        "SELECT seq, key, action, source, target, sha256, state FROM moves WHERE apply_id = ? ORDER BY seq"
    )
    return [Step(r[0], Move(*r[1:6]), r[6]) for r in journal.rows(query, (apply_id,))]


def set_state(journal: Journal, apply_id: int, step: Step, state: str, target: str = "") -> None:
    """Write down how a move stands, and its target where that changed."""
    with journal.changing() as db:
        row = (state, target or step.move.target, apply_id, step.seq)
        db.execute("UPDATE moves SET state = ?, target = ? WHERE apply_id = ? AND seq = ?", row)


def set_status(journal: Journal, apply_id: int, status: str) -> None:
    """Write down how an apply stands."""
    with journal.changing() as db:
        db.execute("UPDATE applies SET status = ? WHERE id = ?", (status, apply_id))


def concluded(journal: Journal, apply_id: int) -> None:
    """The apply is done: the marks of what was moved are over, as an entry of the journal."""
    with journal.changing() as db:
        items = [(s.move.key, s.move.sha256) for s in steps(journal, apply_id) if s.state == "moved"]
        db.execute("UPDATE applies SET status = ? WHERE id = ?", ("done" if items else "undone", apply_id))
        if items:
            db.execute("DELETE FROM entries WHERE undone = 1")
            add_entry(db, "apply", None, items, apply_id)


def taken_back(journal: Journal, apply_id: int) -> None:
    """The apply is undone: its entry goes, so that the marks stand again."""
    with journal.changing() as db:
        db.execute("UPDATE applies SET status = 'undone' WHERE id = ?", (apply_id,))
        db.execute("DELETE FROM entries WHERE apply_id = ?", (apply_id,))


def last_done(journal: Journal) -> Apply | None:
    """The newest apply that can be taken back."""
    found = _applies(journal, "done")
    return found[-1] if found else None


def unfinished(journal: Journal) -> list[Apply]:
    """Applies that a crash left in the middle, oldest first."""
    return _applies(journal, "doing") + _applies(journal, "undoing")


def _applies(journal: Journal, status: str) -> list[Apply]:
    query = "SELECT id, status, root, detail FROM applies WHERE status = ? ORDER BY id"
    return [Apply(n, s, root, json.loads(detail)) for n, s, root, detail in journal.rows(query, (status,))]
