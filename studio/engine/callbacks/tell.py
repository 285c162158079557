"""Turns what happens in a fit into events, joined so that the window never gets more than it can draw."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from fastai.callback.core import Callback

from studio.engine.messages import Batches, EpochDone, Event, RunState
from studio.engine.pace import Pace
from studio.engine.place import Place

MESSAGE_S = 1 / 20
SKIPPED_NAMES = ("epoch", "train_loss", "valid_loss", "time")


class Tell(Callback):
    """Emits `Batches`, `EpochDone` and the states "training" and "validating". Floats only, never a tensor."""

    order = 70

    def __init__(self, run: int, place: Place, pace: Pace, emit: Callable[[Event], None]) -> None:
        super().__init__()
        self.run_number, self.place, self.pace, self.emit = run, place, pace, emit
        self.pending: list[tuple[torch.Tensor, torch.Tensor, float, float]] = []
        self.last_s = -math.inf
        self.epoch_s = time.monotonic()
        self.announced = ""
        self.last_epoch: EpochDone | None = None

    def before_train(self) -> None:
        """An epoch begins."""
        self.epoch_s = time.monotonic()
        self.pace.restart()
        self._announce("training")

    def after_batch(self) -> None:
        """Note the batch; send what is noted when the last message is old enough."""
        if not self.learn.training or self.place.skipping:
            return
        self.pace.batch()
        hyper = self.learn.opt.hypers[-1]
        loss, smooth = self.learn.loss.detach(), self.learn.recorder.losses[-1]
        self.pending.append((loss, smooth, float(hyper["lr"]), float(hyper.get("mom", 0.0))))
        if time.monotonic() - self.last_s >= MESSAGE_S:
            self.flush()

    def before_validate(self) -> None:
        """Validation begins."""
        self.flush()
        self.pace.restart()
        if self.pace.is_validation_long():
            self._announce("validating")

    def after_validate(self) -> None:
        """Validation is over."""
        self.pace.validation()

    def after_epoch(self) -> None:
        """Tell the epoch's losses and metrics."""
        values = self.learn.recorder.values
        if values and len(values[-1]) and not self.place.skipping:
            named = zip(self.learn.recorder.metric_names[1:], values[-1], strict=False)
            self.last_epoch = self._epoch(dict(named))
            self.emit(self.last_epoch)

    def after_fit(self) -> None:
        """Send what is left."""
        self.flush()

    def flush(self) -> None:
        """Send the batches noted so far."""
        if not self.pending:
            return
        noted, averages, lrs, momentums = zip(*self.pending, strict=True)
        losses, smooth = numbers(noted), numbers(averages)
        first = self.place.step - len(self.pending)
        self.pending = []
        self.last_s = time.monotonic()
        self.emit(
            Batches(
                run=self.run_number,
                stage=self.place.plan.index,
                epoch=self.place.epoch,
                first=first,
                losses=losses,
                smooth=smooth,
                lrs=lrs,
                momentums=momentums,
                items_per_second=self.pace.items_per_second(),
                seconds_left=self.pace.seconds_left(self.place.epoch, self.place.batch),
            )
        )

    def _announce(self, state: str) -> None:
        if state != self.announced:
            self.announced = state
            self.emit(RunState(run=self.run_number, state=state))

    def _epoch(self, values: dict[str, Any]) -> EpochDone:
        return EpochDone(
            run=self.run_number,
            stage=self.place.plan.index,
            epoch=int(self.learn.epoch),
            step=self.place.step,
            train_loss=number(values.get("train_loss")),
            valid_loss=number(values.get("valid_loss")),
            metrics={name: number(v) for name, v in values.items() if name not in SKIPPED_NAMES},
            seconds=time.monotonic() - self.epoch_s,
        )


def numbers(values: Sequence[torch.Tensor]) -> tuple[float | None, ...]:
    """Plain floats as `number` gives them; a card is waited for once."""
    found = torch.stack([value.as_subclass(torch.Tensor).reshape(()) for value in values]).tolist()
    return tuple(value if math.isfinite(value) else None for value in found)


def number(value: Any) -> float | None:
    """A plain float, or None where there is none or it is not finite."""
    if value is None:
        return None
    plain = float(value.detach() if isinstance(value, torch.Tensor) else value)
    return plain if math.isfinite(plain) else None
