"""What fastai's loop does with memory: one training step with its optimizer, and one batch of validation.

The names that fastai keeps between batches (`xb`, `yb`, `pred`, `loss`) are kept here too, since what they hold lives
on while the next batch is made. Must not import Qt.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

HALF = {"fp16": torch.float16, "bf16": torch.bfloat16}
RECURRENT = "fastai.callback.rnn"


class Steps:
    """Runs steps of a learner by hand: no events but those of recurrent networks, no metrics, no messages.

    Parameters
    ----------
    precision : str
        "fp32", "fp16" or "bf16".
    device : str
        Where the tensors are.
    """

    def __init__(self, learner: Any, precision: str, device: str) -> None:
        self._learner, self._precision, self._device = learner, precision, device
        self._recurrent = [cb for cb in learner.cbs if type(cb).__module__ == RECURRENT]
        self._inputs = getattr(learner.dls, "n_inp", 1)
        self.optimizer: Any = None

    def begin(self) -> None:
        """Make the optimizer as fastai does; it gets its moments at the first step."""
        self._learner.opt = None
        self._learner.create_opt()
        self.optimizer = self._learner.opt

    def hold_still(self) -> None:
        """From now on steps change no weight."""
        self.optimizer.set_hypers(lr=0.0)

    def train(self, batch: tuple[Any, ...]) -> None:
        """Forward, loss, backward, optimizer."""
        self.part(batch)
        self.optimizer.step()
        self.optimizer.zero_grad()

    def part(self, batch: tuple[Any, ...]) -> None:
        """A part of a larger batch, but for its last: forward, loss, backward; the gradients wait."""
        self._mode(training=True)
        self._forward(batch)
        self._learner.loss_grad.backward()

    def validate(self, batch: tuple[Any, ...]) -> None:
        """Forward and loss without gradients."""
        self._mode(training=False)
        with torch.no_grad():
            self._forward(batch)

    def _forward(self, batch: tuple[Any, ...]) -> None:
        learner = self._learner
        learner.xb, learner.yb = batch[: self._inputs], batch[self._inputs :]
        with self._autocast():
            learner.pred = learner.model(*learner.xb)
            self._tell("after_pred")
            if learner.yb:
                learner.loss_grad = learner.loss_func(learner.pred, *learner.yb)
            else:
                learner.loss_grad = learner.pred.mean()
            learner.loss = learner.loss_grad.clone()
            self._tell("after_loss")

    def _autocast(self) -> AbstractContextManager[Any]:
        half = HALF.get(self._precision)
        return nullcontext() if half is None else torch.autocast(self._device, dtype=half)

    def _mode(self, training: bool) -> None:
        self._learner.training = training
        self._learner.model.train(training)
        self._tell("before_train" if training else "before_validate")

    def _tell(self, event: str) -> None:
        for callback in self._recurrent:
            callback(event)
