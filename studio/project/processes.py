"""Who a process is, so that its number used again by another is not mistaken for it. No torch, no Qt."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import psutil
from msgspec import Struct


class Identity(Struct, frozen=True):
    """A process for good: its number, its machine, and its birth (a text that no other one shares)."""

    pid: int
    host: str
    birth: str


def myself() -> Identity:
    """Return the identity of this process."""
    return Identity(os.getpid(), platform.node(), birth_of(os.getpid()))


def birth_of(pid: int) -> str:
    """Return when a process began, in a form that a changed clock does not touch where the system allows it.

    An empty text where there is no such process.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        ticks = stat.rpartition(")")[2].split()[19]
        return f"{_boot()}:{ticks}"
    except (OSError, IndexError):
        return _birth_by_clock(pid)


def is_alive(who: Identity) -> bool:
    """Whether that very process still runs; one on another machine is taken to."""
    if who.host != platform.node():
        return True
    return bool(who.birth) and birth_of(who.pid) == who.birth and not _is_zombie(who.pid)


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
    except OSError:
        return ""


def _birth_by_clock(pid: int) -> str:
    try:
        return f"{psutil.Process(pid).create_time():.0f}"
    except psutil.Error:
        return ""


def _is_zombie(pid: int) -> bool:
    """A killed process whose parent has not asked for its exit status holds nothing any more."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
