"""What the window and the engine say to each other: frozen structs, one JSON object a line.

Commands go to the engine, events come back. Each carries the number of the job that it belongs to, so that
an answer to an old job can be dropped. A loss that is not finite travels as null. Change `PROTOCOL` whenever
the meaning of a message changes. Must not import torch, fastai or Qt. `bytes` travel as base64.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

PROTOCOL = 1

Severity = Literal["error", "warning", "info"]
RunStatus = Literal["training", "paused", "finished", "stopped", "discarded", "interrupted", "failed"]


class Command(Struct, frozen=True, kw_only=True, tag_field="do", tag=True):
    """Anything the window asks for."""

    job: int = 0


class Open(Command, frozen=True, kw_only=True):
    """Work on this project from now on. The engine never takes the lock: its owner did."""

    project: str


class Scan(Command, frozen=True, kw_only=True):
    """Collect the items: answers `Scanned`."""


class Check(Command, frozen=True, kw_only=True):
    """Look for trouble in the data: answers `FindingsFound` as they come."""


class Preview(Command, frozen=True, kw_only=True):
    """One augmented batch as the model receives it: answers `PreviewBatch`."""

    stage: int = 0


class Estimate(Command, frozen=True, kw_only=True):
    """Memory against batch size, and the choice per stage: answers `Estimated`."""


class FindRate(Command, frozen=True, kw_only=True):
    """Learning-rate finder on one stage: answers `RatePoints` while it runs, then `RateFound`.

    `run` names the run whose weights an unfrozen stage starts from; None starts from the recipe's own.
    """

    stage: int = 0
    run: int | None = None


class Train(Command, frozen=True, kw_only=True):
    """Train all stages (or one), or resume a run from its last checkpoint."""

    resume: int | None = None
    stage: int | None = None


class Evaluate(Command, frozen=True, kw_only=True):
    """Predict every item with a run's model and keep the results: answers `Evaluated`."""

    run: int


class Export(Command, frozen=True, kw_only=True):
    """Write a run's model in one of the export formats: answers `Exported`."""

    run: int
    format: str
    folder: str


class Predict(Command, frozen=True, kw_only=True):
    """Answer for files or folders with a run's model on the CPU: answers `Predicted`."""

    run: int
    inputs: tuple[str, ...]


class Pause(Command, frozen=True, kw_only=True):
    """Hold the fit after this batch; memory stays."""


class Continue(Command, frozen=True, kw_only=True):
    """Go on after a pause."""


class StopKeep(Command, frozen=True, kw_only=True):
    """Finish the batch, validate, keep a usable model."""


class Discard(Command, frozen=True, kw_only=True):
    """Finish the batch and throw the run away."""


class Cancel(Command, frozen=True, kw_only=True):
    """Stop the running job that is not a fit."""


class Quit(Command, frozen=True, kw_only=True):
    """Checkpoint what trains, and leave."""


class Event(Struct, frozen=True, kw_only=True, tag_field="event", tag=True):
    """Anything the engine tells."""

    job: int = 0


class Greeting(Event, frozen=True, kw_only=True):
    """First line of an engine. `device` is what fits will run on ("cpu", "cuda:0")."""

    protocol: int
    studio: str
    python: str
    torch: str
    device: str
    device_name: str
    pid: int


class Started(Event, frozen=True, kw_only=True):
    """A job began."""

    what: str


class Progress(Event, frozen=True, kw_only=True):
    """How far a job is. `total` 0 where unknown; `seconds_left` None until it can be told."""

    text: str
    done: int = 0
    total: int = 0
    seconds_left: float | None = None


class Done(Event, frozen=True, kw_only=True):
    """A job ended well."""


class Cancelled(Event, frozen=True, kw_only=True):
    """A job was stopped on request; nothing was changed."""


class Failed(Event, frozen=True, kw_only=True):
    """A job failed. `detail` is for the log and the report, never shown first."""

    message: str
    hint: str = ""
    fix: str = ""
    detail: str = ""


class Notice(Event, frozen=True, kw_only=True):
    """Something a person should know, in words."""

    level: Severity
    text: str


class ClassCount(Struct, frozen=True):
    """Items of one class."""

    name: str
    train: int
    valid: int


class SampleRef(Struct, frozen=True):
    """One item to show: its key (path below the data root) and the words for its target."""

    key: str
    label: str
    valid: bool


