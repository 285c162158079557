"""What is told of a trained model: its scores, exports and answers."""

from __future__ import annotations

from msgspec import Struct

from studio.engine.messages.base import Event


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
