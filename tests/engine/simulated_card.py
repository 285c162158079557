"""A graphics card that is not there: a stand-in for its driver, and an allocator that holds no more than the card has.

`insert` puts it into this process: `studio.hardware` reads the stand-in, and whatever the fit of a stage makes live
is counted as torch's allocator would. What goes beyond the free memory raises torch's own error. Run as a program
this module is an engine with such a card that knows the clouds: `... TOTAL_MIB OTHERS_MIB`.
"""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace
from typing import Any

import torch

from studio.engine import fitting
from studio.engine.memory.device_room import CONTEXT_MIB, GPU_SHARE
from studio.engine.memory.live import Live
from tests.hardware.driver import MIB, FakeDriver


class Card:
    """A card in MiB; change `others_mib` and other programs take or give back memory."""

    def __init__(self, total_mib: float, others_mib: float = 0.0) -> None:
        self.total_mib, self.others_mib, self.ours_mib = total_mib, others_mib, 0.0

    @property
    def left_mib(self) -> float:
        """What an allocator can hand out in all: CUDA takes its part, and the gaps between blocks take theirs."""
        return (self.total_mib - self.others_mib) * GPU_SHARE - CONTEXT_MIB


class Driver(FakeDriver):
    """Answers for a card, as it is at that moment."""

    def __init__(self, card: Card) -> None:
        self._card = card
        super().__init__()

    def nvmlDeviceGetMemoryInfo(self, card: int) -> Any:
        one = self._card
        used = round((one.others_mib + one.ours_mib) * MIB)
        total = round(one.total_mib * MIB)
        return SimpleNamespace(total=total, used=used, free=total - used)

    def nvmlDeviceGetComputeRunningProcesses(self, card: int) -> Any:
        one = self._card
        held = ((os.getpid(), one.ours_mib), (4711, one.others_mib))
        return [SimpleNamespace(pid=pid, usedGpuMemory=round(mib * MIB)) for pid, mib in held]


class Allocator(Live):
    """Counts what lives on a card, and refuses what it cannot hold."""

    def __init__(self, card: Card) -> None:
        super().__init__(n_items=1)
        self._card = card

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        made = super().__torch_dispatch__(func, types, args, kwargs)
        self._card.ours_mib = self.bytes_now / MIB
        if self._card.ours_mib > self._card.left_mib:
            raise torch.OutOfMemoryError(f"CUDA out of memory. The card has {self._card.left_mib:.1f} MiB.")
        return made


def insert(card: Card, patch: Any) -> None:
    """Put a card into this process; `patch` is pytest's monkeypatch, or has its `setattr` and `setitem`."""
    fit = fitting.fit

    def on_card(learner: Any, *arguments: Any, **named: Any) -> None:
        allocator = Allocator(card)
        allocator.count([*learner.model.parameters(), *learner.model.buffers()])
        try:
            with allocator:
                fit(learner, *arguments, **named)
        finally:
            card.ours_mib = 0.0

    patch.setitem(sys.modules, "pynvml", Driver(card))
    patch.setattr(fitting, "fit", on_card)


if __name__ == "__main__":
    from studio.engine.server import main
    from tests.engine.toy_problem import registered

    insert(
        Card(float(sys.argv[1]), float(sys.argv[2])),
        SimpleNamespace(setattr=setattr, setitem=lambda where, key, value: where.update({key: value})),
    )
    with registered():
        main(5.0)
