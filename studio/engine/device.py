"""The device that fits run on, its precision, and how many threads torch may use.

Thread counts are set on purpose: fastai's small operations slow down many times over when every core of a
busy machine joins in. Must not import Qt.
"""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import torch

from studio.errors import UserError
from studio.recipe.schema import Precision

SHARED_FROM = 1e7
"""Multiplications from which a forward pass of linear layers is quicker in two threads than in one."""

HALF_FROM = (7, 0)
"""The compute capability from which cards have matrix units for 16-bit numbers."""


def prepare() -> torch.device:
    """Fix threads and fastai's default device for this thread's process, and return the device."""
    from fastai.torch_core import default_device

    torch.set_num_threads(threads())
    if torch.get_num_interop_threads() != 1:
        _one_interop_thread()
    return torch.device(default_device(use=torch.cuda.is_available()))


def current() -> torch.device:
    """The device that fits run on: a card where torch finds one."""
    return (
        torch.device("cuda", torch.cuda.current_device())
        if torch.cuda.is_available()
        else torch.device("cpu")
    )


def threads() -> int:
    """Physical cores that this process may use, or what OMP_NUM_THREADS asks for."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdigit() and int(asked) > 0:
        return int(asked)
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed))


@contextmanager
def threads_for(model: torch.nn.Module, batch_size: int) -> Iterator[None]:
    """Within the block, a network too small to be shared among threads is computed by one.

    Waking the others and waiting for them takes longer than its few small products. The choice depends on the
    network and the batch alone, so that a run that is resumed rounds as it did before.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1 if work_of(model, batch_size) < SHARED_FROM else before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def work_of(model: torch.nn.Module, batch_size: int) -> float:
    """Multiplications of one forward pass where a network is made of linear layers and embeddings; else infinity."""
    total = 0.0
    for module in model.modules():
        own = [parameter for parameter in module.parameters(recurse=False) if parameter.dim() > 1]
        if isinstance(module, torch.nn.Linear):
            total += module.weight.numel() * batch_size
        elif own and not isinstance(module, torch.nn.Embedding):
            return math.inf
    return total


def _one_interop_thread() -> None:
    try:
        torch.set_num_interop_threads(1)
    except RuntimeError:  # another library ran a parallel region first; torch allows this only before that
        return


def device_name(device: torch.device) -> str:
    """The device in words."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return _cpu_name() or platform.machine() or "CPU"


def _cpu_name() -> str:
    with suppress(OSError), Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def precision_on(asked: Precision, device: torch.device) -> Precision:
    """What `asked` means on `device`: "fp32", "fp16" or "bf16".

    "auto" takes bf16 where the card computes in it, which needs no scaling of the loss; else fp16 where the card has
    units for it; else 32 bit.

    Raises
    ------
    UserError
        Where the card has no bf16.
    """
    if device.type != "cuda":
        return "fp32"
    has_bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
    if asked == "bf16" and not has_bf16:
        raise UserError(
            f"{device_name(device)} cannot train in bf16.", "Set the precision to fp16, fp32 or automatic."
        )
    if asked != "auto":
        return asked
    if has_bf16:
        return "bf16"
    return "fp16" if torch.cuda.get_device_capability(device) >= HALF_FROM else "fp32"
