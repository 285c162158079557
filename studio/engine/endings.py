"""How a run ends: finished, stopped, broken, discarded, left behind, or failed. Must not import Qt.

Each ending leaves the record, the events and the files of the run agreeing with each other.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from studio.engine import checkpoint, failures, outcome
from studio.engine.best import Best
from studio.engine.callbacks.tell import number
from studio.engine.checkpoint import Tensors
from studio.engine.messages import EpochDone, Event, ModelOf, RunDone, RunState, RunStatus
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
        self.is_unjudged = story.run.record().everything is not None

    def tell(self, event: Event) -> None:
        """Pass an event on."""
        if isinstance(event, EpochDone) and not self.is_unjudged:
            self._metrics = {"valid_loss": event.valid_loss, **event.metrics}
        self._story.tell(event)

    def finished(self, tensors: Tensors, model: ModelOf) -> RunDone:
        """All stages are trained."""
        outcome.save_model(self._run.model_path, tensors)
        done = self._done("finished", model=model)
        checkpoint.remove_all(self._run.path)
        return done

    def stopped(self, learner: Any, place: Place, best: Best) -> RunDone:
        """A person stopped it and keeps the model: it is validated where the epoch was not over."""
        return self._done("stopped", model=self._kept(learner, place, best))

    def broken(self, learner: Any, place: Place, best: Best) -> RunDone:
        """The loss is no number any more: the last good weights are kept."""
        message = (
            f"The loss became infinite or not a number at batch {place.step} (stage {place.plan.index + 1}). "
            f"Lower the learning rate (now {place.plan.lr_max:.2g}), and check the data for missing or huge values."
        )
        if not outcome.last_good(learner, self._run.path):
            return self._done("failed", f"{message} No usable weights are left.")
        model = self._kept(learner, place, best)
        return self._done("failed", f"{message} The last good weights are kept.", model)

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

    def _kept(self, learner: Any, place: Place, best: Best) -> ModelOf:
        """Save the model of a fit that was ended, and say whose weights it has."""
        if not self.is_unjudged and not place.is_over and place.epoch < place.plan.epochs:
            self._judge(learner, place)
            if best.is_watching:
                best.note(self._metrics, place.epoch, outcome.weights_of(learner), place)
        tensors, model = best.weights(place, outcome.weights_of(learner))
        outcome.save_model(self._run.model_path, tensors)
        return model

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

    def _metrics_of(self, model: ModelOf | None) -> dict[str, float | None]:
        """The metrics of the epoch whose weights are kept; it may have been told by a process that was killed."""
        if model is None or not model.best_by:
            return dict(self._metrics)
        told = [e for e in self._run.events() if isinstance(e, EpochDone) and e.step == model.step]
        return {"valid_loss": told[-1].valid_loss, **told[-1].metrics} if told else dict(self._metrics)

    def _done(self, status: RunStatus, message: str = "", model: ModelOf | None = None) -> RunDone:
        seconds, metrics = self._watch.seconds(), self._metrics_of(model)
        score = metrics.get(self._project.problem.judged_by(metrics)[0])
        error = message if status == "failed" else ""
        self._run.update_record(
            status=status, seconds=seconds, metrics=metrics, score=score, error=error, model=model
        )
        done = RunDone(
            run=self._run.number,
            status=status,
            metrics=metrics,
            seconds=seconds,
            message=message,
            model=model,
        )
        self._story.tell(done)
        return done
