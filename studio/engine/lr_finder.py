"""The learning-rate finder: fastai's curve to the bit, live, and nothing is changed by it.

A hundred batches are trained at rates that grow from 1e-7 to 10. Weights, moments and every random state are put
back, also when it is cancelled or breaks. Nothing is written to disk. Must not import Qt.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastai.callback.core import CancelFitException, CancelValidException
from fastai.callback.schedule import ParamScheduler, SchedExp

from studio.engine.callbacks.tell import MESSAGE_S, number
from studio.engine.control import Control
from studio.engine.messages import Event, Progress, RatePoints
from studio.engine.rates import POINTS
from studio.engine.snapshot import Bookmark

FIRST_LR, LAST_LR = 1e-7, 10.0
DIVERGED = 4.0

Emit = Callable[[Event], None]


@dataclass
class Curve:
    """The finder's curve: rates, raw losses, and fastai's moving average of them."""

    lrs: list[float] = field(default_factory=list)
    losses: list[float | None] = field(default_factory=list)
    smooth: list[float | None] = field(default_factory=list)


def sweep(learner: Any, stage: int, emit: Emit, control: Control) -> Curve:
    """Run the finder on a learner that is ready to fit, and leave it exactly as it was.

    Raises
    ------
    Cancelled
        Where `control` says so.
    """
    before = Bookmark(learner)
    search = Sweep(stage, emit, control)
    try:
        with learner.no_logging():
            learner.fit(POINTS // len(learner.dls.train) + 1, cbs=search)
    finally:
        before.go_back()
    search.send()
    control.check()
    return search.curve


class Sweep(ParamScheduler):
    """Raises the rate with every batch, notes the loss, ends when it diverges."""

    def __init__(self, stage: int, emit: Emit, control: Control) -> None:
        super().__init__({"lr": SchedExp(FIRST_LR, LAST_LR)})
        self.stage_index, self.emit, self.control = stage, emit, control
        self.curve = Curve()
        self.best, self.sent, self.last_s = math.inf, 0, -math.inf
        self.began_s = time.monotonic()

    def before_batch(self) -> None:
        """Set the rate."""
        self._update_val(self.train_iter / POINTS)

    def after_batch(self) -> None:
        """Note the point; end where there is nothing more to learn."""
        super().after_batch()
        self._note()
        average = self.learn.smooth_loss
        self.best = min(self.best, float(average)) if math.isfinite(float(average)) else self.best
        broken = not math.isfinite(float(average))
        diverged = float(average) > DIVERGED * self.best
        if broken or diverged or self.train_iter >= POINTS or self.control.cancelled:
            raise CancelFitException

    def before_validate(self) -> None:
        """The finder never validates."""
        raise CancelValidException

    def send(self) -> None:
        """Send the points that were not sent yet."""
        curve, first = self.curve, self.sent
        if first == len(curve.lrs):
            return
        self.sent, self.last_s = len(curve.lrs), time.monotonic()
        self.emit(
            RatePoints(
                stage=self.stage_index,
                lrs=tuple(curve.lrs[first:]),
                losses=tuple(curve.losses[first:]),
                smooth=tuple(curve.smooth[first:]),
            )
        )
        self.emit(
            Progress(text="Trying rates", done=self.sent, total=POINTS, seconds_left=self._seconds_left())
        )

    def _seconds_left(self) -> float:
        """At most: a curve that diverges ends early."""
        return (POINTS - self.sent) * (time.monotonic() - self.began_s) / self.sent

    def _note(self) -> None:
        self.curve.lrs.append(float(self.learn.opt.hypers[-1]["lr"]))
        self.curve.losses.append(number(self.learn.loss))
        self.curve.smooth.append(number(self.learn.smooth_loss))
        if time.monotonic() - self.last_s >= MESSAGE_S:
            self.send()
