"""Counts the bytes of living tensors while operations run, real or fake, as torch's `MemTracker` does.

Every new storage adds to what lives, its end takes away. `Live.moments` is what lived at each allocation, in order:
the same network runs the same operations at every batch size, so that the moments of two sizes give those of all.
Must not import Qt or fastai.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from studio.engine.memory.workspace import extra_bytes, kept_bytes

SCALAR = torch.ops.aten._local_scalar_dense.default


class Live(TorchDispatchMode):
    """Counts within its block.

    Parameters
    ----------
    n_items : int
        Items of the batch. It stands in for a number that a fake tensor cannot give: where a network asks how many
        items are still in play (texts that ended are left out), all of them are, which takes the most memory.
    granule : int
        Bytes that the allocator rounds each tensor up to.

    Attributes
    ----------
    bytes_now : int
    moments : list of int
        Bytes that live after each allocation, with what an operation needs inside itself.
    """

    def __init__(self, n_items: int, granule: int = 1) -> None:
        super().__init__()
        self._n_items, self._granule = n_items, granule
        self._seen: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self.bytes_now = 0
        self.moments: list[int] = []

    def count(self, tensors: Iterable[Any]) -> None:
        """Take in tensors that were made before; each storage once."""
        for tensor in tensors:
            if isinstance(tensor, torch.Tensor):
                self._take(tensor, tensor.untyped_storage().nbytes())

    def forget_moments(self) -> None:
        """Begin a new list of moments with what lives now."""
        self.moments = [self.bytes_now]

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is SCALAR:
            return self._scalar(func, args)
        made = func(*args, **(kwargs or {}))
        for tensor, size in kept_bytes(func, args, made):
            self._take(tensor, size)
        self.count(tree_leaves(made))
        inside = extra_bytes(func, args, made)
        if inside:
            self.moments.append(self.bytes_now + inside)
        return made

    def _scalar(self, func: Any, args: tuple[Any, ...]) -> Any:
        tensor = args[0]
        try:
            return func(tensor)
        except RuntimeError:  # a fake tensor has no value
            return 1.0 if tensor.is_floating_point() else self._n_items

    def _take(self, tensor: torch.Tensor, n_bytes: int) -> None:
        storage = tensor.untyped_storage()
        if storage in self._seen:
            return
        size = -(-n_bytes // self._granule) * self._granule
        self._seen[storage] = size
        self.bytes_now += size
        self.moments.append(self.bytes_now)
        weakref.finalize(storage, self._gone, size).atexit = False

    def _gone(self, size: int) -> None:
        self.bytes_now -= size
