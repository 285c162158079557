"""Memory of the computer itself, where fits run without an NVIDIA card. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import psutil

from studio.hardware.reading import MIB, Reading

CGROUP = Path("/sys/fs/cgroup")


def read_ram(pids: Iterable[int] = ()) -> Reading:
    """Read the memory; ours is what `pids` and their children hold.

    Inside a container its limit counts, where that is lower than the computer's memory.
    """
    memory = psutil.virtual_memory()
    total, free = float(memory.total), float(memory.available)
    limit, used = _limit()
    name = "Memory (RAM)"
    if limit and limit < total:
        total, free = limit, min(free, max(0.0, limit - used))
        name = "Memory (RAM, limited)"
    ours = min(sum(_held(pid) for pid in family(pids)), total - free)
    return Reading(name, "ram", total / MIB, (total - free - ours) / MIB, ours / MIB, free / MIB)


def family(pids: Iterable[int]) -> set[int]:
    """The processes and all their children, those that still run."""
    members: set[int] = set()
    for pid in pids:
        try:
            process = psutil.Process(pid)
            members |= {process.pid, *(child.pid for child in process.children(recursive=True))}
        except psutil.Error:  # it ended: it holds nothing
            continue
    return members


def _held(pid: int) -> float:
    try:
        return float(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0.0


def _limit() -> tuple[float, float]:
    """The container's limit and use in bytes; 0 where there is none."""
    try:
        limit = (CGROUP / "memory.max").read_text(encoding="ascii").strip()
        used = (CGROUP / "memory.current").read_text(encoding="ascii").strip()
        stat = dict(
            line.split() for line in (CGROUP / "memory.stat").read_text(encoding="ascii").splitlines()
        )
        return (
            (0.0, 0.0)
            if limit == "max"
            else (float(limit), float(used) - float(stat.get("inactive_file", 0)))
        )
    except (OSError, ValueError):
        return 0.0, 0.0
