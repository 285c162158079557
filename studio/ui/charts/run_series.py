"""The curves of a run as growing pyramids, kept in step with a `LiveRun`.

Rules: only what is new is taken in at each call; a resumed run is read again from the start, once.
Must not import: Qt, pyqtgraph.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from studio.project.live_run import LiveRun
from studio.ui.charts.pyramid import Pyramid


@dataclass(frozen=True)
class StageBand:
    """The batches of one stage: from `start` up to `stop`."""

    index: int
    start: float
    stop: float
    frozen: bool
    epochs: int


@dataclass(frozen=True)
class Epochs:
    """Values at the ends of epochs; all lists of equal length."""

    steps: tuple[float, ...]
    train: tuple[float | None, ...]
    valid: tuple[float | None, ...]
    metrics: dict[str, tuple[float | None, ...]]


class RunSeries:
    """Raw loss, smoothed loss, rate and momentum over the batch number."""

    def __init__(self) -> None:
        self._identity: tuple[int, int] | None = None
        self._clear()

    def _clear(self) -> None:
        self.loss, self.smooth, self.rate, self.momentum = (Pyramid() for _ in range(4))

    def take(self, run: LiveRun | None) -> bool:
        """Take in what `run` has got since the last call; True where the curves began anew."""
        identity = None if run is None else (id(run), len(run.resumes))
        anew = identity != self._identity or (run is not None and len(run.steps) < len(self.loss))
        if anew:
            self._identity = identity
            self._clear()
        if run is not None:
            self._append(run, len(self.loss))
        return anew

    def _append(self, run: LiveRun, first: int) -> None:
        if first == len(run.steps):
            return
        steps = run.steps[first:]
        pairs: tuple[tuple[Pyramid, Sequence[float | None]], ...] = (
            (self.loss, run.losses),
            (self.smooth, run.smooth),
            (self.rate, run.lrs),
            (self.momentum, run.momentums),
        )
        for pyramid, values in pairs:
            pyramid.append(steps, values[first:])


def bands(run: LiveRun) -> tuple[StageBand, ...]:
    """Where each stage lies on the axis of batches."""
    return tuple(
        StageBand(stage.index, float(start), float(stop), stage.freeze, stage.epochs)
        for stage, (start, stop) in zip(run.plan, run.spans(), strict=True)
    )


def epochs(run: LiveRun) -> Epochs:
    """Losses and metrics at the ends of epochs."""
    names = run.metrics or tuple(dict.fromkeys(name for e in run.epochs for name in e.metrics))
    return Epochs(
        tuple(float(e.step) for e in run.epochs),
        tuple(e.train_loss for e in run.epochs),
        tuple(e.valid_loss for e in run.epochs),
        {name: tuple(e.metrics.get(name) for e in run.epochs) for name in names if name != "valid_loss"},
    )


def length(run: LiveRun | None) -> float:
    """Batches on the axis: of the whole plan, or more where the run went further."""
    if run is None:
        return 1.0
    return float(max(run.total_batches, run.steps[-1] + 1 if run.steps else 0, 1))


def nearest(steps: Sequence[float], x: float) -> int | None:
    """Index of the step nearest to `x`; None for no steps. `steps` rises."""
    if not steps:
        return None
    right = bisect_left(steps, x)
    near = [i for i in (right - 1, right) if 0 <= i < len(steps)]
    return min(near, key=lambda i: abs(steps[i] - x))
