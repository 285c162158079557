"""The quick step: one fused kernel for all weights instead of a dozen small ones each; fastai's arithmetic.

`FusedAdam` is fastai's `Adam` with its hyper-parameters, its layer groups and its names for the moments
(`grad_avg`, `sqr_avg`, `step`), computed by torch's fused AdamW. The two formulas are the same; sums are rounded
in another order, so that losses agree to about 1e-6 and not to the last bit. Everything that speaks to a fastai
optimizer (schedules, freezing, checkpoints, mixed precision) speaks to this one.

`SmoothLoss` is the recorder's moving average, left on the device: reading it waits for the card, so whoever shows
it reads many at once. `QuickRecorder`, `QuickSchedule` and `QuickEvents` do what fastai's do, without making lists of
lists for every batch. Must not import Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from fastai.learner import AvgSmoothLoss, Recorder
from fastai.losses import BaseLoss
from fastai.optimizer import Adam, Optimizer
from torch import Tensor
from torch.optim.adamw import adamw

from studio.engine.quick_events import QuickEvents
from studio.engine.quick_schedule import fit_one_cycle

FUSED_ON = ("cpu", "cuda")
Moments = tuple[list[Tensor], list[Tensor], list[Tensor], list[Tensor], list[Tensor]]


class FusedAdam(Optimizer):
    """See the module's docstring; arguments and defaults are those of fastai's `Adam`.

    Attributes
    ----------
    state : dict
        For each parameter `grad_avg` and `sqr_avg`, shaped like it, `step` () float32, and fastai's `do_wd` and
        `force_train`.
    """

    def __init__(
        self,
        params: Any,
        lr: float,
        mom: float = 0.9,
        sqr_mom: float = 0.99,
        eps: float = 1e-5,
        wd: float = 0.01,
    ) -> None:
        super().__init__(params, [], lr=lr, mom=mom, sqr_mom=sqr_mom, eps=eps, wd=wd)

    def zero_grad(self) -> None:
        """Drop every gradient; the next backward makes new ones, which costs less than emptying the old."""
        for group in self.param_lists:
            for parameter in group:
                parameter.grad = None

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Update all parameters that have a gradient."""
        for group, hyper in zip(self.param_lists, self.hypers, strict=True):
            decayed: Moments = ([], [], [], [], [])
            others: Moments = ([], [], [], [], [])
            for parameter in group:
                if parameter.grad is not None:
                    state = self.state[parameter]
                    if "grad_avg" not in state:
                        state.update(_blank(parameter))
                    part = decayed if state.get("do_wd", True) else others
                    for column, value in zip(part, _row(parameter, state), strict=True):
                        column.append(value)
            _update(decayed, hyper, float(hyper["wd"]))
            _update(others, hyper, 0.0)


def _blank(parameter: Tensor) -> dict[str, Tensor]:
    plain = parameter.detach()
    return {
        "grad_avg": torch.zeros_like(plain).as_subclass(Tensor),
        "sqr_avg": torch.zeros_like(plain).as_subclass(Tensor),
        "step": torch.zeros((), dtype=torch.float32, device=plain.device),
    }


def _row(parameter: Tensor, state: dict[str, Any]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    gradient = parameter.grad
    assert gradient is not None
    return parameter, gradient, state["grad_avg"], state["sqr_avg"], state["step"]


def _update(part: Moments, hyper: dict[str, Any], decay: float) -> None:
    parameters, gradients, averages, squares, steps = part
    if not parameters:
        return
    adamw(
        parameters,
        gradients,
        averages,
        squares,
        [],
        steps,
        fused=parameters[0].device.type in FUSED_ON,
        amsgrad=False,
        beta1=float(hyper["mom"]),
        beta2=float(hyper["sqr_mom"]),
        lr=float(hyper["lr"]),
        weight_decay=decay,
        eps=float(hyper["eps"]),
        maximize=False,
    )


class SmoothLoss(AvgSmoothLoss):
    """fastai's moving average of the loss, computed where the loss is."""

    val: Tensor

    def accumulate(self, learn: Any) -> None:
        """Take a batch."""
        loss = learn.loss.detach().mean().as_subclass(Tensor)
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
    is_tensor = isinstance(part, Tensor)
    return part.as_subclass(Tensor).transpose(axis, -1).contiguous() if is_tensor else part


def _is_of_pictures(model: Any) -> bool:
    return any(parameter.dim() == 4 for parameter in model.parameters())
