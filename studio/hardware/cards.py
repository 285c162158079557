"""Which of several cards fits run on: the one that CUDA is allowed to see first. No torch, no Qt.

The choice lives in the environment, because CUDA reads it there when a process first asks for a card: an engine that
is started afterwards has it, one that runs keeps its card. Cards are numbered as the driver numbers them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

VISIBLE = "CUDA_VISIBLE_DEVICES"
ORDER = "CUDA_DEVICE_ORDER"


def chosen(ids: Sequence[str]) -> int:
    """The place of the chosen card among the driver's, by its number or its own id; the first one by default."""
    first = os.environ.get(VISIBLE, "").split(",")[0].strip()
    if first.isdigit() and int(first) < len(ids):
        return int(first)
    return next((at for at, own in enumerate(ids) if first and own.startswith(first)), 0)


def choose(index: int) -> None:
    """Let engines that start from now on see this card alone."""
    os.environ[ORDER] = "PCI_BUS_ID"
    os.environ[VISIBLE] = str(index)
