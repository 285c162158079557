"""fastai's `Adam` by one fused kernel for all weights, instead of a dozen small ones each.

Its hyper-parameters, its layer groups and its names for the moments (`grad_avg`, `sqr_avg`, `step`), computed by
torch's fused AdamW. The two formulas are the same; sums are rounded in another order, so that losses agree to about
1e-6 and not to the last bit. Everything that speaks to a fastai optimizer (schedules, freezing, checkpoints, mixed
precision) speaks to this one. Must not import Qt.
"""

from __future__ import annotations

from typing import Any

import torch
from fastai.optimizer import Optimizer
from torch import Tensor
from torch.optim.adamw import adamw

FUSED_ON = ("cpu", "cuda")
_Member = tuple[int, Tensor, dict[str, Any]]
"""A parameter: its place among all, itself, its state."""


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
        members: dict[Any, list[_Member]] = {}
        everything = [(number, p) for number, group in enumerate(self.param_lists) for p in group]
        for place, (number, parameter) in enumerate(everything):
            if gradients[place] is not None:
                state = self.state[parameter]
                if "grad_avg" not in state:
                    state.update(_blank(parameter))
                kind = number, bool(state.get("do_wd", True)), parameter.device, parameter.dtype
                members.setdefault(kind, []).append((place, parameter, state))
        return [_Part(self, number, decays, those) for (number, decays, *_), those in members.items()]


class _Part:
    """Parameters that one call updates: their places among all, themselves, and their moments."""

    def __init__(self, optimizer: FusedAdam, group: int, decays: bool, members: list[_Member]) -> None:
        self._optimizer, self._group, self._decays = optimizer, group, decays
        self.places = [place for place, _, _ in members]
        self._parameters = [parameter for _, parameter, _ in members]
        self._averages = [state["grad_avg"] for _, _, state in members]
        self._squares = [state["sqr_avg"] for _, _, state in members]
        counts = [state["step"] for _, _, state in members]
        self._count = torch.stack(counts)  # side by side: one addition for all
        self._steps = list(self._count.unbind())
        for (_, _, state), step in zip(members, self._steps, strict=True):
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
        if self._count.device.type in FUSED_ON:
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
