"""A process killed at any step of carrying marks out (or taking that back) loses no file, and is finished later."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from studio.project import Project
from tests.project.conftest import recipe_for, run_python, write_pets

DIE = """
import os, sys
from pathlib import Path
import studio.project.apply as apply
import studio.project.ledger as ledger
import studio.project.moves as moves
from studio.project import Project

left = int(sys.argv[3])
def counted(function):
    def call(*arguments, **named):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return function(*arguments, **named)
    return call

project = Project.open(sys.argv[1])
os.link = counted(os.link)
Path.unlink = counted(Path.unlink)
Path.replace = counted(Path.replace)
for name in ("begun", "set_state", "set_status", "concluded", "taken_back"):
    setattr(ledger, name, counted(getattr(ledger, name)))
getattr(project, sys.argv[2])()
"""


def contents(*folders: Path) -> Counter[str]:
    """Every picture by its content, with how often it is there."""
    found = [p for folder in folders for p in folder.rglob("*.png")]
    return Counter(hashlib.sha256(p.read_bytes()).hexdigest() for p in found)


def marked(place: Path) -> Project:
    pets = write_pets(place / "pets")
    (pets / "dog" / "0.png").rename(pets / "dog" / "7.png")
    project = Project.create(place / "pets.thaw", recipe_for("../pets"))
    project.mark(["cat/1.png", "dog/1.png"], "remove")
    project.mark(["cat/0.png", "cat/2.png"], "relabel", "dog")
    return project


def die_at(step: int, folder: Path, method: str) -> bool:
    """Run a method in a process that dies at a step; whether it died."""
    ended = run_python(DIE, folder, method, step)
    assert ended.returncode in (0, 9), ended.stderr
    return ended.returncode == 9


@pytest.mark.parametrize("step", range(0, 26, 3))
def test_a_kill_while_applying_is_finished_on_the_next_open(tmp_path: Path, step: int) -> None:
    project = marked(tmp_path)
    project.close()
    before = contents(tmp_path / "pets")
    die_at(step, project.folder, "apply_marks")
    assert contents(tmp_path).keys() == before.keys()
    with Project.open(project.folder) as again:
        assert contents(tmp_path) == before
        if step == 0:
            assert again.apply_marks().removed == 2
        assert again.journal.marks() == {}
        assert contents(project.folder / "trash").total() == 2
        assert sorted(p.name for p in (tmp_path / "pets/dog").iterdir()) == [
            "0.png",
            "2-2.png",
            "2.png",
            "3.png",
            "7.png",
        ]
        again.undo_apply()
        assert len(again.journal.marks()) == 4
    assert contents(tmp_path / "pets") == before
    assert sorted(p.name for p in (tmp_path / "pets/cat").iterdir()) == ["0.png", "1.png", "2.png", "3.png"]


@pytest.mark.parametrize("step", range(0, 22, 4))
def test_a_kill_while_putting_back_is_finished_on_the_next_open(tmp_path: Path, step: int) -> None:
    project = marked(tmp_path)
    before = contents(tmp_path / "pets")
    project.apply_marks()
    project.close()
    die_at(step, project.folder, "undo_apply")
    assert contents(tmp_path).keys() == before.keys()
    with Project.open(project.folder) as again:
        if step == 0:
            again.undo_apply()
        assert len(again.journal.marks()) == 4
    assert contents(tmp_path / "pets") == before
    assert sorted(p.name for p in (tmp_path / "pets/cat").iterdir()) == ["0.png", "1.png", "2.png", "3.png"]


def test_an_unplugged_drive_is_told_and_finished_when_it_is_back(tmp_path: Path) -> None:
    project = marked(tmp_path)
    project.close()
    assert die_at(8, project.folder, "apply_marks")
    (tmp_path / "pets").rename(tmp_path / "unplugged")
    with Project.open(project.folder) as without:
        assert any("is not there" in notice for notice in without.notices)
    (tmp_path / "unplugged").rename(tmp_path / "pets")
    with Project.open(project.folder) as again:
        assert any("has been finished" in notice for notice in again.notices)
        assert again.journal.marks() == {}
