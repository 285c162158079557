"""The cleaning journal: every mark can be taken back, also after a restart, and a damaged file stops nothing."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from studio.errors import UserError
from studio.project import Project, database
from studio.project.journal import Journal
from studio.project.marks import Mark
from tests.project.conftest import run_python

KEYS = [f"cat/{n}.png" for n in range(5)]


def opened(folder: Path) -> Journal:
    return Journal(database.open_for_writing(folder)[0])


def test_marks_stand_as_they_were_last_said(project: Project) -> None:
    journal = project.journal
    journal.mark(["a", "b", "a"], "remove", sha256={"a": "ab12"})
    journal.mark(["b"], "relabel", "dog")
    journal.mark(["c"], "keep")
    assert journal.marks() == {
        "a": Mark("a", "remove", None, "ab12"),
        "b": Mark("b", "relabel", "dog"),
        "c": Mark("c", "keep"),
    }
    assert journal.counts() == {"keep": 1, "relabel": 1, "remove": 1}


def test_undo_and_redo_say_what_they_did(project: Project) -> None:
    journal = project.journal
    assert journal.undo() is None
    assert journal.redo() is None
    journal.mark(["a", "b"], "relabel", "dog")
    assert journal.undo() == "Relabelled 2 items as dog"
    assert journal.marks() == {}
    assert journal.redo() == "Relabelled 2 items as dog"
    assert len(journal.marks()) == 2


def test_a_new_mark_ends_what_could_be_brought_back(project: Project) -> None:
    journal = project.journal
    journal.mark(["a"], "remove")
    journal.undo()
    journal.mark(["b"], "keep")
    assert journal.redo() is None
    assert [e.action for e in journal.history()] == ["keep"]


def test_clearing_can_be_taken_back(project: Project) -> None:
    journal = project.journal
    journal.mark(["a", "b"], "remove")
    journal.clear()
    assert journal.marks() == {}
    assert journal.undo() == "Cleared the marks of 2 items"
    assert set(journal.marks()) == {"a", "b"}


@pytest.mark.parametrize(
    ("keys", "action", "value", "words"),
    [
        (["a"], "explode", None, "explode"),
        (["a"], "relabel", None, "new label"),
        (["a"], "relabel", "", "new label"),
        ([], "keep", None, "No items"),
    ],
)
def test_a_mark_that_says_nothing_is_refused(
    project: Project, keys: list[str], action: str, value: Any, words: str
) -> None:
    with pytest.raises(UserError, match=words):
        project.journal.mark(keys, action, value)
    assert project.journal.history() == []


def test_marks_and_both_stacks_survive_a_restart(project: Project) -> None:
    project.journal.mark(["a"], "remove")
    project.journal.mark(["b"], "keep")
    project.journal.undo()
    project.close()
    with Project.open(project.folder) as again:
        assert set(again.journal.marks()) == {"a"}
        assert again.journal.redo() == "Kept 1 item"
        assert again.journal.undo() == "Kept 1 item"
        assert again.journal.undo() == "Removed 1 item"
        assert again.journal.undo() is None


def test_no_mark_that_was_told_is_lost_to_a_kill(project: Project) -> None:
    project.close()
    code = """
import os, sys
from studio.project import Project
project = Project.open(sys.argv[1])
for number in range(40):
    project.journal.mark([f"item {number}"], "remove")
    print(number, flush=True)
    if number == 33:
        os.kill(os.getpid(), 9)
