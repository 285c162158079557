"""One run, from its first stage or a checkpoint to its saved model: the story, top to bottom.

Every stage does what a plain fastai script would: seed, build the loaders, build the learner, take the weights
of the stage before, seed again, freeze or thaw, `fit_one_cycle`. Nothing in between draws a random number, so
that the script, the window and the command line get the same losses. Must not import Qt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from studio.engine import building, outcome, randomness, snapshot
from studio.engine.callbacks.follow import Follow
from studio.engine.callbacks.guard import Guard
from studio.engine.callbacks.keep import Keep, keep
from studio.engine.callbacks.resume import Resume, ResumeEnd
from studio.engine.callbacks.stop import Stop
from studio.engine.callbacks.tell import Tell
from studio.engine.checkpoint import State, Tensors
from studio.engine.control import Control
from studio.engine.endings import Endings
from studio.engine.messages import RunDone, RunStarted, StagePlan, StageStarted
from studio.engine.pace import Pace, Stopwatch
from studio.engine.place import Place
from studio.engine.story import Emit, Story
from studio.problems.base import Dataset
from studio.project import Project, RunFolder


@dataclass(frozen=True)
class Start:
    """Where a run begins.

    Attributes
    ----------
    state : State
        The place to start from; `begun` where a stage is to be resumed in its middle.
    tensors : dict
        Weights to take over ("model."), and moments for a resume; empty for the recipe's own weights.
    """

    state: State
    tensors: Tensors


class Training:
    """See the module's docstring. Call `run` once.

    Parameters
    ----------
    plans : tuple of StagePlan
        The stages of this run, all of them, also when it is resumed in a later one.
    every_s : float
        The longest time between two checkpoints.
    """

    def __init__(
        self,
        project: Project,
        run: RunFolder,
        dataset: Dataset,
        plans: tuple[StagePlan, ...],
        emit: Emit,
        control: Control,
        every_s: float,
    ) -> None:
        self._project, self._folder, self._dataset = project, run, dataset
        self._recipe = run.recipe
        self._plans = list(plans)
        self._control, self._every_s = control, every_s
        self._story = Story(run, emit)
        self._watch = Stopwatch()
        self._endings = Endings(project, self._story, self._watch)

    def run(self, start: Start, device: str, precision: str) -> RunDone:
        """Train what is left, and end the run one way or another.

        Raises
        ------
        Exception
            Whatever breaks the fit; the run's record says that it failed.
        """
        self._watch = Stopwatch(start.state.seconds)
        self._endings = Endings(self._project, self._story, self._watch)
        self._folder.update_record(status="training", device=device, error="")
        try:
            self._tell_start(start.state, device, precision)
            return self._stages(start.state, start.tensors)
        except BaseException as error:
            self._endings.failed(error)
            raise

    def _tell_start(self, state: State, device: str, precision: str) -> None:
        self._endings.tell(
            RunStarted(
                run=self._folder.number,
                stages=tuple(self._plans),
                metrics=building.metric_names(self._project.problem, self._dataset),
                device=device,
                precision=precision,
                resumed_step=state.step,
                clock=state.seconds,
            )
        )

    def _stages(self, state: State, tensors: Tensors) -> RunDone:
        first = state.stages.index(state.stage)
        for position in range(first, len(self._plans)):
            learner, place = self._fit(position, state, tensors)
            ended = self._ended_early(learner, place)
            if ended is not None:
                return ended
            tensors = outcome.weights_of(learner)
            building.release(learner)
            if place.plan.index == self._plans[-1].index:
                break
            state = self._next(state, position, place)
            keep(self._folder.number, self._folder.path, state, tensors, self._endings.tell, 0.0)
            if self._control.stop == "leave":
                return self._endings.left()
        return self._endings.finished(tensors)

    def _fit(self, position: int, state: State, tensors: Tensors) -> tuple[Any, Place]:
        """Run one stage's fit until it ends or is stopped."""
        index = self._plans[position].index
        stage = self._recipe.training.stages[index]
        randomness.seed(self._recipe.seed + index)
        learner = self._learner(self._plans[position], tensors, state.begun)
        plan = self._plans[position] = msgspec.structs.replace(
            self._plans[position], batches=len(learner.dls.train)
        )
        place = Place(
            plan, first_step=state.step - state.epoch * plan.batches - state.batch, epoch=state.epoch
        )
        self._endings.tell(StageStarted(run=self._folder.number, stage=index, step=place.first_step))
        callbacks = self._callbacks(position, place, state, tensors)
        randomness.seed(self._recipe.seed + index)
        building.freeze(learner, stage)
        learner.fit_one_cycle(
            stage.epochs,
            building.rate(stage),
            wd=self._recipe.training.weight_decay,
            cbs=callbacks,
            start_epoch=state.epoch,
        )
        return learner, place

    def _learner(self, plan: StagePlan, weights: Tensors, is_resumed: bool) -> Any:
        """Build a stage's learner; one that gets its weights from elsewhere does without the recipe's."""
        problem, recipe = self._project.problem, self._recipe
        learner = building.learner_for(
            problem,
            self._dataset,
            building.blank(problem, recipe) if weights else recipe,
            self._recipe.training.stages[plan.index],
            plan.batch_size,
            self._project.data_root,
            self._folder.path,
        )
        if weights and not is_resumed:
            snapshot.load_model(learner, weights)
        return learner

    def _callbacks(self, position: int, place: Place, state: State, tensors: Tensors) -> list[Any]:
        emit = self._endings.tell
        follow, tell = Follow(place), Tell(self._folder.number, place, Pace(self._plans, position), emit)
        common = msgspec.structs.replace(state, stage=place.plan.index)
        keeping = Keep(self._folder.path, follow, tell, common, self._every_s, self._watch)
        callbacks = [follow, Guard(place), tell, keeping, Stop(self._control, tell, keeping, emit)]
        if state.begun:
            resume = Resume(place, state, tensors)
            callbacks += [resume, ResumeEnd(resume)]
        return callbacks

    def _ended_early(self, learner: Any, place: Place) -> RunDone | None:
        """End the run where the fit broke or was stopped; None where the stage is complete and more may follow."""
        stop = self._control.stop
        is_complete = place.epoch >= place.plan.epochs
        if place.broken:
            return self._endings.broken(learner, place)
        if stop == "discard":
            return self._endings.discarded()
        if stop is None or (is_complete and place.plan.index == self._plans[-1].index):
            return None
        if stop == "keep":
            return self._endings.stopped(learner, place)
        return None if is_complete else self._endings.left()

    def _next(self, state: State, position: int, place: Place) -> State:
        """The beginning of the next stage."""
        return msgspec.structs.replace(
            state,
            stage=self._plans[position + 1].index,
            epoch=0,
            batch=0,
            step=place.step,
            begun=False,
            seconds=self._watch.seconds(),
            smooth=(0, 0.0),
            epoch_start={},
            now={},
            hypers=[],
            numbers=[],
            scaler=None,
        )
