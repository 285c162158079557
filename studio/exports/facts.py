"""What a run's folder tells an export. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import msgspec

from studio.engine.messages import EpochDone, Event, PlanChanged, RunDone, RunStarted, StageStarted


class Run(Protocol):
    """The part of a `RunFolder` that exports need."""

    @property
    def number(self) -> int:
        """The run's number."""

    @property
    def path(self) -> Path:
        """`<project>/runs/<number>`."""

    def events(self) -> Iterator[Event]:
        """What happened, in order."""


def data_root(learner: Any) -> Path:
    """Return the data folder that a learner's loaders read, wherever it lay when the run was trained."""
    return Path(learner.dls.path).absolute()


def started(run: Run) -> RunStarted | None:
    """Return how the run was started: its stages as run, batch sizes chosen."""
    events = _backwards(run)
    begun = next((e for e in events if isinstance(e, RunStarted)), None)
    latest = next((e for e in events if isinstance(e, RunStarted | PlanChanged)), None)
    return None if begun is None or latest is None else msgspec.structs.replace(begun, stages=latest.stages)


def last_stage(run: Run) -> int:
    """Return the last stage that a run came to, by its place in the recipe."""
    return next((e.stage for e in _backwards(run) if isinstance(e, StageStarted)), 0)


def metrics(run: Run) -> dict[str, float | None]:
    """Return the run's final metrics; those of its last epoch where it never ended."""
    for event in _backwards(run):
        if isinstance(event, (RunDone, EpochDone)) and event.metrics:
            return dict(event.metrics)
    return {}


def _backwards(run: Run) -> list[Event]:
    return list(run.events())[::-1]
