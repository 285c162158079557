"""A learner's network with tensors that have a shape but no memory, and batches of any size to feed it.

Must not import Qt.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode

Batch = tuple[Any, ...]
SAMPLED = 2


@contextmanager
def plain_fakes() -> Iterator[FakeTensorMode]:
    """A fake world in which fastai's tensor types are left out: a fake tensor cannot be of a second type.

    WORKAROUND: fastai's losses and its U-Net turn tensors into `TensorBase` by `as_subclass`.
    """
    mode = FakeTensorMode(allow_non_fake_inputs=True)
    FakeTensor.as_subclass = _as_it_is  # type: ignore[method-assign, assignment]
    try:
        yield mode
    finally:
        del FakeTensor.as_subclass


def _as_it_is(tensor: Any, kind: Any) -> Any:
    return tensor


def empty_network(model: nn.Module, mode: FakeTensorMode, device: str) -> None:
    """Exchange every weight and buffer of `model` for a fake one on `device`; what is shared stays shared."""
    made: dict[int, Any] = {}
    with mode:
        for module in model.modules():
            for name, value in [*module._parameters.items(), *module._buffers.items()]:
                if value is not None:
                    if id(value) not in made:
                        made[id(value)] = _fake(value, mode, device)
                    setattr(module, name, made[id(value)])


def _fake(value: torch.Tensor, mode: FakeTensorMode, device: str) -> Any:
    fake = mode.from_tensor(value.detach()).to(device)
    is_weight = isinstance(value, nn.Parameter)
    return nn.Parameter(fake, requires_grad=value.requires_grad) if is_weight else fake


def sample(learner: Any) -> Batch:
    """The largest training items as a real batch on the CPU, repeated where there are too few.

    Where the loader knows the lengths of its items, they are the longest ones: batches of text are as long as the
    longest text in them, and the first batch of an epoch holds the longest of all.
    """
    try:
        return _longest(learner.dls.train)
    except Exception:  # noqa: BLE001
        batch = learner.dls.train.one_batch()
        return tuple(part[:SAMPLED].cpu() if isinstance(part, torch.Tensor) else part for part in batch)


def _longest(loader: Any) -> Batch:
    lengths = getattr(loader, "res", None)
    places = list(range(loader.n))
    if lengths is not None and len(lengths) == loader.n:
        places.sort(key=lambda at: -lengths[at])
    places = (places * SAMPLED)[:SAMPLED] if len(places) < SAMPLED else places[:SAMPLED]
    loader.before_iter()
    batch = loader.do_batch([loader.do_item(at) for at in places])
    return tuple(_after_batch(loader, batch))


def _after_batch(loader: Any, batch: Any) -> Any:
    """What the loader does to a batch on its device, done on the CPU."""
    steps = getattr(loader.after_batch, "fs", None)
    if steps is None:
        return loader.after_batch(batch)
    for step in steps:
        batch = _on_cpu(step)(batch, split_idx=0)
    return batch


def _on_cpu(step: Any) -> Any:
    """A copy of a transform whose tensors are on the CPU."""
    copied = copy.copy(step)
    for name, value in vars(step).items():
        if isinstance(value, torch.Tensor) and value.device.type != "cpu":
            setattr(copied, name, value.cpu())
    return copied


def empty_batch(batch: Batch, n_items: int, device: str) -> Batch:
    """A batch of `n_items` shaped and typed like `batch`; call it within the fake world."""
    return tuple(
        torch.empty((n_items, *part.shape[1:]), dtype=part.dtype, device=device)
        if isinstance(part, torch.Tensor)
        else part
        for part in batch
    )
