"""What the window asks for."""

from __future__ import annotations

from studio.engine.messages.base import Command
from studio.recipe.schema import Recipe, Stage


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


class TryRates(Command, frozen=True, kw_only=True):
    """Three short fits at a tenth of a rate, at it and at ten times it: answers `TrialPoints`, then `RatesTried`.

    `min` None stands for `slice(max)`; `run` as in `FindRate`.
    """

    max: float
    min: float | None = None
    stage: int = 0
    run: int | None = None


class Train(Command, frozen=True, kw_only=True):
    """Train all stages (or one), or resume a run from its last checkpoint.

    `everything` names a run whose recipe, marks and batch sizes a last run takes over to train on the validation items
    too. `repeat` names a run to train again, as it was, from another `seed` (None: one after those of its group).
    Both make a new run; at most one of `resume`, `everything` and `repeat` is given.
    """

    resume: int | None = None
    stage: int | None = None
    everything: int | None = None
    repeat: int | None = None
    seed: int | None = None
    recipe: Recipe | None = None
    """Train this instead of the project's recipe: a run from the queue. It must be of the same problem."""


class Curve(Command, frozen=True, kw_only=True):
    """Do I need more data? Answers `CurveStarted`, `CurvePointDone` for each point, then `CurveFound`.

    `plan` "quick" trains one short stage for each point, "full" the recipe's own stages. `Cancel` ends it; the points
    that are done are kept, and the same command goes on from there while data and recipe are the same.
    """

    plan: str = "quick"
    seeds: int = 1


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


class Replan(Command, frozen=True, kw_only=True):
    """Change the stages that the running fit has not begun: answers `PlanChanged` when the next stage's turn comes.

    `stages` is the whole plan; of those that have begun, the run keeps its own.
    """

    stages: tuple[Stage, ...]


class StopKeep(Command, frozen=True, kw_only=True):
    """Finish the batch, validate, keep a usable model."""


class Discard(Command, frozen=True, kw_only=True):
    """Finish the batch and throw the run away."""


class Cancel(Command, frozen=True, kw_only=True):
    """Stop the running job that is not a fit."""


class Quit(Command, frozen=True, kw_only=True):
    """Checkpoint what trains, and leave."""
