"""What a stage really takes: memory at rest and at its highest. On the CPU the process's, on a card torch's own.

Must not import Qt or fastai.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

import psutil
import torch

MIB = 2**20
_PROCESS = psutil.Process()


def give_back_freed() -> None:
    """Hand memory that was freed back to the system: glibc keeps it otherwise, and the next stage finds less."""
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def now_mib(is_card: bool) -> float:
    """What is held at this moment."""
    return (torch.cuda.memory_allocated() if is_card else float(_PROCESS.memory_info().rss)) / MIB


class Taken:
    """Watches one stage.

    Attributes
    ----------
    floor_mib, peak_mib : float
        At rest before the stage, and the highest seen since.
    """

    def __init__(self, is_card: bool) -> None:
        self._is_card = is_card
        if is_card:
            torch.cuda.reset_peak_memory_stats()
        self.floor_mib = self.peak_mib = now_mib(is_card)

    def look(self) -> None:
        """Note the memory of this moment; a card's own count misses nothing, the process is looked at here."""
        held = torch.cuda.max_memory_allocated() / MIB if self._is_card else now_mib(False)
        self.peak_mib = max(self.peak_mib, held)
