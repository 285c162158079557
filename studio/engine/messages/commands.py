"""What the window asks for."""

from __future__ import annotations

from studio.engine.messages.base import Command


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
