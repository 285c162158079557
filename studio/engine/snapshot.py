"""A learner's weights, moments and hyper-parameters, taken out and put back exactly; a `Bookmark` of all it has.

fastai's own `load_state_dict` keeps the very tensors it is given, and `Learner.load` swallows a mismatch;
here everything is copied, and what does not fit is an error. Must not import Qt.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from fastcore.foundation import L

from studio.engine import randomness
from studio.engine.callbacks.follow import loaders
from studio.engine.checkpoint import State, Tensors
from studio.errors import UserError

NOTED = ("lrs", "iters", "losses", "values", "hps", "smooth_loss")


def tensors_of(learner: Any) -> Tensors:
    """Name every tensor of the model ("model.") and of the optimizer ("opt."); not copied."""
    named = {f"model.{name}": value for name, value in learner.model.state_dict().items()}
    for index, state in enumerate(_states(learner)):
        for key, value in state.items():
            if isinstance(value, torch.Tensor):
                named[f"opt.{index}.{key}"] = value
    return named


def numbers_of(learner: Any) -> list[dict[str, Any]]:
    """Return the optimizer's state that is no tensor: one dict a parameter."""
    plain = ({k: v for k, v in s.items() if not isinstance(v, torch.Tensor)} for s in _states(learner))
    return [{k: v if isinstance(v, bool) else _number(v) for k, v in s.items()} for s in plain]


def hypers_of(learner: Any) -> list[dict[str, Any]]:
    """Return the hyper-parameters: one dict a layer group."""
    return [{k: v if isinstance(v, bool) else _number(v) for k, v in h.items()} for h in learner.opt.hypers]


def carried_of(learner: Any) -> Tensors:
    """Name what modules carry from batch to batch beside their buffers ("carried."): the memory of a language model."""
    return {
        f"carried.{name}.{layer}.{part}": value
        for name, module in learner.model.named_modules()
        for layer, pair in enumerate(getattr(module, "hidden", None) or ())
        for part, value in enumerate(pair)
        if isinstance(value, torch.Tensor)
    }


def load_carried(learner: Any, tensors: Mapping[str, torch.Tensor]) -> None:
    """Put back what `carried_of` named; nothing where there is nothing of it."""
    modules = dict(learner.model.named_modules())
    layers: dict[str, dict[int, list[torch.Tensor]]] = {}
    for name in sorted(name for name in tensors if name.startswith("carried.")):
        owner, layer, _ = name.removeprefix("carried.").rsplit(".", 2)
        layers.setdefault(owner, {}).setdefault(int(layer), []).append(tensors[name])
    for owner, found in layers.items():
        module: Any = modules[owner]
        device = next(module.parameters()).device
        module.hidden = [tuple(t.to(device).clone() for t in found[layer]) for layer in sorted(found)]
        module.bs = module.hidden[0][0].shape[1]


def load_model(learner: Any, tensors: Mapping[str, torch.Tensor]) -> None:
    """Copy weights and buffers into the model.

    Raises
    ------
    UserError
        Where they are of another network.
    """
    weights = {name.removeprefix("model."): t for name, t in tensors.items() if name.startswith("model.")}
    try:
        learner.model.load_state_dict(weights, strict=True)
    except RuntimeError as error:
        raise UserError(
            "The saved weights do not fit this network.",
            "The network or the classes have changed since they were saved: train a new run.",
        ) from error


def load_optimizer(learner: Any, state: State, tensors: Mapping[str, torch.Tensor]) -> None:
    """Copy moments and hyper-parameters into the optimizer.

    Raises
    ------
    UserError
        Where they are of another network.
    """
    groups, parameters = len(learner.opt.hypers), len(_states(learner))
    if len(state.numbers) != parameters or len(state.hypers) != groups:
        raise UserError("The checkpoint is of another network.", "Train a new run.")
    _fill_optimizer(learner, state.hypers, state.numbers, tensors)


def finite(learner: Any) -> bool:
    """Whether every weight and buffer is a number."""
    values = (v for v in learner.model.state_dict().values() if v.is_floating_point())
    return all(bool(torch.isfinite(v).all()) for v in values)


