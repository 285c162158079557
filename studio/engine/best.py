"""Which epoch of a run is the best one, whether its weights are kept, and when a stage has waited long enough.

What is best is known by what a checkpoint says and by a file named after the step, in the run's own folder: a run that
was killed, resumed or repeated never takes another one's weights for its best. Must not import Qt or fastai.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from studio.engine import outcome
from studio.engine.checkpoint import Tensors, best_path
from studio.engine.messages import ModelOf
from studio.engine.place import Place
from studio.problems.base import Problem
from studio.problems.watching import watched
from studio.recipe.schema import Stage, Training


class Best:
    """The judge of one run's epochs.

    Attributes
    ----------
    is_watching : bool
        False where nothing is to be kept or stopped, so that nothing is looked at.
    """

    def __init__(
        self, training: Training, problem: Problem[Any], metrics: Sequence[str], folder: Path
    ) -> None:
        self.patience, self.keeps, self.least = (
            training.early_stopping,
            training.keep_best,
            training.min_delta,
        )
        self.is_watching = bool(metrics) and (self.keeps or self.patience > 0)
        self.monitor, self._is_up = watched(training.monitor, problem, metrics)
        self._folder = folder

    def improves(self, value: float | None, place: Place) -> bool:
        """Whether an epoch with this value would be the best one; what is no number never is."""
        if value is None:
            return False
        if place.best is None or place.best.value is None:
            return True
        gain = value - place.best.value if self._is_up else place.best.value - value
        return gain > self.least

    def note(self, values: Mapping[str, float | None], epoch: int, weights: Tensors, place: Place) -> bool:
        """Take the epoch down where it is the best one, else count it; return whether it is.

        Raises
        ------
        UserError
            Where its weights could not be written: it then counts as no better.
        """
        value = values.get(self.monitor)
        place.waited += 1
        if value is None or not self.improves(value, place):
            return False
        if self.keeps:
            outcome.save_model(best_path(self._folder, place.step), weights)
        place.best, place.waited = ModelOf(place.plan.index, epoch, place.step, self.monitor, value), 0
        return True

    def is_enough(self, place: Place) -> bool:
        """Whether the stage has gone on for long enough without a better epoch."""
        return 0 < self.patience <= place.waited

    def weights(self, place: Place, own: Tensors) -> tuple[Tensors, ModelOf]:
        """The weights that a stage leaves, and whose they are: the best epoch's where that is kept, else its own."""
        best = place.best
        last = ModelOf(place.plan.index, place.epoch - (0 if place.batch else 1), place.step)
        if not self.keeps or best is None:
            return own, last
        return own if best.step == place.step else outcome.read_model(
            best_path(self._folder, best.step)
        ), best


def is_comparable(one: Stage, other: Stage) -> bool:
    """Whether the scores of two stages are of the same thing: pictures of one size, one part of the plan."""
    return one.size == other.size and getattr(one, "part", None) == getattr(other, "part", None)
