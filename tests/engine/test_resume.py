"""Whatever ends a run, going on from its checkpoint ends where it would have ended, bit for bit."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.session import Session
from studio.errors import UserError
from studio.project import Project
from studio.project.live_run import LiveRun
from tests.engine import toy_problem
from tests.engine.conftest import Told, recipe


@dataclass(frozen=True)
class Whole:
    """An uninterrupted run, and copies of its project as a kill would have left it at certain moments."""

    folder: Path
    model: bytes
    story: LiveRun
    moments: dict[str, Path]


def moment_of(event: m.Event) -> str:
    """A name for the moments at which the project is copied."""
    if isinstance(event, m.StageStarted):
        return f"stage {event.stage} begins"
    if isinstance(event, m.EpochDone):
        return f"epoch ends at {event.step}"
    if isinstance(event, m.Checkpointed):
        return f"checkpoint at {event.step}"
    return ""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """A run with a checkpoint at every single batch, copied at every checkpoint, epoch end and stage begin."""
    home = tmp_path_factory.mktemp("whole")
    (home / "data").mkdir()
    moments: dict[str, Path] = {}
    with toy_problem.registered(), Project.create(home / "whole.thaw", recipe()) as project:
        told = Told()

        def copy(event: m.Event) -> None:
            name = moment_of(event)
            if name and name not in moments:  # the last batch of an epoch comes before the epoch's end
                moments[name] = home / f"{len(moments):03d}.thaw"
                shutil.copytree(project.folder, moments[name])

        told.on = copy
        Session(project, told, Control(), checkpoint_minutes=0).train()
        story = LiveRun(1)
        for event in project.run(1).events():
            story.apply(event)
        yield Whole(project.folder, project.run(1).model_path.read_bytes(), story, moments)


def copied(folder: Path) -> Path:
    """A copy of a project beside it."""
    return Path(shutil.copytree(folder, folder.with_name(f"{folder.stem}-{uuid.uuid4().hex[:6]}.thaw")))


def resumed(folder: Path, told: Told | None = None) -> Project:
    """Resume run 1 of a copy of a project."""
    project = Project.open(copied(folder), lock=False)
    Session(project, told or Told(), Control()).train(resume=1)
    return project


def test_every_place_that_a_kill_can_hit_is_covered(whole: Whole) -> None:
    steps = {int(name.rsplit(" ", 1)[1]) for name in whole.moments if name.startswith("checkpoint")}
    assert steps == set(range(1, 25))
    assert {"stage 1 begins", "epoch ends at 6", "epoch ends at 12", "epoch ends at 24"} <= set(whole.moments)


@pytest.mark.parametrize(
    "name",
    [
        "stage 0 begins",  # before its first batch
        "checkpoint at 1",  # after the very first batch
        "checkpoint at 6",  # all batches of the epoch done, its validation not
        "epoch ends at 6",
        "stage 1 begins",
        "epoch ends at 18",
        "checkpoint at 9",  # in the middle of a frozen epoch
        "checkpoint at 23",  # in the middle of a thawed one
    ],
)
def test_a_run_that_was_killed_ends_bit_for_bit_alike(name: str, whole: Whole) -> None:
    with resumed(whole.moments[name]) as project:
        story = LiveRun(1)
        for event in project.run(1).events():
            story.apply(event)
        assert curves(story) == curves(whole.story)
        assert project.run(1).model_path.read_bytes() == whole.model


def curves(story: LiveRun) -> tuple[object, ...]:
    """All that a person sees of a run but its timing."""
    epochs = [(e.stage, e.epoch, e.step, e.train_loss, e.valid_loss, e.metrics) for e in story.epochs]
    return story.steps, story.losses, story.smooth, story.lrs, story.momentums, epochs


def test_nothing_to_go_on_from_is_said(whole: Whole) -> None:
    with pytest.raises(UserError, match="no checkpoint"):
        folder = copied(whole.moments["stage 0 begins"])
        for path in folder.glob("runs/*/checkpoint-*"):
            path.unlink()
        resumed(folder)


@pytest.mark.parametrize("when", ["training", "validating", "first batch"])
def test_a_closed_window_leaves_a_checkpoint_that_ends_alike(
    when: str, whole: Whole, tmp_path: Path, make: Callable[..., Project], told: Told
) -> None:
    project, control = make(), Control()

    def leave(event: m.Event) -> None:
        if when == "validating" and isinstance(event, m.RunState) and event.state == "validating":
            control.leave()
        if when == "training" and isinstance(event, m.Batches) and event.first > 13:
            control.leave()

    told.on = leave
    if when == "first batch":
        control.leave()
        control._cancelled = False  # preparing a run may be cancelled; here it is too late for that
    done = Session(project, told, control).train()
    assert done.status == "interrupted"
    assert project.runs()[0].resumable
    again = Session(project, Told(), Control()).train(resume=1)
    assert again.status == "finished"
    assert project.run(1).model_path.read_bytes() == whole.model


def test_a_stopped_run_can_go_on(whole: Whole, make: Callable[..., Project], told: Told) -> None:
    project, control = make(), Control()

    def stop(event: m.Event) -> None:
        if isinstance(event, m.Batches) and event.first > 3:
            control.stop_keep()

    told.on = stop
    assert Session(project, told, control).train().status == "stopped"
    assert Session(project, Told(), Control()).train(resume=1).status == "finished"
    assert project.run(1).model_path.read_bytes() == whole.model


def test_changed_data_is_refused(whole: Whole) -> None:
    folder = copied(whole.moments["epoch ends at 18"])
    with Project.open(folder, lock=False) as project:
        run = project.run(1)
        path = run.path / "recipe.toml"
        path.write_text(path.read_text().replace("[options]", "[options]\npoints = 30"))
        with pytest.raises(UserError, match="data has changed"):
            Session(project, Told(), Control()).train(resume=1)


def test_marks_made_after_a_run_began_do_not_change_it(
    whole: Whole, make: Callable[..., Project], told: Told
) -> None:
    project, control = make(), Control()

    def leave(event: m.Event) -> None:
        if isinstance(event, m.Batches) and event.first > 13:
            control.leave()

    told.on = leave
    Session(project, told, control).train()
    project.journal.mark(["00000"], "remove")
    Session(project, Told(), Control()).train(resume=1)
    assert project.run(1).model_path.read_bytes() == whole.model


def test_the_time_before_counts(whole: Whole) -> None:
    told = Told()
    with resumed(whole.moments["epoch ends at 18"], told):
        began = told.of(m.RunStarted)[0]
        assert began.resumed_step == 18
        assert 0 < began.clock <= told.of(m.RunDone)[0].seconds


def test_messages_travel(whole: Whole) -> None:
    """All events of a run survive the wire."""
    with Project.open(whole.folder, lock=False) as project:
        events = list(project.run(1).events())
    assert [m.decode_event(m.encode(event)) for event in events] == events
    assert all(msgspec.structs.asdict(event)["job"] == 0 for event in events)
