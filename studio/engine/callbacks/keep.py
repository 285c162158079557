"""Writes checkpoints: at every epoch's end, every few minutes, and when asked to."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import torch
from fastai.callback.core import Callback

from studio.engine import checkpoint, randomness, snapshot
from studio.engine.callbacks.follow import Follow, loaders
from studio.engine.callbacks.tell import Tell
from studio.engine.messages import Checkpointed, Event, Notice, RunState
from studio.engine.pace import Stopwatch
from studio.errors import UserError

ANNOUNCED_S = 0.3


class Keep(Callback):
    """Keeps the fit on disk; where the disk refuses, the fit goes on and the older checkpoint stays.

    Parameters
    ----------
    blank : State
        What every checkpoint of this stage has in common.
    every_s : float
        The longest time between two checkpoints, in seconds of the wall clock.
    """

    order = 80

    def __init__(
        self,
        folder: Path,
        follow: Follow,
        tell: Tell,
        blank: checkpoint.State,
        every_s: float,
        watch: Stopwatch,
    ) -> None:
        super().__init__()
        self.folder, self.following, self.telling = folder, follow, tell
        self.blank, self.every_s, self.watch = blank, every_s, watch
        self.last_s = time.monotonic()
        self.is_epoch_trained = False
        self.spent_s = 0.0

    def after_batch(self) -> None:
        """Write when the last checkpoint is too old."""
        due = time.monotonic() - self.last_s >= self.every_s
        if due and self.training and not self.following.place.skipping and self._is_sound():
            self.write()

    def _is_sound(self) -> bool:
        """Whether the batch's loss is a number: on a card nobody may have looked at it yet."""
        return bool(torch.isfinite(self.learn.loss.detach()).all())

    def after_train(self) -> None:
        """This epoch was not skipped."""
        self.is_epoch_trained = True

    def after_epoch(self) -> None:
        """Write at every epoch's end; the stage's last one is written as the beginning of the next stage."""
        is_last = self.learn.epoch + 1 == self.learn.n_epoch or self.following.place.is_over
        if self.is_epoch_trained and not is_last:
            self.write()
        self.is_epoch_trained = False

    def write(self) -> None:
        """Write a checkpoint of this very moment; what it holds is told first, so that no kill leaves a gap."""
        tell = self.telling
        tell.flush()
        tensors = {**snapshot.tensors_of(self.learn), **snapshot.carried_of(self.learn)}
        self.spent_s = keep(tell.run_number, self.folder, self._state(), tensors, tell.emit, self.spent_s)
        if self.spent_s > ANNOUNCED_S:
            state = "training" if self.training else "validating"
            tell.emit(RunState(run=tell.run_number, state=state))
        self.last_s = time.monotonic()
        tell.pace.restart()

    def _state(self) -> checkpoint.State:
        place, average = self.following.place, self.learn.recorder.smooth_loss
        scaler = getattr(self.learn, "scaler", None)
        return msgspec.structs.replace(
            self.blank,
            epoch=place.epoch,
            batch=place.batch,
            step=place.step,
            begun=True,
            seconds=self.watch.seconds(),
            smooth=(average.count, float(average.val)),
            epoch_start=self.following.epoch_start
            if place.batch
            else randomness.capture(loaders(self.learn)),
            now=self.following.trained or randomness.capture(),
            validating=self.following.trained is not None,
            drawn=self.following.drawn,
            best=place.best,
            waited=place.waited,
            hypers=snapshot.hypers_of(self.learn),
            numbers=snapshot.numbers_of(self.learn),
            scaler=None if scaler is None else scaler.state_dict(),
        )


def keep(
    run: int,
    folder: Path,
    state: checkpoint.State,
    tensors: checkpoint.Tensors,
    emit: Callable[[Event], None],
    usual_s: float,
) -> float:
    """Write a checkpoint, or say why none was written; return the seconds it took.

    Parameters
    ----------
    usual_s : float
        How long it took before: only what takes long is announced.
    """
    if usual_s > ANNOUNCED_S:
        emit(RunState(run=run, state="checkpointing"))
    began = time.monotonic()
    try:
        checkpoint.write(folder, state, tensors)
    except UserError as error:
        emit(Notice(level="error", text=f"No checkpoint was written, training goes on. {error}"))
        return usual_s
    spent = time.monotonic() - began
    emit(Checkpointed(run=run, step=state.step, seconds=spent))
    return spent
