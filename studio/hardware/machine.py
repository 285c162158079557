"""The doctor's look at cards, memory and processors. No torch, no Qt."""

from __future__ import annotations

import os

from studio.hardware.doctor import Row
from studio.hardware.gauge import Gauge
from studio.hardware.packages import installed
from studio.hardware.ram import read_ram
from studio.hardware.reading import Reading

LOW_GPU_MIB = 1500.0
LOW_RAM_MIB = 2000.0
LESS_SHARE = 0.5


def cards() -> list[Row]:
    """The NVIDIA cards, and whether this torch can use them."""
    with Gauge() as gauge:
        if gauge.why_no_gpu:
            said = f"{gauge.why_no_gpu} Training runs on the processor."
            return [Row("Graphics card", "ok", said)]
        rows = [_card(reading) for reading in gauge.read_all()]
    if (installed("torch") or "").endswith("+cpu"):
        said = "There is an NVIDIA card, but this torch was built for the processor only."
        rows.append(
            Row("Graphics card", "warning", said, "Install torch with CUDA: see pytorch.org, “Get started”.")
        )
    return rows


def memory() -> list[Row]:
    """The computer's free memory."""
    ram = read_ram()
    said = f"{ram.free_mib / 1024:.1f} GiB free of {ram.total_mib / 1024:.1f} GiB"
    if ram.free_mib < LOW_RAM_MIB:
        return [Row("Memory", "warning", f"Only {said}.", "Close other programs before training.")]
    return [Row("Memory", "ok", said)]


def threads() -> list[Row]:
    """Processors that may be used, and an environment that holds torch to fewer."""
    there = usable_processors()
    told = os.environ.get("OMP_NUM_THREADS", "")
    if told.isdigit() and 0 < int(told) <= there * LESS_SHARE and there > 1:
        said = f"{there} processors, but OMP_NUM_THREADS={told} holds training to {told}."
        return [Row("Processors", "warning", said, "Unset OMP_NUM_THREADS to use them all.")]
    return [Row("Processors", "ok", "1 processor" if there == 1 else f"{there} processors")]


def usable_processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _card(reading: Reading) -> Row:
    if reading.kind == "unknown":
        said = f"{reading.name}: {reading.reason}"
        return Row("Graphics card", "warning", said, "Training works; the memory gauge stays empty.")
    said = f"{reading.name}: {reading.free_mib / 1024:.1f} GiB free of {reading.total_mib / 1024:.1f} GiB"
    if reading.free_mib < LOW_GPU_MIB:
        return Row("Graphics card", "warning", f"{said}.", "Close other programs that use the card.")
    return Row("Graphics card", "ok", said)