"""
    told = run_python(code, project.folder)
    assert told.returncode == -9
    with Project.open(project.folder) as again:
        assert len(again.journal.marks()) == len(told.stdout.split()) == 34
        assert not again.notices


@pytest.mark.parametrize("damage", ["text", "head", "middle"])
def test_a_damaged_journal_is_moved_aside_once_with_a_notice(project: Project, damage: str) -> None:
    project.journal.mark([f"item {n}" for n in range(500)], "remove")
    project.close()
    path = project.folder / database.NAME
    content = bytearray(path.read_bytes())
    if damage == "text":
        content = bytearray(b"this is no database at all, but it is long enough" * 40)
    elif damage == "head":
        content[:100] = b"\xff" * 100
    else:
        content[4096:20480] = b"\xa5" * 16384
    path.write_bytes(content)
    with Project.open(project.folder) as again:
        assert len(again.notices) == 1
        assert "kept as" in again.notices[0]
        assert again.journal.marks() == {}
        again.journal.mark(["a"], "keep")
    kept = [p.read_bytes() for p in project.folder.glob("*.broken-*") if p.name[-4:] not in ("-wal", "-shm")]
    assert [k[4096:] for k in kept] == [bytes(content[4096:])]
    with Project.open(project.folder) as third:
        assert not third.notices
        assert set(third.journal.marks()) == {"a"}


def test_a_journal_of_a_newer_version_is_refused_and_kept(project: Project) -> None:
    project.close()
    with sqlite3.connect(project.folder / database.NAME) as raw:
        raw.execute("PRAGMA user_version = 99")
    raw.close()
    with pytest.raises(UserError, match="newer version"):
        Project.open(project.folder)
    assert (project.folder / database.NAME).exists()


def test_a_reader_sees_the_owners_marks_and_cannot_mark(project: Project) -> None:
    with Project.open(project.folder, lock=False) as reader:
        project.journal.mark(["a"], "remove")
        assert set(reader.journal.marks()) == {"a"}
        with pytest.raises(UserError, match="reading only"):
            reader.journal.mark(["b"], "remove")
        with pytest.raises(UserError, match="reading only"):
            reader.journal.undo()


def test_a_drive_without_wal_gets_the_other_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(connection: sqlite3.Connection) -> None:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            raise sqlite3.OperationalError("locking protocol")

    monkeypatch.setattr(database, "_write_something", refuse)
    connection, notice = database.open_for_writing(tmp_path)
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    journal = Journal(connection)
    journal.mark(["a"], "keep")
    assert set(journal.marks()) == {"a"}
    assert notice == ""
    journal.close()


class JournalMachine(RuleBasedStateMachine):
    """Marks, undo, redo, clear and restarts in any order agree with a plain model of them."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.journal = opened(self.folder)
        self.done: list[tuple[str, tuple[str, ...], Any]] = []
        self.undone: list[tuple[str, tuple[str, ...], Any]] = []

    def teardown(self) -> None:
        self.journal.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @rule(
        keys=st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True),
        action=st.sampled_from(["keep", "remove", "relabel"]),
        value=st.sampled_from(["cat", "dog"]),
    )
    def mark(self, keys: list[str], action: str, value: str) -> None:
        self.journal.mark(keys, action, value if action == "relabel" else None)
        self.done.append((action, tuple(keys), value if action == "relabel" else None))
        self.undone.clear()

    @precondition(lambda self: self.model())
    @rule()
    def clear(self) -> None:
        keys = tuple(self.model())
        self.journal.clear()
        self.done.append(("clear", keys, None))
        self.undone.clear()

    @rule()
    def undo(self) -> None:
        assert (self.journal.undo() is not None) == bool(self.done)
        if self.done:
            self.undone.append(self.done.pop())

    @rule()
    def redo(self) -> None:
        assert (self.journal.redo() is not None) == bool(self.undone)
        if self.undone:
            self.done.append(self.undone.pop())

    @rule()
    def reopen(self) -> None:
        self.journal.close()
        self.journal = opened(self.folder)

    def model(self) -> dict[str, Mark]:
        marks: dict[str, Mark] = {}
        for action, keys, value in self.done:
            for key in keys:
                if action == "clear":
                    marks.pop(key, None)
                else:
                    marks[key] = Mark(key, action, value)  # type: ignore[arg-type]
        return marks

    @invariant()
    def marks_agree(self) -> None:
        assert self.journal.marks() == self.model()


JournalMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestJournal = JournalMachine.TestCase
