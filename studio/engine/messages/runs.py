"""What is told of a run while it trains, in the order in which it comes.

`RunStarted`, then for each stage `StageStarted`, and in it `RunState`, `Batches` (20 a second at most), `Checkpointed`,
and for each epoch `EpochDone`, at once after it `BestSoFar` where that epoch is the best one yet, and `StoppedEarly`
where it ends the stage; at last `RunDone`. All but notices are kept in the run's `events.jsonl`. After a resume the
batches and epochs since the checkpoint come again with the same numbers: what comes later counts.
Stages, epochs and batches are numbered from 0.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from studio.engine.messages.base import Event, RunStatus
from studio.recipe.schema import Schedule


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
    schedule: Schedule = "one_cycle"
    until: int | None = None
    """The epochs that are trained, where the stage is cut short by plan; its schedule is that of all `epochs`."""
    accumulate: int = 1
    """In how many parts each batch of `batch_size` items goes through the network."""
    freeze_to: int | None = None
    part: str = ""


class ModelOf(Struct, frozen=True):
    """Which epoch's weights a model has: those after `epoch` of `stage`, `step` batches into the run.

    `best_by` names what made it the best epoch; empty for the weights that the run ended with.
    """

    stage: int
    epoch: int
    step: int
    best_by: str = ""
    value: float | None = None


class RunStarted(Event, frozen=True, kw_only=True):
    """A run began or was resumed (`resumed_step` > 0: batches already done)."""

    run: int
    stages: tuple[StagePlan, ...]
    metrics: tuple[str, ...]
    device: str
    precision: str
    resumed_step: int = 0
    clock: float = 0.0
    everything: bool = False
    """Whether it trains on the validation items too, so that no epoch has a validation loss or a metric."""
    n_valid: int = 0
    """How many items judge it."""
    class_sizes: dict[str, int] = field(default_factory=dict)
    """Training items of each class, where there are classes."""


class PlanChanged(Event, frozen=True, kw_only=True):
    """The stages to come were changed on request (`Replan`); those that have begun are as they were."""

    run: int
    stages: tuple[StagePlan, ...]


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


class BestSoFar(Event, frozen=True, kw_only=True):
    """The epoch that was just told is the best of the run so far, judged by `monitor` ("valid_loss" or a metric).

    Told only where the best epoch is kept or a stage may stop early. The first epoch of a stage with another picture
    size begins anew: values before it are not compared.
    """

    run: int
    stage: int
    epoch: int
    step: int
    monitor: str
    value: float


class StoppedEarly(Event, frozen=True, kw_only=True):
    """The epoch that was just told ends its stage: `patience` epochs in a row were no better than `value`.

    The run goes on with its next stage, if it has one. `best_epoch` of `best_stage` has `value`.
    """

    run: int
    stage: int
    epoch: int
    step: int
    monitor: str
    value: float
    best_stage: int
    best_epoch: int
    patience: int


class SampleAnswer(Struct, frozen=True):
    """What the model answers now for one validation item; fields as in `project.results.ItemResult`.

    `picture` is a file in the run's folder where the answer is a picture (a mask over its photo).
    """

    key: str
    target: Any
    predicted: Any
    confidence: float | None = None
    loss: float | None = None
    words: str = ""
    picture: str = ""


class SamplesShown(Event, frozen=True, kw_only=True):
    """The same few validation items after every epoch, so that a person sees the model learn."""

    run: int
    stage: int
    epoch: int
    step: int
    samples: tuple[SampleAnswer, ...]


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
    model: ModelOf | None = None
    """Whose weights `model.safetensors` has; None where the run left no model."""
