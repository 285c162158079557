"""How torch's waiting threads behave; to be settled before torch is imported. Must not import torch."""

from __future__ import annotations

import os


def wait_asleep() -> None:
    """Let threads of torch that wait sleep: where they spin, a busy computer trained four times slower.

    Whoever starts the process may ask for something else by OMP_WAIT_POLICY.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
