"""The trainings behind a learning curve: nested parts of the training items, one validation set, only scores kept.

Every part is trained for as many steps as the whole, so that the points differ by their data and not by how long they
learned. A point that is done is kept in the project's `curve.json` at once: cancelled or killed, the next call goes on.
Must not import Qt.
"""

from __future__ import annotations

import hashlib
import math
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from fastai.callback.core import Callback, CancelFitException
from msgspec import Struct

from studio.engine import building, fitting, learning_curve, outcome, randomness
from studio.engine.callbacks.unjudged import Unjudged
from studio.engine.control import Control
from studio.engine.messages import CurveFound, CurvePoint, CurvePointDone, CurveStarted, StagePlan
from studio.engine.planning import fingerprint
from studio.engine.story import Emit
from studio.errors import UserError
from studio.problems.base import Dataset, Item, in_words
from studio.project import Project
from studio.project.atomic import write_bytes
from studio.recipe.schema import Recipe

NAME = "curve.json"
SHARES = (1 / 8, 1 / 4, 1 / 2, 1.0)
FEWEST_ITEMS = 8
QUICK_EPOCHS = 3


class Kept(Struct, frozen=True):
    """The file: `key` says of which data and recipe the points are."""

    key: str
    found: CurveFound


class Steps(Callback):
    """Ends a fit when it is cancelled."""

    order = 90

    def __init__(self, control: Control) -> None:
        super().__init__()
        self.control = control

    def after_batch(self) -> None:
        """Look at the flag."""
        if self.control.cancelled:
            raise CancelFitException


def subset(dataset: Dataset, share: float, seed: int) -> Dataset:
    """A part of the training items, each class by its share, and all for validation; larger parts hold the smaller."""
    wanted = math.ceil(share * len(dataset.train()))
    kept = {item.key for item in _ranked(dataset.train(), seed)[:wanted]}
    items = tuple(item for item in dataset.items if item.valid or item.key in kept)
    return Dataset(items, dataset.classes, dataset.left_out, dataset.groups)


def _ranked(items: Sequence[Item], seed: int) -> list[Item]:
    """Shuffled so that every beginning has each class by its share; numbers count as one class."""
    drawn = random.Random(seed).sample(list(items), len(items))
    names = [in_words(item.target) if isinstance(item.target, str | list | tuple) else "" for item in drawn]
    total, seen = Counter(names), Counter[str]()
    places: list[tuple[float, int, Item]] = []
    for at, (name, item) in enumerate(zip(names, drawn, strict=True)):
        places.append(((seen[name] + 0.5) / total[name], at, item))
        seen[name] += 1
    return [item for _, _, item in sorted(places, key=lambda place: place[:2])]


