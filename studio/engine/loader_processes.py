"""Processes that prepare batches ahead: how many, and what they must not take along from the engine.

fastai's loaders start them anew for every epoch. On Linux they are forked: they would hold the engine's line to the
window open after it died, answer its signals, and outlive it by seconds. Must not import torch or Qt.
"""

from __future__ import annotations

import ctypes
import functools
import os
import signal
import sys
from contextlib import suppress
from typing import Any

PR_SET_PDEATHSIG = 1
_private: list[int] = []
OURS = (signal.SIGTERM, signal.SIGINT, *((signal.SIGUSR2,) if hasattr(signal, "SIGUSR2") else ()))


def use(dls: Any, count: int) -> None:
    """Let every loader of `dls` have its batches prepared by `count` processes; 0 prepares them where it is used.

    The number decides the random numbers that items are changed with, so that it is part of the recipe. On macOS there
    are none: fastai allows none there.
    """
    if count:
        _watch_forks()
        _tell_deaths_where_batches_are_awaited()
    for loader in dls.loaders:
        if hasattr(loader, "fake_l"):
            loader.fake_l.num_workers = 0 if sys.platform == "darwin" else count


def keep_from(*descriptors: int) -> None:
    """Make sure that no loader process that is forked from this one has anything at `descriptors`."""
    _private.extend(descriptors)


@functools.cache
def _watch_forks() -> None:
    """From now on, tidy up in every process that is forked from this one; once is enough."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_become_a_loader)


@functools.cache
def _tell_deaths_where_batches_are_awaited() -> None:
    """Keep torch from raising the death of a loader process wherever the main thread happens to be.

    It does so in a handler of SIGCHLD, also while a checkpoint or the end of a run is being written. Without it the
    loader itself says the same, as it waits for the next batch: after five seconds at most. A handler that a loader
    of somebody else's brought before is taken back.
    """
    from torch.utils.data._utils import signal_handling

    signal_handling._SIGCHLD_handler_set = True
    if hasattr(signal, "SIGCHLD"):
        handler = signal.getsignal(signal.SIGCHLD)
        if getattr(handler, "__module__", None) == signal_handling.__name__:
            with suppress(ValueError):  # only the main thread may
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _become_a_loader() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in _private:
        with suppress(OSError):
            os.dup2(null, descriptor, inheritable=False)
    os.close(null)
    for number in OURS:
        with suppress(ValueError):
            signal.signal(number, signal.SIG_DFL)
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
