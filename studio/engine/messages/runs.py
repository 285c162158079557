"""What is told of a run while it trains."""

from __future__ import annotations

from msgspec import Struct

from studio.engine.messages.base import Event, RunStatus


class StagePlan(Struct, frozen=True):
    """A stage as it will be run."""

    index: int
    freeze: bool
    epochs: int
    size: int | None
    batch_size: int
    batches: int
    lr_min: float | None
    lr_max: float


class RunStarted(Event, frozen=True, kw_only=True):
    """A run began or was resumed (`resumed_step` > 0: batches already done)."""

    run: int
    stages: tuple[StagePlan, ...]
    metrics: tuple[str, ...]
    device: str
    precision: str
    resumed_step: int = 0
    clock: float = 0.0


class StageStarted(Event, frozen=True, kw_only=True):
    """A stage's fit began at global batch `step`."""

    run: int
    stage: int
    step: int


class Batches(Event, frozen=True, kw_only=True):
    """Training batches since the last such event. `first` is the global number of the first of them.

    `losses` raw, `smooth` fastai's EWMA, `lrs` and `momentums` of the last layer group.
    """

    run: int
    stage: int
    epoch: int
    first: int
    losses: tuple[float | None, ...]
    smooth: tuple[float | None, ...]
    lrs: tuple[float, ...]
    momentums: tuple[float, ...]
    items_per_second: float
    seconds_left: float | None


class EpochDone(Event, frozen=True, kw_only=True):
    """An epoch ended with validation. `metrics` by fastai's names; `step` counts batches of the run."""

    run: int
    stage: int
    epoch: int
    step: int
    train_loss: float | None
    valid_loss: float | None
    metrics: dict[str, float | None]
    seconds: float


class Checkpointed(Event, frozen=True, kw_only=True):
    """A checkpoint is safely on disk."""

    run: int
    step: int
    seconds: float


class RunState(Event, frozen=True, kw_only=True):
    """What the run does now: "training", "validating", "paused", "checkpointing"."""

    run: int
    state: str


class RunDone(Event, frozen=True, kw_only=True):
    """A run ended. `metrics` has `valid_loss` and the problem's own."""

    run: int
    status: RunStatus
    metrics: dict[str, float | None]
    seconds: float
    message: str = ""
