"""A photo that breaks in the middle of a run: replaced, told, and the run goes on; too many of them end it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.session import Session
from studio.errors import UserError
from studio.project import Project
from studio.recipe.schema import Rate, Stage
from tests.engine.conftest import Told
from tests.problems.pictures import photos, recipe

EPOCHS = 3
STAGES = (Stage(freeze=False, epochs=EPOCHS, size=32, batch_size=8, lr=Rate(max=1e-3)),)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = photos(tmp_path / "data", {"a": 30, "b": 30})
    return Project.create(tmp_path / "test.thaw", recipe(root, stages=STAGES, augment="none"))


def after_first_epoch(told: Told, action: Callable[[], object]) -> None:
    def react(event: m.Event) -> None:
        if isinstance(event, m.EpochDone) and event.epoch == 0:
            action()

    told.on = react


def test_the_run_goes_on_without_it_and_names_it(project: Project, tmp_path: Path) -> None:
    told, root = Told(), tmp_path / "data"

    def spoil() -> None:
        (root / "a" / "003.png").write_bytes(b"no picture any more")
        (root / "b" / "011.png").unlink()

    after_first_epoch(told, spoil)
    with project:
        done = Session(project, told, Control()).train()
    assert done.status == "finished"
    assert len({event.step for event in told.of(m.EpochDone)}) == EPOCHS
    words = " ".join(event.text for event in told.of(m.Notice))
    assert "a/003.png could not be read" in words and "b/011.png could not be read" in words


def test_a_drive_that_is_gone_ends_it_in_a_sentence(project: Project, tmp_path: Path) -> None:
    told, root = Told(), tmp_path / "data"
    after_first_epoch(told, lambda: root.rename(tmp_path / "elsewhere"))
    with project, pytest.raises(UserError, match="items can no longer be read"):
        Session(project, told, Control()).train()
    assert project.run(1).record().status == "failed"
