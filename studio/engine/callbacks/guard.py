"""Notices a loss that is no number."""

from __future__ import annotations

from typing import Any

import torch
from fastai.callback.core import Callback, CancelBatchException, CancelFitException

from studio.engine.place import Place


class Guard(Callback):
    """Ends the fit at the first training loss that is not finite.

    On the CPU the step is left out and the batch's running averages are taken back, so that the model is that of
    the last good batch. On a card looking at the loss before the step would make it wait; there it is looked at
    after the batch, when fastai has read it, and the model may have to be taken from a checkpoint.
    """

    order = 65

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.averages: list[torch.Tensor] = []

    def before_batch(self) -> None:
        """Remember the running averages, which the forward pass changes."""
        if self.training and not self.place.skipping and _device(self.learn) == "cpu":
            self.averages = [buffer.clone() for buffer in self.learn.model.buffers()]

    def after_loss(self) -> None:
        """Leave out the step where looking costs nothing."""
        if self.training and _device(self.learn) == "cpu" and self._bad():
            self.place.broken = True
            for buffer, before in zip(self.learn.model.buffers(), self.averages, strict=True):
                buffer.copy_(before)
            raise CancelBatchException

    def after_batch(self) -> None:
        """End the fit."""
        if not self.training or self.place.skipping:
            return
        if self.place.broken or self._bad():
            self.place.broken = True
            raise CancelFitException

    def _bad(self) -> bool:
        return not bool(torch.isfinite(self.learn.loss.detach()).all())


def _device(learner: Any) -> str:
    return str(next(learner.model.parameters()).device.type)
