"""Goes on from a checkpoint exactly: the fit ends bit for bit where an uninterrupted one would have."""

from __future__ import annotations

from typing import Any

import torch
from fastai.callback.core import Callback, CancelBatchException

from studio.engine import randomness, snapshot
from studio.engine.callbacks.follow import loaders
from studio.engine.checkpoint import State, Tensors
from studio.engine.place import Place


class Resume(Callback):
    """Skips the batches before the checkpoint, then puts its random states back.

    The epoch begins with the random states it began with, so that its batches come in the same order. Weights
    and moments are those of the checkpoint from the start: a skipped batch changes nothing.
    """

    order = -50

    def __init__(self, place: Place, state: State, tensors: Tensors) -> None:
        super().__init__()
        self.place, self.state = place, state
        self.tensors: Tensors = tensors
        self.is_over = False

    def before_train(self) -> None:
        """Put the learner and the epoch's first random states back."""
        if self.is_over:
            return
        snapshot.load_model(self.learn, self.tensors)
        snapshot.load_optimizer(self.learn, self.state, self.tensors)
        if self.state.scaler is not None:
            self.learn.scaler.load_state_dict(self.state.scaler)
        self.tensors = {}
        randomness.restore(self.state.epoch_start, loaders(self.learn))
        self.place.skipping = self.state.batch > 0
        if not self.place.skipping:
            self._catch_up()

    def before_batch(self) -> None:
        """Skip what was trained before."""
        if self.training and self.place.skipping:
            raise CancelBatchException

    def _catch_up(self) -> None:
        count, value = self.state.smooth
        average: Any = self.learn.recorder.smooth_loss
        average.count, average.val = count, torch.tensor(value)
        self.is_over = True


class ResumeEnd(Callback):
    """The last of all callbacks after a batch: ends the skipping."""

    order = 100

    def __init__(self, resume: Resume) -> None:
        super().__init__()
        self.resume_from = resume

    def after_batch(self) -> None:
        """The next batch is the first one to train."""
        place, resume = self.resume_from.place, self.resume_from
        if self.training and place.skipping and place.batch == resume.state.batch:
            resume._catch_up()
            randomness.restore(resume.state.now)
            place.skipping = False