class Curve:
    """One learning curve of a project.

    Parameters
    ----------
    plans : tuple of StagePlan
        The recipe's stages as they would be run on all items.
    is_quick : bool
        Train the first stage alone, for a few epochs; of several networks that of the last one.
    """

    def __init__(
        self,
        project: Project,
        dataset: Dataset,
        plans: tuple[StagePlan, ...],
        is_quick: bool,
        emit: Emit,
        control: Control,
    ) -> None:
        self._project, self._dataset, self._emit, self._control = project, dataset, emit, control
        self._recipe = project.recipe
        last = [plan for plan in plans if plan.part == plans[-1].part]
        self._plans = tuple(last[:1]) if is_quick else plans
        self._is_quick = is_quick
        names = building.metric_names(project.problem, dataset, self._recipe)
        self._metric, self._is_up = project.problem.judged_by(names)
        self._path = project.folder / NAME

    def run(self, seeds: int) -> CurveFound:
        """Train what is missing, tell each point, and say what they mean.

        Raises
        ------
        UserError
            Where there are too few items for parts of them.
        Cancelled
            Where a person stopped it; the points that are done are kept.
        """
        if len(self._dataset.train()) * SHARES[0] < FEWEST_ITEMS:
            fewest = math.ceil(FEWEST_ITEMS / SHARES[0])
            raise UserError(
                f"A learning curve needs {fewest} training items or more; there are {len(self._dataset.train())}.",
                "Collect more: with so few, more data is nearly always better.",
            )
        wanted = [(share, self._recipe.seed + n) for n in range(seeds) for share in SHARES]
        points = [p for p in self._kept() if (p.share, p.seed) in wanted]
        self._emit(self._started(wanted, points))
        for share, seed in wanted:
            if any((p.share, p.seed) == (share, seed) for p in points):
                continue
            points.append(self._point(share, seed))
            self._keep(self._found(points))
            self._emit(CurvePointDone(point=points[-1]))
        found = self._found(points)
        self._keep(found)
        self._emit(found)
        return found

    def _started(self, wanted: Sequence[tuple[float, int]], points: Sequence[CurvePoint]) -> CurveStarted:
        n_train = len(self._dataset.train())
        return CurveStarted(
            metric=self._metric,
            is_up=self._is_up,
            shares=SHARES,
            items=tuple(math.ceil(share * n_train) for share in SHARES),
            seeds=tuple(dict.fromkeys(seed for _, seed in wanted)),
            points=tuple(points),
        )

    def _found(self, points: Sequence[CurvePoint]) -> CurveFound:
        ordered = sorted(points, key=lambda p: (p.items, p.seed))
        n_valid = len(self._dataset.valid())
        fit, sentence = learning_curve.extrapolated(ordered, self._metric, self._is_up, n_valid)
        return CurveFound(
            metric=self._metric,
            is_up=self._is_up,
            points=tuple(ordered),
            fit=fit,
            sentence=sentence,
            plan="quick" if self._is_quick else "full",
            made=datetime.now().astimezone().isoformat(timespec="seconds"),
        )

    def _point(self, share: float, seed: int) -> CurvePoint:
        """Train on a part from a seed and judge on the whole validation set."""
        began = time.monotonic()
        part = subset(self._dataset, share, self._recipe.seed)
        recipe = msgspec.structs.replace(self._recipe, seed=seed)
        with randomness.undisturbed(), tempfile.TemporaryDirectory(prefix="thaw-") as folder:
            metrics = self._trained(recipe, part, Path(folder))
        return CurvePoint(
            share=share,
            items=len(part.train()),
            seed=seed,
            score=metrics.get(self._metric),
            valid_loss=metrics.get("valid_loss"),
            seconds=time.monotonic() - began,
        )

    def _trained(self, recipe: Recipe, part: Dataset, folder: Path) -> dict[str, float | None]:
        weights: dict[str, Any] = {}
        metrics: dict[str, float | None] = {}
        for plan in self._plans:
            learner = self._learner(recipe, part, plan, folder, weights)
            metrics = outcome.validated(learner) if plan is self._plans[-1] else {}
            weights = outcome.weights_of(learner)
            building.release(learner)
        return metrics

    def _learner(
        self, recipe: Recipe, part: Dataset, plan: StagePlan, folder: Path, weights: dict[str, Any]
    ) -> Any:
        """A stage's learner, trained."""
        problem, stage = self._project.problem, recipe.training.stages[plan.index]
        randomness.seed(recipe.seed + plan.index)
        given = building.blank(problem, recipe) if weights else recipe
        size = self._batch_size(plan)
        learner = building.learner_for(problem, part, given, stage, size, self._project.data_root, folder)
        if weights:
            building.take_over(problem, learner, weights)
        randomness.seed(recipe.seed + plan.index)
        building.freeze(learner, stage)
        callbacks = [Unjudged(), Steps(self._control)]
        epochs = self._epochs(plan, len(learner.dls.train))
        fitting.fit(
            learner, stage.schedule, epochs, building.rate(stage), recipe.training.weight_decay, callbacks
        )
        self._control.check()
        return learner

    def _batch_size(self, plan: StagePlan) -> int:
        """The same for all parts: the smallest has two batches at least."""
        return max(2, min(plan.batch_size, math.ceil(len(self._dataset.train()) * SHARES[0]) // 2))

    def _epochs(self, plan: StagePlan, batches: int) -> int:
        """As many as take the part through the steps of the whole."""
        epochs = min(plan.epochs, QUICK_EPOCHS) if self._is_quick else plan.epochs
        whole = epochs * (len(self._dataset.train()) // self._batch_size(plan))
        return max(1, math.ceil(whole / batches))

    def _key(self) -> str:
        """Of everything that the points depend on."""
        recipe = msgspec.structs.replace(self._recipe, name="")
        told = [recipe, fingerprint(self._dataset), self._plans]
        return hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()

    def _kept(self) -> tuple[CurvePoint, ...]:
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=Kept)
        except (OSError, msgspec.DecodeError):
            return ()
        return kept.found.points if kept.key == self._key() else ()

    def _keep(self, found: CurveFound) -> None:
        if not self._project.read_only:
            write_bytes(self._path, msgspec.json.encode(Kept(self._key(), found)))


def kept(folder: Path) -> CurveFound | None:
    """Read the newest curve of a project folder; None where there is none."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=Kept).found
    except (OSError, msgspec.DecodeError):
        return None
