"""Rows cut from tensors that were made once, instead of a data frame that is cut and converted for every batch.

The numbers, their order and their types are those of fastai's `TabDataLoader`. Imports torch: engine only. No Qt.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from fastai.tabular.all import TabDataLoader
from fastai.torch_core import to_detach
from torch import Tensor

TOGETHER = 64
"""Batches that are cut at once: a cut of many rows costs little more than one of few."""

JUDGED = 1024
"""Rows of a validation batch at least: how many are judged at once changes no score, and a call costs what it costs."""


class ScalarsStay:
    """For loaders: a loss or a metric of one number is added up on the device, so that no step waits for it."""

    def to_detach(self, b: Any, cpu: bool = True, gather: bool = True) -> Any:
        """Detach; what is larger than a number goes to the CPU as fastai has it."""
        is_scalar = isinstance(b, Tensor) and b.dim() == 0
        return b.detach() if is_scalar else to_detach(b, cpu=cpu, gather=gather)


class RowLoader(ScalarsStay, TabDataLoader):  # type: ignore[misc]
    """Loads (categories, numbers, targets) of a fastai table in batches; see the module's docstring.

    Attributes
    ----------
    skip : int
        So many batches of the next epoch are given as empty tuples, for a fit that goes on in the middle of it.
    """

    skip = 0
    _columns: tuple[Tensor, ...] | None = None

    def columns(self) -> tuple[Tensor, ...]:
        """The whole table as fastai's transforms make it of a batch, on the device; made once.

        Plain tensors: those of fastai's own kinds make every operation on them several times slower.
        """
        if self._columns is None or self._columns[0].device.type != torch.device(self.device or "cpu").type:
            self._columns = tuple(part.as_subclass(Tensor) for part in self.after_batch(self.dataset))
        return self._columns

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]:
        self.randomize()
        self.before_iter()
        skipped, self.skip = self.skip, 0
        columns = self.columns()
        order = torch.as_tensor(self.get_idxs(), dtype=torch.int64, device=columns[0].device)
        order = order[: len(self) * self.bs]  # a last short batch may have been dropped
        yield from (() for _ in range(skipped))
        for first in range(skipped * self.bs, len(order), TOGETHER * self.bs):
            rows = order[first : first + TOGETHER * self.bs]
            yield from zip(*(torch.split(c.index_select(0, rows), self.bs) for c in columns), strict=True)
        self.after_iter()


def loading(is_exact: bool, batch_size: int) -> dict[str, Any]:
    """Arguments of `dataloaders` of a fastai table: the quick loader, or fastai's that shuffles."""
    if is_exact:
        return {"dl_type": TabDataLoader}
    return {"dl_type": RowLoader, "val_bs": max(batch_size, JUDGED)}
