"""Memory of a stage's steps against the batch size. Must not import Qt, torch or fastai."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MIB = 2**20
Moments = NDArray[np.float64]


@dataclass(frozen=True)
class Lines:
    """What lives at each moment of a pass: a straight line in the batch size for every moment.

    The peak is the highest of them, which is exact at every batch size where the operations are the same at all.

    Attributes
    ----------
    fixed, per_item : (n_moments,) float64
        Bytes.
    """

    fixed: Moments
    per_item: Moments

    @classmethod
    def through(cls, sizes: tuple[int, int], moments: tuple[list[int], list[int]]) -> Lines:
        """The lines through what was counted at two batch sizes; one line through the peaks where moments differ."""
        few, many = (np.asarray(found, dtype=np.float64) for found in moments)
        if len(few) != len(many):
            few, many = few.max(keepdims=True), many.max(keepdims=True)
        per_item = (many - few) / (sizes[1] - sizes[0])
        return cls(few - per_item * sizes[0], per_item)

    def peak(self, batch_size: int) -> float:
        """Bytes at the highest moment."""
        return float((self.fixed + self.per_item * batch_size).max())


@dataclass(frozen=True)
class StepCost:
    """Memory of a training step and of a validation pass.

    Attributes
    ----------
    how : str
        In words, where it was not foretold in the usual way.
    pool, share : float
        What the allocator takes beyond the tensors: bytes once, and a share of all.
    item : int
        Bytes of one item of a batch: where a batch goes through in parts, the others wait.
    """

    train: Lines
    valid: Lines
    how: str = ""
    pool: float = 0.0
    share: float = 0.0
    item: int = 0

    def mib(self, batch_size: int, parts: int = 1) -> float:
        """Memory at the highest moment of training or validation with this batch, in so many parts, in MiB."""
        return max(self.train_mib(batch_size, parts), self.valid_mib(batch_size, parts))

    def train_mib(self, batch_size: int, parts: int = 1) -> float:
        """Memory of a training step."""
        at_once = -(-batch_size // parts)
        return self._whole(self.train.peak(at_once) + self.item * (batch_size - at_once))

    def valid_mib(self, batch_size: int, parts: int = 1) -> float:
        """Memory of a validation pass, in batches of as many items as a part has."""
        return self._whole(self.valid.peak(-(-batch_size // parts)))

    def tensors_mib(self, batch_size: int) -> float:
        """Memory of a training step as the allocator counts what it handed out, without what it keeps in reserve."""
        return self.train.peak(batch_size) * (1.0 + self.share) / MIB

    def floor_mib(self) -> float:
        """What is there before the first batch: weights and moments."""
        return self._whole(max(0.0, float(self.valid.fixed[0]))) if len(self.valid.fixed) else 0.0

    def _whole(self, tensors: float) -> float:
        return (tensors * (1.0 + self.share) + self.pool) / MIB
