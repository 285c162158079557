"""From a recipe to stages as they will be run: batch sizes resolved, batches counted. Must not import Qt."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from studio.engine import building, device, memory, offers, randomness
from studio.engine.batch_size import SMALLEST, Choice, choose, ticks
from studio.engine.memory import Room, StepCost
from studio.engine.messages import Notice, Offer, StageEstimate, StagePlan
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
        return planned(stage, index, size, self.batches(recipe, dataset, stage, size))

    def batches(self, recipe: Recipe, dataset: Dataset, stage: Stage, size: int) -> int:
        """Batches of an epoch; the last short one is dropped. A problem whose batches hold no items counts its own."""
        own = getattr(self._project.problem.part("data"), "batches", None)
        if own is None:
            return len(dataset.train()) // size
        return int(own(dataset, recipe, stage, size, self._project.data_root))

    def _lowered(self, asked: int, n_train: int) -> int:
        if asked <= n_train:
            return asked
        text = f"There are only {n_train} items to train on: the batch size was lowered from {asked} to {n_train}."
        self._emit(Notice(level="warning", text=text))
        return n_train

    def _choice(self, recipe: Recipe, dataset: Dataset, stage: Stage, room: Room) -> Choice:
        cost, parts = self._cost(recipe, dataset, stage), stage.accumulate

        def fits(size: int) -> bool:
            return cost.mib(size, parts) <= room.limit

        return choose(len(dataset.train()), fits, self._project.problem.usual_batch)

    def _estimate(self, recipe: Recipe, dataset: Dataset, index: int, room: Room) -> StageEstimate:
        stage, n_train = recipe.training.stages[index], len(dataset.train())
        cost, parts = self._cost(recipe, dataset, stage), stage.accumulate
        if stage.batch_size == "auto":
            choice = self._choice(recipe, dataset, stage, room)
        else:
            asked = min(n_train, stage.batch_size)
            choice = Choice(asked, "Set in the recipe.", cost.mib(asked, parts) <= room.limit)
        return StageEstimate(
            stage=index,
            chosen=choice.batch_size,
            memory_mib=round(cost.mib(choice.batch_size, parts), 1),
            ticks=ticks(
                n_train,
                lambda size: cost.mib(size, parts),
                room.limit,
                lambda size: self.batches(recipe, dataset, stage, size),
            ),
            reason=choice.reason,
            fits=choice.fits,
            valid_mib=round(cost.valid_mib(choice.batch_size, parts), 1),
            floor_mib=round(cost.floor_mib(), 1),
            accumulate=parts,
            how=cost.how,
            offers=() if choice.fits else self._offers(recipe, dataset, stage, choice.batch_size, room),
        )

    def _offers(
        self, recipe: Recipe, dataset: Dataset, stage: Stage, batch_size: int, room: Room
    ) -> tuple[Offer, ...]:
        """Ways out where a stage does not fit."""
        where = device.current()
        tight = offers.Tight(
            self._project.problem,
            recipe,
            stage,
            batch_size,
            room.limit,
            lambda changed, its: self._cost(changed, dataset, its),
            where.type == "cuda" and device.precision_on(recipe.training.precision, where) == "fp32",
        )
        return offers.offers(tight)

    def foretold(self, recipe: Recipe, dataset: Dataset, plan: StagePlan) -> float | None:
        """Predicted memory of a planned stage in MiB, where it was measured before; nothing is measured for it."""
        stage = msgspec.structs.replace(recipe.training.stages[plan.index], accumulate=plan.accumulate)
        cost = self._costs.get(self._key(recipe, dataset, stage))
        return None if cost is None else cost.mib(plan.batch_size, plan.accumulate)

    def _key(self, recipe: Recipe, dataset: Dataset, stage: Stage) -> str:
        """What the memory depends on."""
        frozen = (stage.part, stage.freeze, stage.freeze_to)
        training = (recipe.training.precision, recipe.training.exact, stage.accumulate > 1)
        return _digest([recipe.problem, recipe.options, stage.size, frozen, training, dataset.classes])

    def _cost(self, recipe: Recipe, dataset: Dataset, stage: Stage) -> StepCost:
        """Measured once for each network, size, precision and freezing; no random state is touched."""
        key = self._key(recipe, dataset, stage)
        if key not in self._costs:
            with randomness.undisturbed(), tempfile.TemporaryDirectory(prefix="thaw-") as folder:
                self._costs[key] = self._measured(recipe, dataset, stage, Path(folder))
            building.collect()
        return self._costs[key]

    def _measured(self, recipe: Recipe, dataset: Dataset, stage: Stage, folder: Path) -> StepCost:
        problem, root, where = self._project.problem, self._project.data_root, device.current()
        recipe = building.blank(problem, recipe)
        size = min(SMALLEST, len(dataset.train()))
        learner = building.learner_for(problem, dataset, recipe, stage, size, root, folder)
        building.freeze(learner, stage)
        precision = device.precision_on(recipe.training.precision, where)
        cost = memory.measure(learner, precision, where.type, stage.accumulate > 1)
        building.release(learner)
        return cost


def planned(
    stage: Stage, index: int, size: int, batches: int, accumulate: int = 0, until: int | None = None
) -> StagePlan:
    """A stage as it will be run with so many batches of `size` an epoch, in the recipe's parts or in `accumulate`.

    `until` cuts it short after so many epochs.
    """
    return StagePlan(
        index=index,
        freeze=stage.freeze,
        epochs=stage.epochs,
        size=stage.size,
        batch_size=size,
        batches=batches,
        lr_min=stage.lr.min,
        lr_max=stage.lr.max,
        freeze_to=stage.freeze_to,
        part=stage.part,
        accumulate=accumulate or stage.accumulate,
        until=until,
        schedule=stage.schedule,
    )


def fingerprint(dataset: Dataset) -> str:
    """Changes whenever a run would train or judge with anything else (file contents aside)."""
    return _digest([dataset.items, dataset.classes])


def _digest(value: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()
