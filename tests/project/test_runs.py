"""Runs: records that survive whatever happens, events that survive a kill."""

from __future__ import annotations

import errno
from pathlib import Path

import msgspec
import pytest

from studio.engine.messages import EpochDone, Notice, RunState
from studio.errors import UserError
from studio.project import Project
from studio.project.processes import myself
from studio.project.results import ItemResult, Results
from tests.project.conftest import run_python


def checkpoint(folder: Path, step: int, whole: bool = True) -> None:
    (folder / f"checkpoint-{step:08d}.safetensors").write_bytes(b"weights")
    if whole:
        (folder / f"checkpoint-{step:08d}.json").write_text("{}")


def test_a_new_run_has_all_it_starts_from(project: Project) -> None:
    project.mark(["cat/0.png"], "relabel", "dog")
    run = project.new_run(project.recipe)
    assert (run.number, run.path.name) == (1, "0001")
    assert run.recipe == project.recipe
    assert run.marks_snapshot["cat/0.png"].value == "dog"
    record = run.record()
    assert (record.status, record.name, record.writer) == ("training", "pets", myself())
    assert project.new_run(project.recipe).number == 2


def test_runs_are_listed_newest_last(project: Project) -> None:
    for score in (0.5, 0.7):
        run = project.new_run(project.recipe)
        run.update_record(status="finished", metrics={"accuracy": score}, score=score)
    assert [(r.number, r.status, r.score) for r in project.runs()] == [
        (1, "finished", 0.5),
        (2, "finished", 0.7),
    ]


def test_a_run_that_is_not_there_is_told_with_those_that_are(project: Project) -> None:
    with pytest.raises(UserError, match="no run 7") as caught:
        project.run(7)
    assert "no runs yet" in caught.value.hint
    project.new_run(project.recipe)
    with pytest.raises(UserError) as caught:
        project.run(7)
    assert "1" in caught.value.hint


def test_a_trashed_run_is_kept_and_its_number_never_used_again(project: Project) -> None:
    run = project.new_run(project.recipe)
    with pytest.raises(UserError, match="is training"):
        project.trash_run(run.number)
    run.update_record(status="finished")
    project.trash_run(run.number)
    assert project.runs() == []
    kept = list((project.folder / "trash" / "runs").iterdir())
    assert [p.name.split("-")[0] for p in kept] == ["0001"]
    assert project.new_run(project.recipe).number == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"number": "one"}', b"\x00" * 100])
def test_a_damaged_record_is_quarantined_and_hides_no_other(project: Project, content: bytes) -> None:
    for _ in range(3):
        project.new_run(project.recipe).update_record(status="finished", score=0.9)
    bad = project.run(2).path / "run.json"
    bad.write_bytes(content)
    for _ in range(2):
        records = project.runs()
        assert [r.number for r in records] == [1, 2, 3]
        assert [bool(r.broken) for r in records] == [False, True, False]
        assert "run.json.broken" in records[1].broken
    assert not bad.exists()
    assert bad.with_name("run.json.broken").read_bytes() == content


def test_a_run_whose_process_is_gone_was_interrupted(project: Project) -> None:
    code = """
import sys
from studio.project import Project
project = Project.open(sys.argv[1], lock=False)
run = project.new_run(project.recipe)
import os; os.kill(os.getpid(), 9)
"""
    assert run_python(code, project.folder).returncode == -9
    record = project.run(1).record()
    assert (record.status, record.resumable) == ("interrupted", False)
    checkpoint(project.run(1).path, 12)
    assert project.run(1).record().resumable
    project.run(1).update_record(status="training")
    assert project.run(1).record().status == "training"


def test_a_finished_run_cannot_go_on(project: Project) -> None:
    run = project.new_run(project.recipe)
    checkpoint(run.path, 5)
    run.update_record(status="finished")
    assert not run.record().resumable
    run.update_record(status="stopped")
    assert run.record().resumable


def test_only_whole_checkpoints_count_newest_first(project: Project) -> None:
    run = project.new_run(project.recipe)
    for step in (9, 100, 20):
        checkpoint(run.path, step)
    checkpoint(run.path, 200, whole=False)
    (run.path / "checkpoint-last.safetensors").touch()
    assert [int(p.stem.split("-")[1]) for p in run.checkpoints()] == [100, 20, 9]


def test_events_come_back_in_order(project: Project) -> None:
    run = project.new_run(project.recipe)
    told = [
        RunState(run=1, state="training"),
        EpochDone(
            run=1,
            stage=0,
            epoch=0,
            step=9,
            train_loss=None,
            valid_loss=0.5,
            metrics={"accuracy": 0.75},
            seconds=1.5,
        ),
        Notice(level="info", text="ü “quoted”\nsecond line"),
    ]
    for event in told:
        run.append(event)
    assert list(project.run(1).events()) == told


def test_a_torn_last_line_is_dropped_and_the_next_event_is_not(project: Project) -> None:
    run = project.new_run(project.recipe)
    run.append(RunState(run=1, state="training"))
    with (run.path / "events.jsonl").open("ab") as file:
        file.write(b'{"event":"RunState","run":1,"sta')
    assert [e.state for e in project.run(1).events() if isinstance(e, RunState)] == ["training"]
    project.run(1).append(RunState(run=1, state="paused"))
    assert [e.state for e in project.run(1).events() if isinstance(e, RunState)] == ["training", "paused"]


def test_lines_of_another_version_are_left_out(project: Project) -> None:
    run = project.new_run(project.recipe)
    (run.path / "events.jsonl").write_bytes(b'{"event":"Telepathy","run":1}\n\xff\xfe\n\n')
    run.append(RunState(run=1, state="training"))
    assert len(list(run.events())) == 1


def test_a_run_without_events_has_none(project: Project) -> None:
    assert list(project.new_run(project.recipe).events()) == []


def test_results_are_kept_and_damaged_ones_are_moved_aside(project: Project) -> None:
    run = project.new_run(project.recipe)
    assert run.results() is None
    item = ItemResult(key="cat/0.png", valid=True, target="cat", predicted="dog", loss=2.0)
    results = Results(
        problem="image_classification", classes=("cat", "dog"), metrics={"accuracy": 0.5}, items=(item,)
    )
    run.save_results(results)
    assert project.run(1).results() == results
    (run.path / "results.json").write_bytes(b"{")
    assert run.results() is None
    assert (run.path / "results.json.broken").exists()


def test_a_full_disk_makes_no_half_run(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UserError, match="disk is full"):
        project.new_run(project.recipe)
    monkeypatch.undo()
    assert project.runs() == []
    assert list((project.folder / "runs").iterdir()) == []


def test_the_record_is_plain_to_read(project: Project) -> None:
    run = project.new_run(project.recipe)
    run.update_record(note="first try", star=True)
    plain = msgspec.json.decode((run.path / "run.json").read_bytes())
    assert (plain["number"], plain["note"], plain["star"]) == (1, "first try", True)
