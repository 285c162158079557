"""Messages to lines and back. A new message is named in one of the two unions here."""

from __future__ import annotations

import msgspec

from studio.engine.messages.base import Command, Event
from studio.engine.messages.commands import (
    Cancel,
    Check,
    Continue,
    Curve,
    Discard,
    Estimate,
    Evaluate,
    Export,
    FindRate,
    Open,
    Pause,
    Predict,
    Preview,
    Quit,
    Replan,
    Scan,
    StopKeep,
    Train,
    TryRates,
)
from studio.engine.messages.curve import CurveFound, CurvePointDone, CurveStarted
from studio.engine.messages.data import FindingsFound, PreviewBatch, Scanned
from studio.engine.messages.jobs import Cancelled, Done, Failed, Greeting, Notice, Progress, Started
from studio.engine.messages.memory import Estimated, Halved, StageMemory
from studio.engine.messages.rates import RateFound, RatePoints, RatesTried, TrialPoints
from studio.engine.messages.runs import (
    Batches,
    BestSoFar,
    Checkpointed,
    EpochDone,
    PlanChanged,
    RunDone,
    RunStarted,
    RunState,
    SamplesShown,
    StageStarted,
    StoppedEarly,
)
from studio.engine.messages.shipping import Evaluated, Exported, Predicted

AnyCommand = (
    Open | Scan | Check | Preview | Estimate | FindRate | TryRates | Train | Curve | Evaluate | Export | Predict
    | Pause | Continue | Replan | StopKeep | Discard | Cancel | Quit
)  # fmt: skip
AnyEvent = (
    Greeting | Started | Progress | Done | Cancelled | Failed | Notice | Scanned | FindingsFound | PreviewBatch
    | Estimated | StageMemory | Halved | RatePoints | RateFound | TrialPoints | RatesTried
    | RunStarted | StageStarted | Batches | EpochDone | Checkpointed | RunState | SamplesShown
    | PlanChanged | BestSoFar | StoppedEarly | CurveStarted | CurvePointDone | CurveFound
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
