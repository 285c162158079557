"""The whole story: open a project, look at its data, estimate, find a rate, train, judge, ship.

One method for each command. The window's engine and the command line both drive it; what happens is told by
events. What a problem type knows comes from its parts (`problems/base.py`). One thread owns a session and the one
learner in it. Must not import Qt.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

import msgspec

from studio.dataset.checking import findings
from studio.engine import (
    building,
    device,
    lr_finder,
    memory,
    outcome,
    randomness,
    rates,
    three_rates,
)
from studio.engine.beginnings import Beginnings
from studio.engine.control import Control
from studio.engine.curve_runs import Curve
from studio.engine.groups import described
from studio.engine.material import Material
from studio.engine.messages import (
    CurveFound,
    Estimated,
    Evaluated,
    Exported,
    Finding,
    FindingsFound,
    Predicted,
    PreviewBatch,
    Progress,
    RateFound,
    RatesTried,
    RunDone,
    Scanned,
    StagePlan,
)
from studio.engine.planning import Planner, planned
from studio.engine.predicting import answers
from studio.engine.replanning import replanner
from studio.engine.scanning import scanned
from studio.engine.story import Emit
from studio.engine.survival import Smaller
from studio.engine.training import Start, Training
from studio.errors import UserError
from studio.exports import export_named
from studio.exports.serving import served, shipped
from studio.problems.base import Dataset
from studio.project import Project, RunFolder
from studio.recipe.schema import Rate, Recipe

CHECKPOINT_MINUTES = 5.0
PROGRESS_S = 0.1


class Session:
    """A project at work.

    Parameters
    ----------
    emit : callable
        Gets every event, from the thread that runs the job; job numbers are its own business.
    control : Control
        Flags of the job that runs; a server replaces it before each job.
    checkpoint_minutes : float
        The longest time between two checkpoints.

    Attributes
    ----------
    material : Material
        The items and learners of the project.
    is_left_to_others : bool
        Whether somebody else resumes a run that ran out of memory; else it is resumed here, after everything was
        given back.
    """

    def __init__(
        self, project: Project, emit: Emit, control: Control, checkpoint_minutes: float = CHECKPOINT_MINUTES
    ) -> None:
        self.project, self.control = project, control
        self.is_left_to_others = False
        self._emit, self._every_s = emit, checkpoint_minutes * 60.0
        self._device = device.prepare()
        self._planner, self.material = Planner(project, emit), Material(project)
        self._beginnings = Beginnings(project, self.material, self._planner, emit)
        keep_in = getattr(project.problem.part("items"), "keep_in", None)
        if keep_in is not None:
            keep_in(None if project.read_only else project.cache)
        self._told_s = 0.0

    def scan(self) -> Scanned:
        """Collect the items, edits applied, and tell what they are."""
        self._progress("Reading the data", 0, 0)
        recipe, items = self.project.recipe, self.project.problem.part("items")
        dataset = self.material.dataset(recipe)
        own = getattr(items, "class_counts", None)
        root, inside = self.project.data_root, getattr(items, "classes_in", None)
        told = scanned(
            dataset,
            None if own is None else own(dataset, recipe, root),
            None if inside is None else partial(inside, recipe=recipe, root=root),
        )
        self._emit(told)
        return told

    def check(self) -> tuple[Finding, ...]:
        """Look for trouble in the data; findings are told as they come."""
        recipe = self.project.recipe
        self._progress("Reading the data", 0, 0)
        dataset = self.material.dataset(recipe)
        project, everything = self.project, list[Finding]()
        for found in findings(
            project.problem, dataset, recipe, project.data_root, self._progress, project.cache
        ):
            everything.append(found)
            self._emit(FindingsFound(findings=(found,)))
        return tuple(everything)

    def preview(self, stage: int = 0) -> PreviewBatch:
        """Show one augmented batch as the model receives it; another one each time."""
        recipe, data = self.project.recipe, self.project.problem.part("data")
        dataset, chosen = building.checked(self.material.dataset(recipe)), self._stage(recipe, stage)
        size = min(len(dataset.train()), data.PREVIEWED if hasattr(data, "PREVIEWED") else 16)
        with randomness.undisturbed():
            randomness.seed(time.time_ns() % 2**31)
            dls = data.dataloaders(
                dataset, recipe, recipe.training.stages[chosen], size, self.project.data_root
            )
            batch = PreviewBatch(stage=chosen, samples=data.preview(dls))
        self._emit(batch)
        return batch

    def estimate(self) -> Estimated:
        """Foretell memory against batch size for every stage."""
        recipe = self.project.recipe
        self._progress("Measuring one small step", 0, 0)
        dataset, room = building.checked(self.material.dataset(recipe)), memory.room()
        stages = self._planner.estimates(recipe, dataset, room)
        told = Estimated(
            free_mib=room.free,
            total_mib=room.total,
            device_name=room.name,
            stages=stages,
            limit_mib=room.limit if room.is_known else 0.0,
            precision=device.precision_on(recipe.training.precision, self._device),
        )
        self._emit(told)
        return told

    def find_rate(self, stage: int = 0, run: int | None = None) -> RateFound:
        """Run the finder on a stage; see `Session.train` for `run`.

        Returns
        -------
        RateFound
            Also kept in the project's `rates/`.
        """
        recipe = self.project.recipe
        with self._about_to_train(recipe, stage, run) as (learner, plan):
            groups, trainable = described(learner)
            curve = lr_finder.sweep(learner, plan.index, self._emit, self.control)
        found = rates.found(recipe, plan, curve, groups, trainable)
        if not self.project.read_only:
            rates.keep(self.project.rates, found)
        self._emit(found)
        return found

    def try_rates(self, stage: int, rate: Rate, run: int | None = None) -> RatesTried:
        """Train the beginning of a stage at a tenth of a rate, at it and at ten times it; nothing is kept.

        `run` as in `find_rate`.
        """
        with self._about_to_train(self.project.recipe, stage, run) as (learner, plan):
            trials = three_rates.compare(learner, plan.index, rate, self._emit, self.control)
            steps = three_rates.steps_for(plan.batches)
        told = rates.tried(plan, rate, steps, trials)
        self._emit(told)
        return told

    def train(
        self,
        resume: int | None = None,
        stage: int | None = None,
        recipe: Recipe | None = None,
        everything: int | None = None,
        repeat: int | None = None,
        seed: int | None = None,
    ) -> RunDone:
        """Train, or go on.

        Parameters
        ----------
        resume : int or None
            A run to go on with from its last checkpoint. Together with `stage`, the run whose model a new run
            starts from.
        stage : int or None
            Train this stage alone, as a new run.
        recipe : Recipe or None
            Train this instead of the project's recipe, which stays as it is: a run from the queue.
        everything : int or None
            A run to train again on its validation items too; see `repeats.py`.
        repeat : int or None
            A run to train again with the same items and another `seed`, by default the next one of its group.

        Raises
        ------
        UserError
            Where there is nothing to train on, or nothing to resume.
        Smaller
            Where memory ran out and `is_left_to_others`: the run is to be resumed in a fresh process.
        """
        while True:
            try:
                return self._train(resume, stage, recipe, everything, repeat, seed)
            except Smaller as smaller:
                if self.is_left_to_others:
                    raise
                resume, stage = smaller.halved.run, None
            building.collect()

    def _train(
        self,
        resume: int | None,
        stage: int | None,
        recipe: Recipe | None,
        everything: int | None,
        repeat: int | None,
        seed: int | None,
    ) -> RunDone:
        self._progress("Preparing the data", 0, 0)
        begin, project = self._beginnings, self.project
        if resume is not None and stage is None:
            return self._run(*begin.resumed(project.run(resume)))
        if everything is not None:
            return self._run(*begin.on_everything(project.run(everything)))
        if repeat is not None:
            return self._run(*begin.repeated(project.run(repeat), seed))
        chosen = recipe or project.recipe
        every = tuple(range(len(chosen.training.stages)))
        indices = every if stage is None else (self._stage(chosen, stage),)
        self.material.fetch(chosen, self._progress)
        return self._run(*begin.anew(chosen, indices, resume, recipe is None and stage is None))

    def learning_curve(self, plan: str = "quick", seeds: int = 1) -> CurveFound:
        """Train on parts of the data and say what more of it should bring; see `curve_runs.py`."""
        self._progress("Preparing the data", 0, 0)
        recipe = self.project.recipe
        dataset = building.checked(self.material.dataset(recipe))
        plans = self._planner.plans(recipe, dataset, tuple(range(len(recipe.training.stages))))
        curve = Curve(self.project, dataset, plans, plan != "full", self._emit, self.control)
        return curve.run(seeds)

    def evaluate(self, run: int) -> Evaluated:
        """Predict every item with a run's model and keep the results."""
        folder = self.project.run(run)
        judged = folder.record().everything
        if judged is not None:
            raise UserError(
                f"Run {run} was trained on everything: no item is left to judge it by.",
                f"Look at the results of run {judged}, whose recipe it has.",
            )
        self._progress("Loading the model", 0, 0)
        recipe, dataset = folder.recipe, self.material.dataset_of(folder)
        with randomness.undisturbed(), tempfile.TemporaryDirectory(prefix="thaw-") as scratch:
            learner = self.material.trained(folder, recipe, dataset, Path(scratch))
            judge = self.project.problem.part("results").evaluate
            keeps = "folder" in signature(judge).parameters and not self.project.read_only
            kept = {"folder": folder.path} if keeps else {}
            found = judge(learner, dataset, recipe, self._progress, **kept)
            results = outcome.as_trained(found, folder, self.project.problem, learner)
            building.release(learner)
        if not self.project.read_only:
            folder.save_results(results)
        told = Evaluated(run=run, metrics=dict(results.metrics))
        self._emit(told)
        return told

    def export(
        self, run: int, format: str, folder: str, options: Mapping[str, Any] | None = None
    ) -> Exported:
        """Write a run's model in one of the export formats; `options` go before the recipe's (`Problem.shipping`)."""
        chosen, source = export_named(format), self.project.run(run)
        self._progress("Loading the model", 0, 0)
        dataset, problem = self.material.dataset_of(source), self.project.problem
        recipe = shipped(source.recipe, problem, {**self.project.recipe.options, **(options or {})})
        with randomness.undisturbed(), tempfile.TemporaryDirectory(prefix="thaw-") as scratch:
            learner = self.material.trained(source, building.exactly(recipe), dataset, Path(scratch))
            told: Exported = chosen.part().write(
                learner, dataset, recipe, source, Path(folder), self._progress
            )
            building.release(learner)
        self._emit(told)
        return told

    def predict(self, run: int, inputs: Sequence[str], folder: Path | None = None) -> Predicted:
        """Answer for files or folders with a run's model on the CPU.

        Parameters
        ----------
        folder : Path or None
            Where answers that are pictures (masks) are saved; the project's `predictions` without it.
        """
        if folder is None and not self.project.read_only:
            folder = self.project.folder / "predictions"
        source = self.project.run(run)
        self._progress("Loading the model", 0, 0)
        problem, root = self.project.problem, self.project.data_root
        recipe, dataset = shipped(source.recipe, problem, {}), self.material.dataset_of(source)
        with randomness.undisturbed(), tempfile.TemporaryDirectory(prefix="thaw-") as scratch:
            learner = self.material.trained(source, building.exactly(recipe), dataset, Path(scratch))
            serving = served(problem, learner, dataset, recipe, root, source)
            building.release(learner)
        found, latency_ms = answers(serving, problem.part("answers"), inputs, self._progress, folder)
        told = Predicted(run=run, predictions=found, latency_ms=latency_ms)
        self._emit(told)
        return told

    def _run(self, folder: RunFolder, dataset: Dataset, start: Start) -> RunDone:
        recipe, every = folder.recipe, folder.recipe.training.stages
        cut = start.state.until or (None,) * len(start.state.stages)
        stages = zip(start.state.stages, start.state.batch_sizes, cut, strict=True)
        plans = tuple(
            planned(
                every[i],
                i,
                size,
                self._planner.batches(recipe, dataset, every[i], size),
                start.state.accumulate.get(i, 0),
                until,
            )
            for i, size, until in stages
        )
        precision = device.precision_on(recipe.training.precision, self._device)
        training = Training(
            self.project,
            folder,
            dataset,
            plans,
            self._emit,
            self.control,
            self._every_s,
            replanner(self._planner, self._emit),
            lambda plan: self._planner.foretold(folder.recipe, dataset, plan),
        )
        try:
            return training.run(start, str(self._device), precision)
        finally:
            building.collect()

    @contextmanager
    def _about_to_train(self, recipe: Recipe, stage: int, run: int | None) -> Iterator[tuple[Any, StagePlan]]:
        """A stage's learner as its fit would begin; whatever the block does to it leaves no trace."""
        index = self._stage(recipe, stage)
        self._progress("Preparing the data", 0, 0)
        self.material.fetch(recipe, self._progress)
        dataset = building.checked(self.material.dataset(recipe))
        plan = self._planner.plans(recipe, dataset, (index,))[0]
        weights = {} if run is None else outcome.read_model(self.project.run(run).model_path)
        with randomness.undisturbed(), tempfile.TemporaryDirectory(prefix="thaw-") as folder:
            randomness.seed(recipe.seed + index)
            learner = self.material.learner(recipe, dataset, index, plan.batch_size, Path(folder), weights)
            learner.wd = recipe.training.weight_decay
            randomness.seed(recipe.seed + index)
            building.freeze(learner, recipe.training.stages[index])
            learner.add_cbs(building.in_parts(learner, plan))
            yield learner, msgspec.structs.replace(plan, batches=len(learner.dls.train))
            building.release(learner)

    def _stage(self, recipe: Recipe, index: int) -> int:
        count = len(recipe.training.stages)
        if not 0 <= index < count:
            raise UserError(f"There is no stage {index}.", f"Stages are numbered from 0 to {count - 1}.")
        return index

    def _progress(self, text: str, done: int, total: int) -> None:
        """Tell how far a job is, ten times a second at most; ends the job where it was cancelled."""
        self.control.check()
        now = time.monotonic()
        if total == 0 or done in (0, total) or now - self._told_s >= PROGRESS_S:
            self._told_s = now
            self._emit(Progress(text=text, done=done, total=total))
