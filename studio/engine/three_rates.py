"""Ten times less, ten times more: the beginning of a stage three times, on the same weights and the same batches.

Each fit has the shape of fastai's one-cycle, pressed into a few steps, so that the three can be compared where they
end. As with the finder, nothing is changed and nothing is written. Must not import Qt.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from fastai.callback.core import CancelFitException, CancelValidException
from fastai.callback.schedule import ParamScheduler, combined_cos

from studio.engine.callbacks.tell import MESSAGE_S, number
from studio.engine.control import Control
from studio.engine.lr_finder import DIVERGED
from studio.engine.messages import Event, Progress, TrialPoints
from studio.engine.snapshot import Bookmark
from studio.engine.verdict import FACTORS, scaled
from studio.recipe.schema import Rate

MOST_STEPS, FEWEST_STEPS = 60, 20
WARM_UP, FIRST_DIVISOR, LAST_DIVISOR = 0.25, 25.0, 1e5  # those of fastai's fit_one_cycle

Emit = Callable[[Event], None]


@dataclass
class Trial:
    """One short fit: the loss of every step, and whether it shot up."""

    losses: list[float | None] = field(default_factory=list)
    shot_up: bool = False


def steps_for(batches: int) -> int:
    """One epoch, but neither fewer steps than can be read nor more than are needed."""
    return max(FEWEST_STEPS, min(MOST_STEPS, batches))


def compare(learner: Any, stage: int, rate: Rate, emit: Emit, control: Control) -> tuple[Trial, ...]:
    """Fit three times from the same start, and leave the learner exactly as it was.

    Raises
    ------
    Cancelled
        Where `control` says so.
    """
    steps = steps_for(len(learner.dls.train))
    start, watch = Bookmark(learner), Watch(stage, steps, emit, control)
    trials = []
    for index, factor in enumerate(FACTORS):
        try:
            trials.append(_fit(learner, scaled(rate, factor), index, watch))
        finally:
            start.go_back()
        control.check()
    return tuple(trials)


def _fit(learner: Any, rate: Rate, index: int, watch: Watch) -> Trial:
    learner.opt.set_hyper("lr", slice(rate.min, rate.max))
    highest = np.array([hyper["lr"] for hyper in learner.opt.hypers])
    schedules = {
        "lr": combined_cos(WARM_UP, highest / FIRST_DIVISOR, highest, highest / LAST_DIVISOR),
        "mom": combined_cos(WARM_UP, *learner.moms),
    }
    short = Short(schedules, index, watch)
    with learner.no_logging():
        learner.fit(watch.steps // len(learner.dls.train) + 1, cbs=short)
    short.send()
    return short.trial


class Watch:
    """What the three fits share: whom they tell, and how long the rest will take."""

    def __init__(self, stage: int, steps: int, emit: Emit, control: Control) -> None:
        self.stage, self.steps, self.emit, self.control = stage, steps, emit, control
        self._began_s, self._done = time.monotonic(), 0

    def tell(self, index: int, losses: Sequence[float | None]) -> None:
        """Send points of a fit."""
        self.emit(TrialPoints(stage=self.stage, trial=index, steps=self.steps, losses=tuple(losses)))
        self._done += len(losses)
        passed = index * self.steps  # a fit that shot up ended early: its other steps need no time
        spent_s = time.monotonic() - self._began_s
        total = len(FACTORS) * self.steps
        left = total - max(self._done, passed)
        self.emit(
            Progress(
                text="Trying three rates",
                done=total - left,
                total=total,
                seconds_left=left * spent_s / self._done,
            )
        )


class Short(ParamScheduler):
    """A one-cycle of a given number of steps that ends early where the loss shoots up."""

    def __init__(self, schedules: dict[str, Any], index: int, watch: Watch) -> None:
        super().__init__(schedules)
        self.place, self.watch, self.trial = index, watch, Trial()
        self.best, self.sent, self.last_s = math.inf, 0, -math.inf

    def before_batch(self) -> None:
        """Set rate and momentum."""
        self._update_val(self.train_iter / self.watch.steps)

    def after_batch(self) -> None:
        """Note the loss; end where it is broken or enough."""
        super().after_batch()
        self.trial.losses.append(number(self.learn.loss))
        average = float(self.learn.smooth_loss)
        self.best = min(self.best, average) if math.isfinite(average) else self.best
        self.trial.shot_up = not math.isfinite(average) or average > DIVERGED * self.best
        if time.monotonic() - self.last_s >= MESSAGE_S:
            self.send()
        enough = self.train_iter >= self.watch.steps
        if self.trial.shot_up or enough or self.watch.control.cancelled:
            raise CancelFitException

    def before_validate(self) -> None:
        """Only training batches are compared: all three see the same ones."""
        raise CancelValidException

    def send(self) -> None:
        """Send the losses that were not sent yet."""
        fresh = self.trial.losses[self.sent :]
        self.sent, self.last_s = len(self.trial.losses), time.monotonic()
        if fresh:
            self.watch.tell(self.place, fresh)
