"""One run, from its first stage or a checkpoint to its saved model: the story, top to bottom.

Every stage does what a plain fastai script would: seed, build the loaders, build the learner, take the weights
of the stage before, seed again, freeze or thaw, fit. Nothing in between draws a random number, so
that the script, the window and the command line get the same losses. Must not import Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import count
from typing import Any

import msgspec
import torch

from studio.engine import building, checkpoint, failures, fitting, outcome, randomness, survival
from studio.engine.best import Best, is_comparable
from studio.engine.callbacks.follow import Follow
from studio.engine.callbacks.guard import Guard
from studio.engine.callbacks.judge import Enough, Judge
from studio.engine.callbacks.keep import Keep, keep
from studio.engine.callbacks.resume import Resume, ResumeEnd
from studio.engine.callbacks.show import Show
from studio.engine.callbacks.spare import Spare
from studio.engine.callbacks.stop import Stop
from studio.engine.callbacks.tell import Tell
from studio.engine.callbacks.unjudged import Unjudged, Until
from studio.engine.callbacks.watch_memory import WatchMemory
from studio.engine.checkpoint import State, Tensors
from studio.engine.control import Control
from studio.engine.device import threads_for
from studio.engine.endings import Endings
from studio.engine.memory import proving, refuse_to_spill
from studio.engine.memory.taken import Taken, now_mib
from studio.engine.messages import (
    ModelOf,
    Notice,
    PlanChanged,
    RunDone,
    RunStarted,
    StageMemory,
    StagePlan,
    StageStarted,
)
from studio.engine.pace import Pace, Stopwatch
from studio.engine.place import Place
from studio.engine.planning import fingerprint
from studio.engine.replanning import Replan, is_edited
from studio.engine.scanning import class_counts
from studio.engine.showing import shower
from studio.engine.story import Emit, Story
from studio.errors import UserError
from studio.problems.base import Dataset
from studio.project import Project, RunFolder
from studio.recipe.schema import Stage


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


def starting(
    plans: Sequence[StagePlan], dataset: Dataset, tensors: Tensors, until: Sequence[int] = ()
) -> Start:
    """The beginning of a new run of these stages, from other weights than the recipe's where there are `tensors`."""
    state = State(
        stage=plans[0].index,
        epoch=0,
        batch=0,
        step=0,
        begun=False,
        seconds=0.0,
        stages=tuple(plan.index for plan in plans),
        batch_sizes=tuple(plan.batch_size for plan in plans),
        fingerprint=fingerprint(dataset),
        until=tuple(until),
    )
    return Start(state, tensors)


