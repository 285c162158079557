"""Memory foretold against the real peak of real steps: torch's profiler on the CPU, torch's own count on a card."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from studio.engine import memory
from studio.hardware import reading
from tests.engine import networks
from tests.engine.profiled import real_mib

TITLE = "Peak of a training step in MiB, foretold and real (batch 4, 8 and 16)"
BATCHES = (4, 8, 16)


def cases() -> dict[str, Callable[[], Any]]:
    """Learners by their names."""
    from torchvision import models

    def frozen() -> Any:
        learner = networks.photos(models.resnet18, 96)
        learner.freeze()
        return learner

    return {
        "resnet18, 96 px, thawed": lambda: networks.photos(models.resnet18, 96),
        "resnet18, 96 px, frozen": frozen,
        "resnet34, 96 px": lambda: networks.photos(models.resnet34, 96),
        "resnet50, 96 px": lambda: networks.photos(models.resnet50, 96),
        "convnext_tiny, 96 px": lambda: networks.photos(models.convnext_tiny, 96),
        "swin_t, 96 px": lambda: networks.photos(models.swin_t, 96),
        "efficientnet_b0, 96 px": lambda: networks.photos(models.efficientnet_b0, 96),
        "mobilenet_v3_large, 96 px": lambda: networks.photos(models.mobilenet_v3_large, 96),
        "densenet121, 96 px": lambda: networks.photos(models.densenet121, 96),
        "squeezenet1_1, 96 px": lambda: networks.photos(models.squeezenet1_1, 96),
        "U-Net on resnet18, 96 px": lambda: networks.unet(96),
        "AWD_LSTM, 200 words": lambda: networks.texts(200),
        "tabular, 11 columns": networks.rows,
    }


Row = tuple[str, list[tuple[float, float]], float, float | None]


def run() -> list[Row]:
    """For each case the foretold and real peaks, the seconds that foretelling took, and what NVML says."""
    return [(name, *_case(make())) for name, make in cases().items()]


def _case(learner: Any) -> tuple[list[tuple[float, float]], float, float | None]:
    is_card = torch.cuda.is_available()
    if is_card:
        learner.model.cuda()
    real = [real_mib(learner, size)[0] for size in BATCHES]
    seen = reading([os.getpid()]) if is_card else None
    began = time.perf_counter()
    cost = memory.measure(learner, device="cuda" if is_card else "cpu")
    seconds = time.perf_counter() - began
    pairs = [(cost.tensors_mib(size), one) for size, one in zip(BATCHES, real, strict=True)]
    return pairs, seconds, seen.ours_mib if seen is not None and not seen.reason else None


def show(title: str, rows: list[Row], console: Console) -> None:
    """Print the table, and the worst of it."""
    table = Table(title=title)
    table.add_column("Network")
    for size in BATCHES:
        table.add_column(f"batch {size}", justify="right", no_wrap=True)
    table.add_column("foretold in", justify="right", no_wrap=True)
    on_card = any(whole is not None for *_, whole in rows)
    if on_card:
        table.add_column("by NVML, context and reserve included", justify="right")
    for name, pairs, seconds, whole in rows:
        cells = [f"{a:.0f} / {b:.0f} ({100 * (a / b - 1):+.1f} %)" for a, b in pairs]
        last = [f"{whole:.0f}" if whole is not None else "not told"] if on_card else []
        table.add_row(name, *cells, f"{seconds:.1f} s", *last)
    console.print(table)
    off = [a / b - 1 for _, pairs, *_ in rows for a, b in pairs]
    console.print(f"{len(off)} cases: from {100 * min(off):+.1f} % to {100 * max(off):+.1f} %")
