"""The quick step: `quicken` gives a learner parts that do what fastai's do at a fraction of their price.

`FusedAdam` stands in for its `Adam`. `SmoothLoss` is the recorder's moving average, left on the device: reading it
waits for the card, so whoever shows it reads many at once. `QuickRecorder`, `QuickCast`, `QuickCount`, `QuickSchedule`
and `QuickEvents` make no lists of lists for every batch and ask nothing twice. Must not import Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from fastai.callback.core import TrainEvalCallback
from fastai.learner import AvgSmoothLoss, CastToTensor, Recorder
from fastai.losses import BaseLoss
from fastai.optimizer import Adam
from torch import Tensor

from studio.engine.fused_adam import FusedAdam
from studio.engine.quick_events import QuickEvents
from studio.engine.quick_schedule import fit_one_cycle


class SmoothLoss(AvgSmoothLoss):
    """fastai's moving average of the loss, computed where the loss is."""

    val: Tensor

    def accumulate(self, learn: Any) -> None:
        """Take a batch."""
        loss = learn.loss.detach()
        if loss.dim() or type(loss) is not Tensor:
            loss = loss.mean().as_subclass(Tensor)
        self.count += 1
        self.val = torch.lerp(loss, self.val.to(loss.device, loss.dtype), self.beta)


class QuickRecorder(Recorder):
    """fastai's recorder, with a short way for a training batch."""

    name = "recorder"

    def after_batch(self) -> None:
        """Take a batch."""
        learner = self.learn
        if not learner.training or self.train_metrics or len(learner.yb) == 0:
            super().after_batch()
            return
        self.smooth_loss.accumulate(learner)
        learner.smooth_loss = self.smooth_loss.value
        self.losses.append(learner.smooth_loss)
        self.lrs.append(learner.opt.hypers[-1]["lr"])


class QuickCast(CastToTensor):
    """fastai's cast of batches to plain tensors; those of our loaders are."""

    name = "cast_to_tensor"

    def before_batch(self) -> None:
        """Cast what is not plain."""
        learner = self.learn
        if not all(type(part) is Tensor for part in (*learner.xb, *learner.yb)):
            super().before_batch()


class QuickCount(TrainEvalCallback):
    """fastai's count of batches; what it asks the learner for is asked once."""

    name = "train_eval"

    def after_batch(self) -> None:
        """Count a batch."""
        learner = self.learn
        learner.pct_train += 1.0 / (learner.n_iter * learner.n_epoch)
        learner.train_iter += 1


QUICKER = {CastToTensor: QuickCast, TrainEvalCallback: QuickCount}


def quicken(learner: Any) -> None:
    """Give a learner that would use fastai's `Adam` the quick step; one with an optimizer of its own keeps it."""
    if learner.opt_func is Adam:
        learner.opt_func = FusedAdam
        _renew_optimizer(learner)
    events, moving = QuickEvents(learner), learner._set_device
    learner._call_one, learner._with_events = events, events.around
    learner._set_device = partial(_placed, learner, moving)
    learner.fit_one_cycle = partial(fit_one_cycle, learner)
    _record_quickly(learner)
    for old in [callback for callback in learner.cbs if type(callback) in QUICKER]:
        learner.remove_cb(old)
        learner.add_cb(QUICKER[type(old)]())
    if isinstance(learner.loss_func, BaseLoss):
        learner.loss_func._contiguous = partial(_contiguous, learner.loss_func.axis)
    if torch.device(learner.dls.device or "cpu").type == "cuda" and _is_of_pictures(learner.model):
        learner.model.to(memory_format=torch.channels_last)


def _renew_optimizer(learner: Any) -> None:
    """Freezing made one before: `vision_learner` does it while it builds."""
    if learner.opt is not None:
        frozen = learner.opt.frozen_idx
        learner.create_opt()
        learner.opt.frozen_idx = frozen


def _record_quickly(learner: Any) -> None:
    old = learner.recorder
    learner.remove_cb(old)
    learner.add_cb(QuickRecorder(old.add_time, old.train_metrics, old.valid_metrics, old.smooth_loss.beta))
    learner.recorder.smooth_loss = SmoothLoss(old.smooth_loss.beta)


def _placed(learner: Any, moving: Callable[[Any], Any], batch: Any) -> Any:
    """A batch where the model is: our loaders put it there already."""
    device = next(learner.model.parameters()).device
    is_there = isinstance(batch, tuple) and all(
        isinstance(part, Tensor) and part.device == device for part in batch
    )
    return batch if is_there else moving(batch)


def _contiguous(axis: int, part: Any) -> Any:
    """What fastai's losses do to what they compare, as a plain tensor: its own kind costs ten times a small loss."""
    if not isinstance(part, Tensor):
        return part
    plain = part if type(part) is Tensor else part.as_subclass(Tensor)
    return (plain if axis in (-1, plain.dim() - 1) else plain.transpose(axis, -1)).contiguous()


def _is_of_pictures(model: Any) -> bool:
    return any(parameter.dim() == 4 for parameter in model.parameters())
