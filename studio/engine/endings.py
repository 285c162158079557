"""How a run ends: finished, stopped, broken, discarded, left behind, or failed. Must not import Qt.

Each ending leaves the record, the events and the files of the run agreeing with each other.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from studio.engine import checkpoint, failures, outcome
from studio.engine.callbacks.tell import number
from studio.engine.checkpoint import Tensors
from studio.engine.messages import EpochDone, Event, RunDone, RunState, RunStatus
from studio.engine.pace import Stopwatch
from studio.engine.place import Place
from studio.engine.story import Story
from studio.errors import UserError
from studio.project import Project


class Endings:
    """Ends one run. Every `EpochDone` must pass through `tell`, so that the last metrics are known."""

    def __init__(self, project: Project, story: Story, watch: Stopwatch) -> None:
        self._project, self._story, self._watch = project, story, watch
        self._run = story.run
        self._metrics: dict[str, float | None] = {}

    def tell(self, event: Event) -> None:
        """Pass an event on."""
        if isinstance(event, EpochDone):
            self._metrics = {"valid_loss": event.valid_loss, **event.metrics}
        self._story.tell(event)

    def finished(self, tensors: Tensors) -> RunDone:
        """All stages are trained."""
        outcome.save_model(self._run.model_path, tensors)
        done = self._done("finished")
        checkpoint.remove_all(self._run.path)
        return done

    def stopped(self, learner: Any, place: Place) -> RunDone:
        """A person stopped it and keeps the model: it is validated where the epoch was not over."""
        if place.epoch < place.plan.epochs:
            self._judge(learner, place)
        outcome.save_model(self._run.model_path, outcome.weights_of(learner))
        return self._done("stopped")

    def broken(self, learner: Any, place: Place) -> RunDone:
        """The loss is no number any more: the last good weights are kept."""
        message = (
            f"The loss became infinite or not a number at batch {place.step} (stage {place.plan.index + 1}). "
            f"Lower the learning rate (now {place.plan.lr_max:.2g}), and check the data for missing or huge values."
        )
        if not outcome.last_good(learner, self._run.path):
            return self._done("failed", f"{message} No usable weights are left.")
        self._judge(learner, place)
        outcome.save_model(self._run.model_path, outcome.weights_of(learner))
        return self._done("failed", f"{message} The last good weights are kept.")

    def discarded(self) -> RunDone:
        """A person threw it away: it goes to the project's trash."""
        done = self._done("discarded")
        self._project.trash_run(self._run.number)
        return done

    def left(self) -> RunDone:
        """Whoever started it is gone or in a hurry; a checkpoint is on disk."""
        return self._done("interrupted", "The run was interrupted. It can be resumed.")

    def failed(self, error: BaseException) -> None:
        """Something broke; what breaks while this is written down must not hide it."""
        told = failures.explain(error)
        status: RunStatus = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        with suppress(UserError):
            self._done(status, f"{told.message} {told.hint}".strip())

    def _judge(self, learner: Any, place: Place) -> None:
        """Validate a fit that ended within an epoch, so that its model has metrics."""
        self.tell(RunState(run=self._run.number, state="validating"))
        smooth = learner.recorder.losses
        train_loss = number(smooth[-1]) if len(smooth) else None
        began = self._watch.seconds()
        metrics = outcome.validated(learner)
        self.tell(
            EpochDone(
                run=self._run.number,
                stage=place.plan.index,
                epoch=place.epoch,
                step=place.step,
                train_loss=train_loss,
                valid_loss=metrics.get("valid_loss"),
                metrics=outcome.without_losses(metrics),
                seconds=self._watch.seconds() - began,
            )
        )

    def _done(self, status: RunStatus, message: str = "") -> RunDone:
        seconds, metrics = self._watch.seconds(), dict(self._metrics)
        score = metrics.get(self._project.problem.judged_by(metrics)[0])
        error = message if status == "failed" else ""
        self._run.update_record(status=status, seconds=seconds, metrics=metrics, score=score, error=error)
        done = RunDone(run=self._run.number, status=status, metrics=metrics, seconds=seconds, message=message)
        self._story.tell(done)
        return done