class Scanned(Event, frozen=True, kw_only=True):
    """What the recipe makes of the data, edits applied."""

    n_train: int
    n_valid: int
    classes: tuple[ClassCount, ...]
    samples: tuple[SampleRef, ...]
    left_out: tuple[tuple[str, str], ...] = ()


class Fix(Struct, frozen=True):
    """An edit of the recipe that mends a finding: field name to new value, in the words of `--set`."""

    label: str
    values: dict[str, Any]


class Finding(Struct, frozen=True):
    """One thing wrong (or worth knowing) about the data.

    `items` names the first 20 files or rows, `count` how many there are in all.
    """

    code: str
    severity: Severity
    title: str
    meaning: str
    items: tuple[str, ...] = ()
    count: int = 0
    fix: Fix | None = None


class FindingsFound(Event, frozen=True, kw_only=True):
    """Some findings; more may follow until `Done`."""

    findings: tuple[Finding, ...]


class PreviewSample(Struct, frozen=True):
    """One element of a batch as a picture (PNG or JPEG bytes) and the words for its target.

    Where an item is no picture (a row, a text) `picture` is empty and `words` says what the model receives.
    """

    picture: bytes
    label: str
    words: str = ""


class PreviewBatch(Event, frozen=True, kw_only=True):
    """A batch as the model receives it, made visible again."""

    stage: int
    samples: tuple[PreviewSample, ...]


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


class RatePoints(Event, frozen=True, kw_only=True):
    """Points of the finder's curve since the last such event; lists are of equal length."""

    stage: int
    lrs: tuple[float, ...]
    losses: tuple[float | None, ...]
    smooth: tuple[float | None, ...]


class Suggestion(Struct, frozen=True):
    """A marked place on the curve. `min` None means `slice(max)`."""

    name: str
    title: str
    max: float
    min: float | None
    reason: str


class RateFound(Event, frozen=True, kw_only=True):
    """The finder's whole answer. `groups` names the layer groups, first to last. Kept in `rates/`."""

    stage: int
    freeze: bool
    batch_size: int
    size: int | None
    lrs: tuple[float, ...]
    losses: tuple[float | None, ...]
    smooth: tuple[float | None, ...]
    suggestions: tuple[Suggestion, ...]
    groups: tuple[str, ...]
    trainable: tuple[bool, ...]
    sentence: str = ""


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


class Evaluated(Event, frozen=True, kw_only=True):
    """Results of a run are on disk (`Project.run(n).results()`)."""

    run: int
    metrics: dict[str, float | None]


class Proof(Struct, frozen=True):
    """An export compared with the trained model on real items. Latency in ms per item, size in bytes."""

    items: int
    largest_difference: float
    agreement: float
    latency_ms: float
    size_bytes: int
    passed: bool
    sentence: str


class Exported(Event, frozen=True, kw_only=True):
    """An export is written; `proof` None where the format cannot be compared."""

    run: int
    format: str
    path: str
    proof: Proof | None
    warning: str = ""


class Prediction(Struct, frozen=True):
    """The answer for one input; `scores` best first, none for a number.

    `problem` says why there is no answer, `note` what a person should know about the one there is.
    """

    input: str
    answer: str
    scores: tuple[tuple[str, float], ...] = ()
    problem: str = ""
    note: str = ""


class Predicted(Event, frozen=True, kw_only=True):
    """Answers; `latency_ms` per item."""

    run: int
    predictions: tuple[Prediction, ...]
    latency_ms: float


AnyCommand = (
    Open | Scan | Check | Preview | Estimate | FindRate | Train | Evaluate | Export | Predict
    | Pause | Continue | StopKeep | Discard | Cancel | Quit
)  # fmt: skip
AnyEvent = (
    Greeting | Started | Progress | Done | Cancelled | Failed | Notice | Scanned | FindingsFound | PreviewBatch
    | Estimated | RatePoints | RateFound | RunStarted | StageStarted | Batches | EpochDone | Checkpointed | RunState
    | RunDone | Evaluated | Exported | Predicted
)  # fmt: skip

_encoder = msgspec.json.Encoder()
_commands: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)
_events: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def encode(message: Command | Event) -> bytes:
    """One line, with its line feed."""
    return _encoder.encode(message) + b"\n"


def decode_command(line: bytes) -> AnyCommand:
    """Read a command.

    Raises
    ------
    msgspec.DecodeError
        Where the line is no command; `msgspec.ValidationError` is one of these.
    """
    return _commands.decode(line)


def decode_event(line: bytes) -> AnyEvent:
    """Read an event; raises like `decode_command`."""
    return _events.decode(line)
