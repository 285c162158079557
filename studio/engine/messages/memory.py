"""What is told of memory."""

from __future__ import annotations

from msgspec import Struct

from studio.engine.messages.base import Event


class BatchTick(Struct, frozen=True):
    """A batch size and the memory that a step with it takes."""

    batch_size: int
    memory_mib: float
    fits: bool


class StageEstimate(Struct, frozen=True):
    """The gauge's choice for one stage."""

    stage: int
    chosen: int
    memory_mib: float
    ticks: tuple[BatchTick, ...]
    reason: str


class Estimated(Event, frozen=True, kw_only=True):
    """Predicted memory, before anything is allocated. MiB."""

    free_mib: float
    total_mib: float
    device_name: str
    stages: tuple[StageEstimate, ...]
