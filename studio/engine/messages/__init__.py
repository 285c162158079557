"""What the window and the engine say to each other: frozen structs, one JSON object a line.

Commands go to the engine, events come back. Each carries the number of the job that it belongs to, so that
an answer to an old job can be dropped. A loss that is not finite travels as null. Change `PROTOCOL` whenever
the meaning of a message changes. Must not import torch, fastai or Qt. `bytes` travel as base64.

One module a subject; `wire.py` knows them all. A message is imported from here.
"""

from studio.engine.messages.base import (
    PROTOCOL,
    Command,
    Event,
    RunStatus,
    Severity,
)
from studio.engine.messages.commands import (
    Cancel,
    Check,
    Continue,
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
    Scan,
    StopKeep,
    Train,
)
from studio.engine.messages.data import (
    ClassCount,
    Finding,
    FindingsFound,
    Fix,
    PreviewBatch,
    PreviewSample,
    SampleRef,
    Scanned,
)
from studio.engine.messages.jobs import (
    Cancelled,
    Done,
    Failed,
    Greeting,
    Notice,
    Progress,
    Started,
)
from studio.engine.messages.memory import (
    BatchTick,
    Estimated,
    StageEstimate,
)
from studio.engine.messages.rates import (
    RateFound,
    RatePoints,
    Suggestion,
)
from studio.engine.messages.runs import (
    Batches,
    Checkpointed,
    EpochDone,
    RunDone,
    RunStarted,
    RunState,
    StagePlan,
    StageStarted,
)
from studio.engine.messages.shipping import (
    Evaluated,
    Exported,
    Predicted,
    Prediction,
    Proof,
)
from studio.engine.messages.wire import (
    AnyCommand,
    AnyEvent,
    decode_command,
    decode_event,
    encode,
)

__all__ = [
    "PROTOCOL",
    "AnyCommand",
    "AnyEvent",
    "BatchTick",
    "Batches",
    "Cancel",
    "Cancelled",
    "Check",
    "Checkpointed",
    "ClassCount",
    "Command",
    "Continue",
    "Discard",
    "Done",
    "EpochDone",
    "Estimate",
    "Estimated",
    "Evaluate",
    "Evaluated",
    "Event",
    "Export",
    "Exported",
    "Failed",
    "FindRate",
    "Finding",
    "FindingsFound",
    "Fix",
    "Greeting",
    "Notice",
    "Open",
    "Pause",
    "Predict",
    "Predicted",
    "Prediction",
    "Preview",
    "PreviewBatch",
    "PreviewSample",
    "Progress",
    "Proof",
    "Quit",
    "RateFound",
    "RatePoints",
    "RunDone",
    "RunStarted",
    "RunState",
    "RunStatus",
    "SampleRef",
    "Scan",
    "Scanned",
    "Severity",
    "StageEstimate",
    "StagePlan",
    "StageStarted",
    "Started",
    "StopKeep",
    "Suggestion",
    "Train",
    "decode_command",
    "decode_event",
    "encode",
]
