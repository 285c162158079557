"""Notices a loss that is no number."""

from __future__ import annotations

import math
import time
from typing import Any

import torch
from fastai.callback.core import Callback, CancelBatchException, CancelFitException

from studio.engine.place import Place

LOOK_S = 1 / 20


class Guard(Callback):
    """Ends the fit at the first training loss that is not finite.

    On the CPU the step is left out and the batch's running averages are taken back, so that the model is that of
    the last good batch. On a card every look at the loss makes it wait, so it is looked at some twenty times a second
    and at the end of each epoch; the model may have to be taken from a checkpoint.
    """

    order = 65

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.averages: list[torch.Tensor] = []
        self.looked_s = 0.0
        self.is_on_cpu, self.changing = True, self.averages

    def before_fit(self) -> None:
        """Learn where the model is, and which running averages it has."""
        self.is_on_cpu = _device(self.learn) == "cpu"
        self.changing = list(self.learn.model.buffers())
        self.averages = [buffer.clone() for buffer in self.changing] if self.is_on_cpu else []

    def before_batch(self) -> None:
        """Remember the running averages, which the forward pass changes."""
        if self.averages and self.learn.training and not self.place.skipping:
            torch._foreach_copy_(self.averages, self.changing)

    def after_loss(self) -> None:
        """Leave out the step where looking costs nothing."""
        if self.is_on_cpu and self.learn.training and self._bad():
            self.place.broken = True
            for buffer, before in zip(self.changing, self.averages, strict=True):
                buffer.copy_(before)
            raise CancelBatchException

    def after_batch(self) -> None:
        """End the fit."""
        if not self.learn.training or self.place.skipping:
            return
        if not self.is_on_cpu and self._is_time():
            self.place.broken = self._bad()
        if self.place.broken:
            raise CancelFitException

    def _is_time(self) -> bool:
        now, is_last = time.monotonic(), self.learn.iter + 1 == self.learn.n_iter
        if now - self.looked_s < LOOK_S and not is_last:
            return False
        self.looked_s = now
        return True

    def _bad(self) -> bool:
        return not math.isfinite(float(self.learn.loss.detach()))


def _device(learner: Any) -> str:
    return str(next(learner.model.parameters()).device.type)
