"""A run as the Train page shows it: events in, plain lists out. The same for a live run and for a file of events.

Must not import Qt, torch or numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from studio.engine import messages as m


@dataclass
class LiveRun:
    """The story of one run so far. Lists that share an index are of equal length.

    Attributes
    ----------
    steps, losses, smooth, lrs, momentums : (n_batches,)
        Global batch number, raw loss, fastai's EWMA, rate and momentum of the last layer group.
    epochs : list of EpochDone
        One per finished epoch, in order.
    state : str
        "training", "validating", "paused", "checkpointing", or a final `RunStatus`.
    """

    run: int
    plan: tuple[m.StagePlan, ...] = ()
    metrics: tuple[str, ...] = ()
    device: str = ""
    precision: str = ""
    state: str = "training"
    stage: int = 0
    stage_steps: dict[int, int] = field(default_factory=dict)
    steps: list[int] = field(default_factory=list)
    losses: list[float | None] = field(default_factory=list)
    smooth: list[float | None] = field(default_factory=list)
    lrs: list[float] = field(default_factory=list)
    momentums: list[float] = field(default_factory=list)
    epochs: list[m.EpochDone] = field(default_factory=list)
    checkpoints: list[int] = field(default_factory=list)
    resumes: list[int] = field(default_factory=list)
    items_per_second: float = 0.0
    seconds_left: float | None = None
    done: m.RunDone | None = None

    @property
    def total_batches(self) -> int:
        """Batches of all stages together."""
        return sum(s.batches * s.epochs for s in self.plan)

    @property
    def active(self) -> bool:
        """True until the run has ended."""
        return self.done is None

    def apply(self, event: m.Event) -> None:
        """Take in one event; those of other runs and other kinds are ignored."""
        if getattr(event, "run", None) != self.run:
            return
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event)


def _started(run: LiveRun, event: m.RunStarted) -> None:
    run.plan, run.metrics = event.stages, event.metrics
    run.device, run.precision, run.state, run.done = event.device, event.precision, "training", None
    if event.resumed_step:
        run.resumes.append(event.resumed_step)
        _drop_after(run, event.resumed_step)


def _drop_after(run: LiveRun, step: int) -> None:
    """Forget batches past a checkpoint: a resumed run trains them again."""
    keep = sum(1 for s in run.steps if s < step)
    for values in (run.steps, run.losses, run.smooth, run.lrs, run.momentums):
        del values[keep:]
    run.epochs = [e for e in run.epochs if e.step <= step]


def _stage_started(run: LiveRun, event: m.StageStarted) -> None:
    run.stage = event.stage
    run.stage_steps[event.stage] = event.step


def _batches(run: LiveRun, event: m.Batches) -> None:
    run.state, run.stage = "training", event.stage
    run.steps.extend(range(event.first, event.first + len(event.losses)))
    run.losses.extend(event.losses)
    run.smooth.extend(event.smooth)
    run.lrs.extend(event.lrs)
    run.momentums.extend(event.momentums)
    run.items_per_second, run.seconds_left = event.items_per_second, event.seconds_left


def _epoch(run: LiveRun, event: m.EpochDone) -> None:
    """An epoch that was cut short, or whose checkpoint came too late, is told again after a resume."""
    run.epochs = [e for e in run.epochs if (e.stage, e.epoch) != (event.stage, event.epoch)]
    run.epochs.append(event)


def _checkpoint(run: LiveRun, event: m.Checkpointed) -> None:
    run.checkpoints.append(event.step)


def _state(run: LiveRun, event: m.RunState) -> None:
    run.state = event.state


def _done(run: LiveRun, event: m.RunDone) -> None:
    run.done, run.state, run.seconds_left = event, event.status, 0.0


_HANDLERS: dict[type[m.Event], Callable[[LiveRun, Any], None]] = {
    m.RunStarted: _started,
    m.StageStarted: _stage_started,
    m.Batches: _batches,
    m.EpochDone: _epoch,
    m.Checkpointed: _checkpoint,
    m.RunState: _state,
    m.RunDone: _done,
}
