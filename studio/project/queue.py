"""Runs that wait their turn: one small file in the project, `queue.json`, replaced whole at every change.

Each entry has a recipe of its own (a snapshot, so that later edits of the project do not reach it), or names a run
to be repeated from another seed. An entry goes when its run has ended well; one that failed stays, with its reason,
and never stops the next. After a crash the entry that trained is found as `running`, with its run. No torch, no Qt.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from studio.errors import UserError
from studio.project import atomic
from studio.recipe.schema import Recipe

NAME = "queue.json"
Status = Literal["waiting", "running", "failed"]


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run to be trained.

    Attributes
    ----------
    id : int
        Names it for good.
    title : str
        What is special about it, for people.
    recipe : Recipe or None
        What to train; None where a run is repeated.
    repeat, seed : int or None
        The run to train again, and from which seed.
    run : int or None
        Its run, once it has one.
    error : str
        Why it failed, in a sentence.
    """

    id: int
    title: str
    recipe: Recipe | None = None
    repeat: int | None = None
    seed: int | None = None
    status: Status = "waiting"
    run: int | None = None
    error: str = ""


class Queue:
    """The queue of a project; reads its file at every question, so that window and command line agree.

    Attributes
    ----------
    notice : str
        What a person should know about the file (it was damaged and moved aside).
    """

    def __init__(self, folder: Path, writable: bool = True) -> None:
        self._path = folder / NAME
        self._writable = writable
        self.notice = ""

    def entries(self) -> tuple[Entry, ...]:
        """All entries in order; none where the file is damaged, which is then kept beside it."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=tuple[Entry, ...])
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.DecodeError):
            aside = self._path.with_name(f"{NAME}.broken")
            self.notice = f"The queue could not be read; its file is kept as {aside.name}."
            if self._writable:
                with suppress(OSError):
                    self._path.replace(aside)
            return ()

    def next(self) -> Entry | None:
        """The entry whose turn it is: one that was cut off first, then the first that waits."""
        entries = self.entries()
        cut_off = next((e for e in entries if e.status == "running"), None)
        return cut_off or next((e for e in entries if e.status == "waiting"), None)

    def add(self, title: str, **what: Any) -> Entry:
        """Put a run at the end; `what` are fields of `Entry`.

        Raises
        ------
        UserError
            Where the project cannot be written.
        """
        entries = self.entries()
        made = Entry(id=1 + max((e.id for e in entries), default=0), title=title, **what)
        self._save((*entries, made))
        return made

    def remove(self, number: int) -> None:
        """Take an entry out; one that trains stays until it is stopped."""
        if self.entry(number).status == "running":
            raise UserError("This run is training.", "Stop it first.")
        self._save(tuple(e for e in self.entries() if e.id != number))

    def done(self, number: int) -> None:
        """An entry's run has ended well: it leaves the queue."""
        self._save(tuple(e for e in self.entries() if e.id != number))

    def move(self, number: int, place: int) -> None:
        """Put an entry at a place, counted from 0."""
        entry = self.entry(number)
        others = [e for e in self.entries() if e.id != number]
        others.insert(max(0, min(place, len(others))), entry)
        self._save(tuple(others))

    def change(self, number: int, **changes: Any) -> None:
        """Change fields of an entry."""
        changed = msgspec.structs.replace(self.entry(number), **changes)
        self._save(tuple(changed if e.id == number else e for e in self.entries()))

    def again(self, number: int) -> None:
        """Let an entry that failed wait for its turn anew."""
        self.change(number, status="waiting", run=None, error="")

    def restore(self, entries: tuple[Entry, ...]) -> None:
        """Put the whole queue back as it was: the undo of an edit."""
        self._save(entries)

    def entry(self, number: int) -> Entry:
        """An entry by its id; `UserError` where there is none."""
        found = next((e for e in self.entries() if e.id == number), None)
        if found is None:
            there = ", ".join(str(e.id) for e in self.entries())
            raise UserError(
                f"The queue has no entry {number}.", f"There are: {there}." if there else "It is empty."
            )
        return found

    def _save(self, entries: tuple[Entry, ...]) -> None:
        if not self._writable:
            raise UserError("The queue cannot be changed: the project is open for reading only.")
        atomic.write_bytes(self._path, msgspec.json.format(msgspec.json.encode(entries), indent=1) + b"\n")
