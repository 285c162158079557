"""Goes on from a checkpoint exactly: the fit ends bit for bit where an uninterrupted one would have."""

from __future__ import annotations

from typing import Any

import torch
from fastai.callback.core import Callback, CancelBatchException

from studio.engine import randomness, snapshot
from studio.engine.callbacks.ahead import Ahead, Over, can_begin_later
from studio.engine.callbacks.follow import loaders
from studio.engine.checkpoint import State, Tensors
from studio.engine.place import Place


class Resume(Callback):
    """Skips the batches before the checkpoint, then puts its random states back.

    The epoch begins with the random states it began with, so that its batches come in the same order. Weights
    and moments are those of the checkpoint from the start: a skipped batch changes nothing. Skipped batches are not
    prepared either, except by loader processes: those draw random numbers of their own, item by item.
    """

    order = -50

    def __init__(self, place: Place, state: State, tensors: Tensors) -> None:
        super().__init__()
        self.place, self.state = place, state
        self.tensors: Tensors = tensors
        self.is_over = False
        self.is_replayed = False

    def before_train(self) -> None:
        """Put the learner and the epoch's first random states back."""
        if self.is_over:
            return
        snapshot.load_model(self.learn, self.tensors)
        snapshot.load_optimizer(self.learn, self.state, self.tensors)
        if self.state.scaler is not None:
            self.learn.scaler.load_state_dict(self.state.scaler)
        randomness.restore(self.state.epoch_start, loaders(self.learn))
        self.place.skipping = self.state.batch > 0
        if self.place.skipping:
            self.learn.dl = self._begun_later(self.learn.dls.train)
        else:
            self._catch_up()

    def before_batch(self) -> None:
        """Skip what was trained before."""
        if self.training and self.place.skipping:
            raise CancelBatchException

    def reached(self) -> None:
        """The last batch to skip is skipped."""
        self._catch_up()
        if self.is_replayed:
            self._as_then()

    def _begun_later(self, loader: Any) -> Any:
        if self.state.validating:
            return Over(loader, self._as_then)
        if self.state.drawn is not None and can_begin_later(loader):
            return Ahead(loader, self.state.batch, self.state.drawn, self._as_then)
        self.is_replayed = True
        if hasattr(loader, "skip"):
            loader.skip = self.state.batch  # a loader of ours does not make them
        return loader

    def _as_then(self) -> None:
        randomness.restore(self.state.now)

    def _catch_up(self) -> None:
        count, value = self.state.smooth
        average: Any = self.learn.recorder.smooth_loss
        average.count, average.val = count, torch.tensor(value)
        snapshot.load_carried(self.learn, self.tensors)
        self.tensors = {}
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
            resume.reached()
            place.skipping = False
