"""`thaw queue`: runs one after the other, whatever becomes of each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.project import Project
from tests.cli.conftest import Thaw
from tests.problems import made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with made.project("collab", tmp_path) as project:
        return project.folder


def test_a_run_that_fails_does_not_stop_the_next_and_its_entry_stays(thaw: Thaw, folder: Path) -> None:
    thaw("queue", folder, "add", "--set", "lr=1e30")
    thaw("queue", folder, "add", "--set", "seed=7")
    said = thaw("queue", folder, "run", "--json")
    assert said.status == 1
    ended = {line["entry"]: line["status"] for line in said.lines if line.get("done") == "queue"}
    assert ended == {1: "failed", 2: "finished"}
    with Project.open(folder) as project:
        (left,) = project.queue.entries()
        assert (left.id, left.status, left.run) == (1, "failed", 1)
        assert "not a number" in left.error
        assert [run.status for run in project.runs()] == ["failed", "finished"]


def test_an_entry_whose_process_was_killed_goes_on_with_its_run(
    thaw: Thaw, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.engine.callbacks.keep import Keep

    class Killed(BaseException):
        pass

    def killed(self: Keep) -> None:
        raise Killed

    thaw("queue", folder, "add", "--set", "seed=7")
    with monkeypatch.context() as patched:
        patched.setattr(Keep, "after_epoch", killed)
        thaw("queue", folder, "run")
    with Project.open(folder) as project:
        (entry,) = project.queue.entries()
        assert (entry.status, entry.run) == ("running", 1)
    said = thaw("queue", folder, "run", "--json")
    assert said.status == 0
    with Project.open(folder) as project:
        assert [run.status for run in project.runs()] == ["finished"]
        assert project.queue.entries() == ()


def test_entries_are_moved_removed_and_repeated_over_seeds(thaw: Thaw, folder: Path) -> None:
    for seed in (1, 2, 3):
        thaw("queue", folder, "add", "--set", f"seed={seed}")
    thaw("queue", folder, "move", 3, 1)
    said = thaw("queue", folder, "remove", 2, "--json")
    assert [line["title"] for line in said.lines] == ["Seed 3", "Seed 1"]
    assert thaw("queue", folder, "add", "--seeds", 2).status == 2
    assert thaw("queue", folder, "move", 3).status == 2
