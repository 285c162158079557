"""A run as the Train page shows it: events in, plain lists out. The same for a live run and for a file of events.

Must not import Qt, torch or numpy; the window and the command line both read it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from studio.engine import messages as m
from studio.project.run_folder import RunFolder


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
    speeds : list of (int, float)
        Items per second as they were told, with the batch.
    shown : list of SamplesShown
        The samples after each epoch, in order.
    best : BestSoFar or None
        The best epoch so far, where the run looks for it.
    early : list of StoppedEarly
        Stages that ended before their last epoch.
    everything : bool
        Whether it trains on the validation items too.
    n_valid, class_sizes : int, dict
        How many items judge it, and training items of each class.
    memory : dict
        What each stage that has ended really took.
    halvings : list of Halved
        Where memory ran out and the batch was halved.
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
    speeds: list[tuple[int, float]] = field(default_factory=list)
    shown: list[m.SamplesShown] = field(default_factory=list)
    best: m.BestSoFar | None = None
    early: list[m.StoppedEarly] = field(default_factory=list)
    everything: bool = False
    n_valid: int = 0
    class_sizes: dict[str, int] = field(default_factory=dict)
    memory: dict[int, m.StageMemory] = field(default_factory=dict)
    halvings: list[m.Halved] = field(default_factory=list)
    items_per_second: float = 0.0
    seconds_left: float | None = None
    done: m.RunDone | None = None

    @property
    def total_batches(self) -> int:
        """Batches of all stages together; a stage that stopped early counts as far as it went."""
        spans = self.spans()
        return spans[-1][1] if spans else 0

    def spans(self) -> list[tuple[int, int]]:
        """Where each stage of the plan lies on the axis of batches: (first, one past its last)."""
        stopped = {event.stage: event.step for event in self.early}
        found: list[tuple[int, int]] = []
        for plan in self.plan:
            start = found[-1][1] if found else 0
            found.append((start, stopped.get(plan.index, start + plan.batches * (plan.until or plan.epochs))))
        return found

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
    run.everything, run.n_valid, run.class_sizes = event.everything, event.n_valid, event.class_sizes
    run.device, run.precision, run.state, run.done = event.device, event.precision, "training", None
    if event.resumed_step:
        run.resumes.append(event.resumed_step)
    _drop_after(run, event.resumed_step)


def _drop_after(run: LiveRun, step: int) -> None:
    """Forget batches past a checkpoint, that of the start among them: a resumed run trains them again."""
    keep = sum(1 for s in run.steps if s < step)
    for values in (run.steps, run.losses, run.smooth, run.lrs, run.momentums):
        del values[keep:]
    run.epochs = [e for e in run.epochs if e.step <= step]
    run.shown = [e for e in run.shown if e.step <= step]
    run.early = [e for e in run.early if e.step <= step]
    run.stage_steps = {stage: first for stage, first in run.stage_steps.items() if first <= step}
    run.speeds = [pair for pair in run.speeds if pair[0] < step]
    if run.best is not None and run.best.step > step:
        run.best = None


def _plan_changed(run: LiveRun, event: m.PlanChanged) -> None:
    run.plan = event.stages


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
    if event.items_per_second:
        run.speeds.append((event.first, event.items_per_second))


def _epoch(run: LiveRun, event: m.EpochDone) -> None:
    """An epoch that was cut short, or whose checkpoint came too late, is told again after a resume."""
    run.epochs = [e for e in run.epochs if (e.stage, e.epoch) != (event.stage, event.epoch)]
    run.epochs.append(event)


def _shown(run: LiveRun, event: m.SamplesShown) -> None:
    run.shown = [e for e in run.shown if (e.stage, e.epoch) != (event.stage, event.epoch)]
    run.shown.append(event)


def _best(run: LiveRun, event: m.BestSoFar) -> None:
    run.best = event


def _early(run: LiveRun, event: m.StoppedEarly) -> None:
    run.early = [e for e in run.early if e.stage != event.stage]
    run.early.append(event)


def _stage_memory(run: LiveRun, event: m.StageMemory) -> None:
    run.memory[event.stage] = event


def _halved(run: LiveRun, event: m.Halved) -> None:
    run.halvings = [e for e in run.halvings if e.step != event.step]
    run.halvings.append(event)


def _checkpoint(run: LiveRun, event: m.Checkpointed) -> None:
    run.checkpoints.append(event.step)


def _state(run: LiveRun, event: m.RunState) -> None:
    run.state = event.state


def _done(run: LiveRun, event: m.RunDone) -> None:
    run.done, run.state, run.seconds_left = event, event.status, 0.0


_HANDLERS: dict[type[m.Event], Callable[[LiveRun, Any], None]] = {
    m.RunStarted: _started,
    m.PlanChanged: _plan_changed,
    m.StageStarted: _stage_started,
    m.Batches: _batches,
    m.EpochDone: _epoch,
    m.SamplesShown: _shown,
    m.BestSoFar: _best,
    m.StoppedEarly: _early,
    m.StageMemory: _stage_memory,
    m.Halved: _halved,
    m.Checkpointed: _checkpoint,
    m.RunState: _state,
    m.RunDone: _done,
}


def told(folder: RunFolder) -> LiveRun:
    """A run as its file of events tells it, with the status of its record."""
    run = LiveRun(folder.number)
    for event in folder.events():
        run.apply(event)
    record = folder.record()
    if run.done is None and record.status not in ("training", "paused"):
        run.apply(
            m.RunDone(
                run=run.run,
                status=record.status,
                metrics=record.metrics,
                seconds=record.seconds,
                message=record.error,
            )
        )
    return run
