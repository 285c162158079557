"""Every random state that a fit draws from: seeded, captured and put back exactly.

Python's, numpy's, torch's (with every card's) and that of each loader. Captured states are JSON-ready, so that
a checkpoint needs no pickle. Must not import Qt.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

State = dict[str, Any]


def seed(value: int) -> None:
    """Seed everything global, as plain fastai's `set_seed(value, reproducible=True)` does."""
    from fastai.torch_core import set_seed

    set_seed(value, reproducible=True)


def capture(loaders: Sequence[Any] = ()) -> State:
    """Return all global states and the loaders' own."""
    _, keys, position, has_gauss, gauss = np.random.get_state(legacy=True)
    return {
        "python": _python_state(random.getstate()),
        "numpy": [_text(np.asarray(keys).tobytes()), int(position), int(has_gauss), float(gauss)],
        "torch": _text(torch.get_rng_state().numpy().tobytes()),
        "cuda": [_text(s.numpy().tobytes()) for s in _cuda_states()],
        "loaders": [_python_state(loader.rng.getstate()) for loader in loaders],
        "orders": [_order(loader) for loader in loaders],
    }


def restore(state: State, loaders: Sequence[Any] = ()) -> None:
    """Put back what `capture` returned; the loaders must be as many as then, or none."""
    random.setstate(_python_tuple(state["python"]))
    keys, position, has_gauss, gauss = state["numpy"]
    words = np.frombuffer(base64.b64decode(keys), dtype=np.uint32)
    np.random.set_state(("MT19937", words, position, has_gauss, gauss))
    torch.set_rng_state(_tensor(state["torch"]))
    if state["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all([_tensor(s) for s in state["cuda"]])
    for loader, own in zip(loaders, state["loaders"], strict=False):
        loader.rng.setstate(_python_tuple(own))
    for loader, order in zip(loaders, state.get("orders", ()), strict=False):
        if order is not None:
            loader.items.idxs[:] = order
            loader.make_chunks()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Leave every global state after the block as it was before it, cudnn's flags too."""
    before = capture()
    flags = torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark
    try:
        yield
    finally:
        restore(before)
        torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = flags


def _cuda_states() -> list[torch.Tensor]:
    return list(torch.cuda.get_rng_state_all()) if torch.cuda.is_available() else []


def _python_state(state: tuple[Any, ...]) -> list[Any]:
    version, words, gauss = state
    return [version, list(words), gauss]


def _python_tuple(state: Sequence[Any]) -> tuple[Any, ...]:
    version, words, gauss = state
    return version, tuple(words), gauss


def _order(loader: Any) -> list[int] | None:
    """The order of texts that a language model's loader shuffles in place, epoch after epoch; None for others."""
    return [int(at) for at in loader.items.idxs] if hasattr(loader, "make_chunks") else None


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _tensor(text: str) -> torch.Tensor:
    return torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.uint8)
