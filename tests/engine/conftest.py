"""A toy project, sessions on it, and what they told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from studio.engine.control import Control
from studio.engine.messages import Event
from studio.project import Project
from studio.recipe.schema import Data, Recipe, Training
from tests.engine import toy_problem

Hook = Callable[[Event], None]


class Told:
    """Collects events; `on` reacts to each."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.on: Hook | None = None

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        if self.on is not None:
            self.on(event)

    def of(self, kind: type) -> list[Any]:
        """Events of one type, in order."""
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture(autouse=True)
def clouds() -> Iterator[None]:
    """The studio knows the toy problem."""
    with toy_problem.registered():
        yield


def recipe(**changes: Any) -> Recipe:
    """A recipe of 60 points in two stages of two epochs, six batches each; `changes` go to its options."""
    return Recipe(
        problem="toy_clouds",
        name="clouds",
        data=Data(root="../data"),
        training=Training(stages=toy_problem.stages(toy_problem.Options())),
        options=changes,
    )


def with_stages(given: Recipe, **changes: Any) -> Recipe:
    """The recipe with fields of every stage changed."""
    stages = tuple(msgspec.structs.replace(stage, **changes) for stage in given.training.stages)
    return msgspec.structs.replace(given, training=msgspec.structs.replace(given.training, stages=stages))


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Project]]:
    """Makes projects beside a data folder."""
    (tmp_path / "data").mkdir()
    made: list[Project] = []

    def create(given: Recipe | None = None, name: str = "clouds.thaw") -> Project:
        made.append(Project.create(tmp_path / name, given or recipe()))
        return made[-1]

    yield create
    for project in made:
        project.close()


@pytest.fixture
def told() -> Told:
    """What a session tells."""
    return Told()


@pytest.fixture
def control() -> Control:
    """The flags of the job under test."""
    return Control()
