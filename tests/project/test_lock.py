"""One writer per project, also after a killed one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
import pytest

from studio.errors import UserError
from studio.project import Project
from studio.project.lock import NAME, Lock, Owner, read_owner
from studio.project.processes import Identity, birth_of, is_alive, myself
from tests.project.conftest import REPO, recipe_for, run_python, write_pets

HOLD = """
import sys, signal
from studio.project import Project
project = Project.open(sys.argv[1])
print("read_only" if project.read_only else "held", flush=True)
signal.pause()
"""


def test_a_second_window_opens_read_only_with_a_sentence(project: Project) -> None:
    with Project.open(project.folder) as second:
        assert second.read_only
        assert "already open" in second.locked_by
        with pytest.raises(UserError, match="reading only"):
            second.save_recipe(second.recipe)
        with pytest.raises(UserError, match="reading only"):
            second.journal.mark(["cat/0.png"], "keep")
        with pytest.raises(UserError, match="reading only"):
            second.new_run(second.recipe)


def test_closing_gives_the_project_up(project: Project) -> None:
    project.close()
    project.close()
    with Project.open(project.folder) as second:
        assert not second.read_only


def test_closing_a_reader_does_not_free_the_owners_lock(project: Project) -> None:
    Project.open(project.folder).close()
    assert read_owner(project.folder) is not None
    with Project.open(project.folder) as third:
        assert third.read_only


def test_a_project_that_is_dropped_is_given_up(project: Project) -> None:
    project.close()
    other = Project.open(project.folder)
    del other
    with Project.open(project.folder) as third:
        assert not third.read_only


def test_an_ended_process_gives_its_project_up(project: Project) -> None:
    project.close()
    ended = run_python(
        "import sys; from studio.project import Project; Project.open(sys.argv[1])", project.folder
    )
    assert ended.returncode == 0, ended.stderr
    assert read_owner(project.folder) is None


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_killed_owner_is_told_while_it_lives_and_taken_over_after(project: Project) -> None:
    project.close()
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(project.folder)], cwd=REPO, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    with child, child.stdout:
        assert child.stdout.readline().strip() == "held"
        with Project.open(project.folder) as second:
            assert second.read_only
            assert str(child.pid) in second.locked_by
        child.send_signal(signal.SIGKILL)
        child.wait()
    with Project.open(project.folder) as third:
        assert not third.read_only


def test_a_number_used_again_by_another_process_is_not_the_owner(tmp_path: Path) -> None:
    me = myself()
    assert is_alive(me)
    other = msgspec.structs.replace(me, birth="another birth")
    assert not is_alive(other)
    (tmp_path / NAME).write_bytes(msgspec.json.encode(Owner(other, "token", "2026-01-01T10:00:00+00:00")))
    lock = Lock(tmp_path)
    assert lock.take()
    lock.release()


def test_an_owner_on_another_computer_is_believed_and_told(tmp_path: Path) -> None:
    far = Identity(pid=1, host="attic", birth="x")
    (tmp_path / NAME).write_bytes(msgspec.json.encode(Owner(far, "token", "2026-01-01T10:00:00+00:00")))
    lock = Lock(tmp_path)
    assert not lock.take()
    assert "attic" in lock.reason
    assert NAME in lock.reason


@pytest.mark.parametrize("content", [b"", b"{", b"\x00\xff", b'{"who": 3}'])
def test_a_damaged_lock_file_is_nobodys(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    lock = Lock(tmp_path)
    assert lock.take()
    lock.release()


def test_a_process_that_never_was_has_no_birth() -> None:
    assert birth_of(2**22 + 12345) == ""


READ = """
import os, sys
from studio.project import Project
Project.open(sys.argv[1], lock=False).close()  # imports what another user could not read
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
project = Project.open(sys.argv[1])
print(project.read_only, list(project.journal.marks()), project.locked_by)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs the permissions of folders")
def test_a_folder_that_cannot_be_written_opens_read_only() -> None:
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        write_pets(Path(place) / "pets")
        with Project.create(Path(place) / "pets.thaw", recipe_for("../pets")) as made:
            made.journal.mark(["cat/0.png"], "remove")
        (made.folder / NAME).chmod(0o444)
        made.folder.chmod(0o555)
        said = run_python(READ, made.folder)
        made.folder.chmod(0o755)
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("True ['cat/0.png']")
    assert "cannot be written" in said.stdout
