"""Memory of the device that a run may take. Must not import Qt or fastai."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import torch

from studio.hardware import reading

MIB = 2**20
CPU_SHARE = 0.5
GPU_SHARE = 0.95
CONTEXT_MIB = 500.0


@dataclass(frozen=True)
class Room:
    """Memory of the device in MiB.

    Attributes
    ----------
    limit : float
        What a step may take.
    is_known : bool
        False where nothing is known: then nothing is refused.
    """

    name: str
    total: float
    free: float
    limit: float
    is_known: bool = True


def room() -> Room:
    """Look at the device's memory.

    On the CPU the limit is a share of all memory, not of what is free at this moment, so that a recipe resolves to
    the same batch size every time. On a card it is what other programs leave free, less some headroom and what
    CUDA itself takes.
    """
    now = reading()
    if now.kind == "gpu":
        free = now.total_mib - now.others_mib if not now.reason else now.free_mib + _held_mib()
        return Room(now.name, now.total_mib, now.free_mib, max(0.0, free * GPU_SHARE - CONTEXT_MIB))
    if now.kind == "ram":
        return Room(now.name, now.total_mib, now.free_mib, now.total_mib * CPU_SHARE)
    return _unknown(now.name)


def refuse_to_spill() -> None:
    """On Windows: make this process run out of memory where the driver would go on in the computer's memory.

    Drivers since 536.40 do that without a word, many times slower; nobody would notice that a batch is too large.
    """
    if sys.platform == "win32" and torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        torch.cuda.set_per_process_memory_fraction(min(1.0, (free + torch.cuda.memory_reserved()) / total))


def _held_mib() -> float:
    """What this process holds on the card, where the driver does not tell programs apart."""
    return torch.cuda.memory_reserved() / MIB if torch.cuda.is_available() else 0.0


def _unknown(name: str) -> Room:
    """Where the gauge cannot say, torch can for a card; else nothing is known, and nothing is refused."""
    if not torch.cuda.is_available():
        return Room(name, 0.0, 0.0, float("inf"), is_known=False)
    free, total = (value / MIB for value in torch.cuda.mem_get_info())
    limit = max(0.0, (free + _held_mib()) * GPU_SHARE - CONTEXT_MIB)
    return Room(name, total, free, limit)