class Training:
    """See the module's docstring. Call `run` once.

    Parameters
    ----------
    plans : tuple of StagePlan
        The stages of this run, all of them, also when it is resumed in a later one.
    every_s : float
        The longest time between two checkpoints.
    foretold : callable, optional
        From a stage's plan to its predicted memory in MiB, or None where it is not known.
    replan : callable, optional
        Plans the stages to come anew between two stages; see `replanning.py`.
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
        replan: Replan | None = None,
        foretold: Callable[[StagePlan], float | None] | None = None,
    ) -> None:
        self._replan, self._foretold = replan, foretold
        self._position, self._device, self._precision = 0, torch.device("cpu"), "fp32"
        self._project, self._folder, self._dataset = project, run, dataset
        self._recipe = run.recipe
        self._everything = run.record().everything is not None
        told = building.metric_names(project.problem, dataset, self._recipe)
        self._metrics = () if self._everything else told
        self._best = Best(self._recipe.training, project.problem, self._metrics, run.path)
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
        self._device, self._precision = torch.device(device), precision
        self._is_card = self._device.type == "cuda"
        self._watch = Stopwatch(start.state.seconds)
        self._endings = Endings(self._project, self._story, self._watch)
        self._folder.update_record(status="training", device=device, error="")
        try:
            self._tell_start(start.state, device, precision)
            self._remember(start)
            return self._stages(start.state, start.tensors)
        except BaseException as error:
            ended = self._after(error)
            if ended is error:
                raise
            raise ended from error

    def _after(self, error: BaseException) -> BaseException:
        """What a broken fit ends with: the error itself, or how the run goes on where only memory ran out."""
        plan = self._plans[self._position]
        if survival.is_out_of_memory(error):
            failures.forget(error)
            try:
                found = survival.smaller(
                    error,
                    self._folder.number,
                    self._folder.path,
                    plan,
                    self._recipe.training.stages[plan.index],
                )
            except UserError as refused:
                error = refused
            else:
                self._endings.tell(found.halved)
                return found
        self._endings.failed(error)
        return error

    def _tell_start(self, state: State, device: str, precision: str) -> None:
        self._endings.tell(
            RunStarted(
                run=self._folder.number,
                stages=tuple(self._plans),
                metrics=self._metrics,
                everything=self._everything,
                n_valid=0 if self._everything else len(self._dataset.valid()),
                class_sizes={one.name: one.train for one in class_counts(self._dataset)},
                device=device,
                precision=precision,
                resumed_step=state.step,
                clock=state.seconds,
            )
        )

    def _remember(self, start: Start) -> None:
        """Write down where a new run begins, so that it can go on whenever it is killed."""
        if self._folder.checkpoints():
            return
        try:
            checkpoint.write(self._folder.path, start.state, start.tensors)
        except UserError as error:
            self._endings.tell(
                Notice(level="error", text=f"The run's first checkpoint was not written. {error}")
            )

    def _stages(self, state: State, tensors: Tensors) -> RunDone:
        first = state.stages.index(state.stage)
        for position in count(first):
            self._position = position
            learner, place = self._fit(position, state, tensors)
            ended = self._ended_early(learner, place)
            if ended is not None:
                return ended
            tensors, model = self._best.weights(place, outcome.weights_of(learner))
            building.release(learner)
            self._tell_memory(place.plan)
            self._take_new_plan(position + 1)
            if position + 1 == len(self._plans):
                break
            state = self._next(state, position, place)
            keep(self._folder.number, self._folder.path, state, tensors, self._endings.tell, 0.0)
            if self._control.stop == "leave":
                return self._endings.left()
        return self._endings.finished(tensors, model)

    def _take_new_plan(self, begun: int) -> None:
        """Between two stages: the stages to come as a person wants them by now."""
        wanted = self._control.take_plan()
        if wanted is None or self._replan is None or not is_edited(self._recipe, wanted, begun):
            return
        changed = self._replan(self._folder, self._dataset, wanted, begun)
        if changed is None:
            return
        self._recipe, self._plans[begun:] = self._folder.recipe, changed
        self._endings.tell(PlanChanged(run=self._folder.number, stages=tuple(self._plans)))

    def _fit(self, position: int, state: State, tensors: Tensors) -> tuple[Any, Place]:
        """Run one stage's fit until it ends or is stopped."""
        index = self._plans[position].index
        stage = self._recipe.training.stages[index]
        self._taken = Taken(self._is_card)
        randomness.seed(self._recipe.seed + index)
        learner = self._learner(self._plans[position], tensors, state.begun)
        self._prove(learner, self._plans[position], stage)
        plan = self._plans[position] = msgspec.structs.replace(
            self._plans[position], batches=len(learner.dls.train)
        )
        place = Place(
            plan,
            first_step=state.step - state.epoch * plan.batches - state.batch,
            epoch=state.epoch,
            best=self._best_before(state, stage),
            waited=state.waited,
        )
        self._endings.tell(StageStarted(run=self._folder.number, stage=index, step=place.first_step))
        callbacks = self._callbacks(position, place, state, tensors)
        callbacks += [WatchMemory(self._taken), *building.in_parts(learner, plan)]
        randomness.seed(self._recipe.seed + index)
        building.freeze(learner, stage)
        with nullcontext() if self._recipe.training.exact else threads_for(learner.model, plan.batch_size):
            fitting.fit(
                learner,
                stage.schedule,
                stage.epochs,
                building.rate(stage),
                self._recipe.training.weight_decay,
                callbacks,
                state.epoch,
            )
        return learner, place

    def _prove(self, learner: Any, plan: StagePlan, stage: Stage) -> None:
        """On a card: see that a step really fits before any of the run's steps is taken."""
        if not proving.is_wanted(self._device):
            return
        refuse_to_spill()
        building.freeze(learner, stage)
        at_once = -(-plan.batch_size // plan.accumulate)
        proving.prove(learner, at_once, self._precision, plan.accumulate > 1)
        building.collect()

    def _tell_memory(self, plan: StagePlan) -> None:
        """What the stage took; it was given back just now."""
        predicted = None if self._foretold is None else self._foretold(plan)
        self._endings.tell(
            StageMemory(
                run=self._folder.number,
                stage=plan.index,
                floor_mib=round(now_mib(self._is_card), 1),
                peak_mib=round(self._taken.peak_mib, 1),
                predicted_mib=None if predicted is None else round(predicted, 1),
            )
        )

    def _best_before(self, state: State, stage: Stage) -> ModelOf | None:
        """The best epoch so far, where a stage's epochs can be compared with it."""
        best = state.best
        is_known = best is not None and is_comparable(self._recipe.training.stages[best.stage], stage)
        return best if is_known else None

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
            self._project.cache,
        )
        if weights and not is_resumed:
            building.take_over(problem, learner, weights)
        if recipe.training.compile:
            learner.model.compile()  # here alone: what measures, judges or exports a network wants it plain
        return learner

    def _callbacks(self, position: int, place: Place, state: State, tensors: Tensors) -> list[Any]:
        emit = self._endings.tell
        follow, tell = Follow(place), Tell(self._folder.number, place, Pace(self._plans, position), emit)
        common = msgspec.structs.replace(state, stage=place.plan.index)
        keeping = Keep(self._folder.path, follow, tell, common, self._every_s, self._watch)
        callbacks = [
            follow,
            Guard(place),
            tell,
            Spare(emit),
            keeping,
            Stop(self._control, tell, keeping, emit),
        ]
        if self._best.is_watching:
            callbacks += [Judge(self._best, place, tell, emit), Enough(place)]
        if self._everything:
            until = place.plan.epochs if place.plan.until is None else place.plan.until
            callbacks += [Unjudged(), Until(until, place, tell), Enough(place)]
        shown = shower(self._project.problem, self._dataset, self._recipe, self._folder.path)
        if shown is not None and not self._everything:
            callbacks.append(Show(self._folder.number, place, shown, emit))
        if state.begun:
            resume = Resume(place, state, tensors)
            callbacks += [resume, ResumeEnd(resume)]
        return callbacks

    def _ended_early(self, learner: Any, place: Place) -> RunDone | None:
        """End the run where the fit broke or was stopped; None where the stage is complete and more may follow."""
        stop = self._control.stop
        is_complete = place.is_over or place.epoch >= place.plan.epochs
        if place.broken:
            return self._endings.broken(learner, place, self._best)
        if stop == "discard":
            return self._endings.discarded()
        if stop is None or (is_complete and place.plan.index == self._plans[-1].index):
            return None
        if stop == "keep":
            return self._endings.stopped(learner, place, self._best)
        return None if is_complete else self._endings.left()

    def _next(self, state: State, position: int, place: Place) -> State:
        """The beginning of the next stage."""
        return msgspec.structs.replace(
            state,
            stage=self._plans[position + 1].index,
            stages=tuple(plan.index for plan in self._plans),
            batch_sizes=tuple(plan.batch_size for plan in self._plans),
            epoch=0,
            batch=0,
            step=place.step,
            best=place.best,
            waited=0,
            begun=False,
            seconds=self._watch.seconds(),
            smooth=(0, 0.0),
            epoch_start={},
            now={},
            hypers=[],
            numbers=[],
            scaler=None,
        )
