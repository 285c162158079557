"""Photos and tables: a run that was left amid an epoch and resumed ends bit for bit like one that was not.

`tests/faults` kills runs of every type at many more moments; this is what every commit can afford.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.engine import messages as m
from studio.engine.callbacks.stop import Stop
from studio.engine.control import Control
from studio.engine.session import Session
from studio.project import Project
from tests.problems import made

QUICK = ("multi_label", "key_points")
PHOTOS = [
    pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow])
    for name in (*QUICK, "image_classification", "segmentation", "image_regression")
]


def left_and_resumed(project: Project) -> tuple[int, int]:
    """Train, leave after the first batch of the thawed stage, and go on: the batches done by then, and before it."""
    control, began, resumed = Control(), list[int](), list[int]()

    def leave(event: m.Event) -> None:
        if isinstance(event, m.StageStarted) and event.stage == 1:
            began.append(event.step)
        if isinstance(event, m.Batches) and event.stage == 1:
            control.leave()

    def told(event: m.Event) -> None:
        if isinstance(event, m.RunStarted):
            resumed.append(event.resumed_step)

    assert Session(project, leave, control).train().status == "interrupted"
    assert Session(project, told, Control()).train(resume=1).status == "finished"
    return resumed[0], began[0]


@pytest.mark.parametrize("name", PHOTOS)
def test_a_run_that_was_left_goes_on_as_if_nothing_had_happened(name: str, tmp_path: Path) -> None:
    with made.project(name, tmp_path / "whole") as project:
        whole = Session(project, lambda event: None, Control()).train()
        wanted, epochs = project.run(1).model_path.read_bytes(), epochs_of(project)
    with made.project(name, tmp_path / "left") as project:
        at, began = left_and_resumed(project)
        assert began < at < len(batches_of(project))
        assert project.run(1).model_path.read_bytes() == wanted
        assert epochs_of(project) == epochs
        assert project.run(1).record().metrics == whole.metrics


def batches_of(project: Project) -> list[float | None]:
    """The losses of a run, batch for batch."""
    return [loss for e in project.run(1).events() if isinstance(e, m.Batches) for loss in e.losses]


def epochs_of(project: Project) -> list[tuple[object, ...]]:
    """What a run says of its epochs, but for their time."""
    return [
        (e.stage, e.epoch, e.train_loss, e.valid_loss, e.metrics)
        for e in project.run(1).events()
        if isinstance(e, m.EpochDone)
    ]


def test_a_table_left_after_any_batch_goes_on_as_if_nothing_had_happened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with made.project("tabular", tmp_path / "whole") as project:
        Session(project, lambda event: None, Control()).train()
        wanted, losses, epochs = (
            project.run(1).model_path.read_bytes(),
            batches_of(project),
            epochs_of(project),
        )
    for last in range(1, len(losses)):
        with made.project("tabular", tmp_path / str(last)) as project:
            leave_after(project, last, monkeypatch)
            assert Session(project, lambda event: None, Control()).train(resume=1).status == "finished"
            assert batches_of(project) == losses, last
            assert epochs_of(project) == epochs, last
            assert project.run(1).model_path.read_bytes() == wanted, last


def leave_after(project: Project, last: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Train so many batches and leave, as a window that is closed does."""
    control, done, looked = Control(), list[int](), Stop.after_batch

    def count(self: Stop) -> None:
        if self.learn.training:
            done.append(1)
        if len(done) == last:
            control.leave()
        looked(self)

    with monkeypatch.context() as patched:
        patched.setattr(Stop, "after_batch", count)
        assert Session(project, lambda event: None, control).train().status == "interrupted"
    assert len(batches_of(project)) == last
