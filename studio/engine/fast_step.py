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
from fastai.callback.core import TrainEvalCallback
from fastai.learner import AvgSmoothLoss, CastToTensor, Recorder
from fastai.losses import BaseLoss
from fastai.optimizer import Adam, Optimizer
from torch import Tensor
from torch.optim.adamw import adamw

from studio.engine.quick_events import QuickEvents
from studio.engine.quick_schedule import fit_one_cycle

FUSED_ON = ("cpu", "cuda")


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
        self._moved: list[bool] = []
        self._parts: list[_Part] = []

    def zero_grad(self) -> None:
        """Drop every gradient; the next backward makes new ones, which costs less than emptying the old."""
        for group in self.param_lists:
            for parameter in group:
                parameter.grad = None

    def clear_state(self) -> None:
        """Forget the moments."""
        super().clear_state()
        self._moved = []

    def load_state_dict(self, sd: Any) -> None:
        """Take over the moments of another."""
        super().load_state_dict(sd)
        self._moved = []

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Update all parameters that have a gradient."""
        gradients = [parameter.grad for group in self.param_lists for parameter in group]
        moved = [gradient is not None for gradient in gradients]
        if moved != self._moved:
            self._moved, self._parts = moved, self._divided(gradients)
        for part in self._parts:
            part.update([gradients[place] for place in part.places])

    def _divided(self, gradients: list[Tensor | None]) -> list[_Part]:
        """The parameters that have a gradient, by their hyper-parameters, whether they decay, and their kind."""
        parts: dict[Any, _Part] = {}
        everything = [(number, p) for number, group in enumerate(self.param_lists) for p in group]
        for place, (number, parameter) in enumerate(everything):
            if gradients[place] is not None:
                state = self.state[parameter]
                if "grad_avg" not in state:
                    state.update(_blank(parameter))
                decays = bool(state.get("do_wd", True))
                kind = number, decays, parameter.device, parameter.dtype
                part = parts.setdefault(kind, _Part(self, number, decays))
                part.add(place, parameter, state)
        for part in parts.values():
            part.join()
        return list(parts.values())


class _Part:
    """Parameters that one call updates."""

    def __init__(self, optimizer: FusedAdam, group: int, decays: bool) -> None:
        self._optimizer, self._group, self._decays = optimizer, group, decays
        self.places: list[int] = []
        self._parameters: list[Tensor] = []
        self._averages: list[Tensor] = []
        self._squares: list[Tensor] = []
        self._states: list[dict[str, Tensor]] = []
        self._is_fused = True

    def add(self, place: int, parameter: Tensor, state: dict[str, Tensor]) -> None:
        """Take the parameter at a place among all."""
        self.places.append(place)
        self._parameters.append(parameter)
        self._averages.append(state["grad_avg"])
        self._squares.append(state["sqr_avg"])
        self._states.append(state)
        self._is_fused = parameter.device.type in FUSED_ON

    def join(self) -> None:
        """Put the counts of steps side by side: one addition for all."""
        self._count = torch.stack([state["step"] for state in self._states])
        self._steps = list(self._count.unbind())
        for state, step in zip(self._states, self._steps, strict=True):
            state["step"] = step

    def update(self, gradients: list[Any]) -> None:
        """Make a step. torch's kernel is called itself: what stands around it costs as much as a small network."""
        hyper = self._optimizer.hypers[self._group]
        chosen: dict[str, Any] = {
            "amsgrad": False,
            "beta1": float(hyper["mom"]),
            "beta2": float(hyper["sqr_mom"]),
            "lr": float(hyper["lr"]),
            "weight_decay": float(hyper["wd"]) if self._decays else 0.0,
            "eps": float(hyper["eps"]),
            "maximize": False,
        }
        none: list[Tensor] = []
        columns = self._parameters, gradients, self._averages, self._squares, none, self._steps
        if self._is_fused:
            self._count += 1
            torch._fused_adamw_(*columns, **chosen)
        else:
            adamw(*columns, **chosen)


def _blank(parameter: Tensor) -> dict[str, Tensor]:
    plain = parameter.detach()
    return {
        "grad_avg": torch.zeros_like(plain).as_subclass(Tensor),
        "sqr_avg": torch.zeros_like(plain).as_subclass(Tensor),
        "step": torch.zeros((), dtype=torch.float32, device=plain.device),
    }


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
