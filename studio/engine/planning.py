"""From a recipe to stages as they will be run: batch sizes resolved, batches counted. Must not import Qt."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from studio.engine import building, memory, randomness
from studio.engine.batch_size import Choice, choose, ticks
from studio.engine.memory import Room, StepCost
from studio.engine.messages import Notice, StageEstimate, StagePlan
from studio.engine.story import Emit
from studio.problems.base import Dataset
from studio.project import Project
from studio.recipe.schema import Recipe, Stage


class Planner:
    """Resolves the stages of one project's recipe; measures each network once.

    Parameters
    ----------
    emit : callable
        Told where a batch size had to be lowered.
    """

    def __init__(self, project: Project, emit: Emit) -> None:
        self._project, self._emit = project, emit
        self._costs: dict[str, StepCost] = {}

    def plans(self, recipe: Recipe, dataset: Dataset, indices: tuple[int, ...]) -> tuple[StagePlan, ...]:
        """Plan the stages named by `indices`."""
        return tuple(self._plan(recipe, dataset, index) for index in indices)

    def estimates(self, recipe: Recipe, dataset: Dataset, room: Room) -> tuple[StageEstimate, ...]:
        """Foretell memory against batch size for every stage."""
        return tuple(self._estimate(recipe, dataset, i, room) for i in range(len(recipe.training.stages)))

    def batch_size(self, recipe: Recipe, dataset: Dataset, stage: Stage) -> int:
        """The batch that a stage will be run with."""
        n_train = len(dataset.train())
        if stage.batch_size != "auto":
            return self._lowered(stage.batch_size, n_train)
        return self._choice(recipe, dataset, stage, memory.room()).batch_size

    def _plan(self, recipe: Recipe, dataset: Dataset, index: int) -> StagePlan:
        stage = recipe.training.stages[index]
        size = self.batch_size(recipe, dataset, stage)
        return planned(stage, index, size, len(dataset.train()))

    def _lowered(self, asked: int, n_train: int) -> int:
        if asked <= n_train:
            return asked
        text = f"There are only {n_train} items to train on: the batch size was lowered from {asked} to {n_train}."
        self._emit(Notice(level="warning", text=text))
        return n_train

    def _choice(self, recipe: Recipe, dataset: Dataset, stage: Stage, room: Room) -> Choice:
        cost = self._cost(recipe, dataset, stage)
        return choose(
            len(dataset.train()), lambda size: cost.mib(size) <= room.limit, self._project.problem.usual_batch
        )

    def _estimate(self, recipe: Recipe, dataset: Dataset, index: int, room: Room) -> StageEstimate:
        stage, n_train = recipe.training.stages[index], len(dataset.train())
        cost = self._cost(recipe, dataset, stage)
        if stage.batch_size == "auto":
            choice = self._choice(recipe, dataset, stage, room)
        else:
            choice = Choice(min(n_train, stage.batch_size), "Set in the recipe.")
        return StageEstimate(
            stage=index,
            chosen=choice.batch_size,
            memory_mib=round(cost.mib(choice.batch_size), 1),
            ticks=ticks(n_train, cost.mib, room.limit),
            reason=choice.reason,
        )

    def _cost(self, recipe: Recipe, dataset: Dataset, stage: Stage) -> StepCost:
        """Measured once for each network, size and freezing; no random state is touched."""
        key = _digest([recipe.problem, recipe.options, stage.size, stage.freeze, dataset.classes])
        if key not in self._costs:
            with randomness.undisturbed(), tempfile.TemporaryDirectory(prefix="thaw-") as folder:
                self._costs[key] = self._measured(recipe, dataset, stage, Path(folder))
            building.collect()
        return self._costs[key]

    def _measured(self, recipe: Recipe, dataset: Dataset, stage: Stage, folder: Path) -> StepCost:
        problem, root = self._project.problem, self._project.data_root
        recipe = building.blank(problem, recipe)
        size = min(memory.SMALL[1], len(dataset.train()))
        learner = building.learner_for(problem, dataset, recipe, stage, size, root, folder)
        building.freeze(learner, stage)
        cost = memory.measure(learner)
        building.release(learner)
        return cost


def planned(stage: Stage, index: int, size: int, n_train: int) -> StagePlan:
    """A stage as it will be run with batches of `size`; the last short batch of an epoch is dropped."""
    return StagePlan(
        index=index,
        freeze=stage.freeze,
        epochs=stage.epochs,
        size=stage.size,
        batch_size=size,
        batches=n_train // size,
        lr_min=stage.lr.min,
        lr_max=stage.lr.max,
    )


def fingerprint(dataset: Dataset) -> str:
    """Changes whenever a run would train or judge with anything else (file contents aside)."""
    return _digest([dataset.items, dataset.classes])


def _digest(value: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()