def _fill_optimizer(
    learner: Any,
    hypers: list[dict[str, Any]],
    numbers: list[dict[str, Any]],
    tensors: Mapping[str, torch.Tensor],
) -> None:
    moments = _moments(tensors)
    states = [
        {**numbers[index], **{key: _laid_out(t, parameter) for key, t in moments.get(index, {}).items()}}
        for index, (parameter, _, _, _) in enumerate(learner.opt.all_params())
    ]
    learner.opt.load_state_dict({"state": states, "hypers": L(dict(hyper) for hyper in hypers)})


def _laid_out(moment: torch.Tensor, parameter: torch.Tensor) -> torch.Tensor:
    """A copy on the parameter's device; a moment lies in memory as its parameter does, which fused steps need."""
    if moment.shape != parameter.shape:
        return moment.to(parameter.device, copy=True)
    like = torch.empty_like(parameter.detach(), dtype=moment.dtype).as_subclass(torch.Tensor)
    return like.copy_(moment)


def _moments(tensors: Mapping[str, torch.Tensor]) -> dict[int, Tensors]:
    """Group "opt.<index>.<key>" by index."""
    grouped: dict[int, Tensors] = {}
    for name, tensor in tensors.items():
        if name.startswith("opt."):
            _, index, key = name.split(".", 2)
            grouped.setdefault(int(index), {})[key] = tensor
    return grouped


def _states(learner: Any) -> list[dict[str, Any]]:
    return [state for _, _, state, _ in learner.opt.all_params()]


def _number(value: Any) -> int | float:
    return value if type(value) in (int, float) else float(value)


@dataclass(frozen=True)
class Taken:
    """A copy in memory of all that a fit changes in a learner."""

    tensors: Tensors
    numbers: list[dict[str, Any]]
    hypers: list[dict[str, Any]]
    is_training: bool


def take(learner: Any) -> Taken:
    """Copy a learner's weights, moments and hyper-parameters."""
    copies = {name: value.detach().clone() for name, value in tensors_of(learner).items()}
    return Taken(copies, numbers_of(learner), hypers_of(learner), learner.model.training)


def put_back(learner: Any, taken: Taken) -> None:
    """Make a learner what it was when `taken` was; gradients are dropped."""
    load_model(learner, taken.tensors)
    _fill_optimizer(learner, taken.hypers, taken.numbers, taken.tensors)
    learner.model.train(taken.is_training)
    for parameter in learner.model.parameters():
        parameter.grad = None


class Bookmark:
    """All that a fit changes, kept in memory: `go_back` returns to it, as often as wanted.

    Beside weights, moments and hyper-parameters these are every random state, the order of texts that a language
    model's loader shuffles in place, and what fastai's recorder noted of an earlier fit.
    """

    def __init__(self, learner: Any) -> None:
        if learner.opt is None:
            learner.create_opt()
        self._learner = learner
        self._taken = take(learner)
        self._random = randomness.capture(loaders(learner))
        self._orders = [(loader, list(loader.items.idxs)) for loader in _in_place(learner)]
        self._notes = _noted(learner)

    def go_back(self) -> None:
        """Make everything what it was."""
        put_back(self._learner, self._taken)
        randomness.restore(self._random, loaders(self._learner))
        for loader, order in self._orders:
            loader.items.idxs[:] = order
            loader.make_chunks()
        for name in _noted(self._learner):
            delattr(self._learner.recorder, name)
        vars(self._learner.recorder).update({name: copy.copy(value) for name, value in self._notes.items()})


def _noted(learner: Any) -> dict[str, Any]:
    """What the recorder has noted so far; its attributes appear with the first fit."""
    own = vars(learner.recorder)
    return {name: copy.copy(own[name]) for name in NOTED if name in own}


def _in_place(learner: Any) -> list[Any]:
    """The loaders that shuffle their items themselves (fastai's `LMDataLoader`)."""
    return [loader for loader in loaders(learner) if hasattr(loader, "make_chunks")]
