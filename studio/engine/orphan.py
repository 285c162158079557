"""A second line against outliving the window: where the system can, it tells us that our parent is gone.

The end of standard input says the same and comes first; this is for a parent whose end of the pipe was inherited
by another process. Must not import torch or Qt.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def watch(gone: Callable[[], None]) -> None:
    """Call `gone` on the main thread when the parent process ends; does nothing where that cannot be known.

    The system signals the end of the *thread* that started us, so the parent is looked at before `gone` is called.
    """
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()

    def told(number: int, frame: object) -> None:
        if os.getppid() != parent:
            gone()

    signal.signal(signal.SIGUSR2, told)
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGUSR2, 0, 0, 0)
    if os.getppid() != parent:
        gone()
