"""The whole story: open a project, look at its data, estimate, find a rate, train, judge, ship.

One method for each command. The window's engine and the command line both drive it; what happens is told by
events. What a problem type knows comes from its parts (`problems/base.py`). One thread owns a session and the one
learner in it. Must not import Qt.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Sequence
from inspect import signature
from pathlib import Path
from typing import Any

from studio.dataset.edits import apply_marks
from studio.engine import (
    building,
    checkpoint,
    device,
    lr_finder,
    memory,
    outcome,
    randomness,
    rates,
    snapshot,
)
from studio.engine.checkpoint import State, Tensors
from studio.engine.control import Control
from studio.engine.groups import described
from studio.engine.messages import (
    Estimated,
    Evaluated,
    Exported,
    Finding,
    FindingsFound,
    Predicted,
    PreviewBatch,
    Progress,
    RateFound,
    RunDone,
    Scanned,
)
from studio.engine.planning import Planner, fingerprint, planned
from studio.engine.predicting import answers
from studio.engine.scanning import scanned
from studio.engine.story import Emit
from studio.engine.training import Start, Training
from studio.errors import UserError
from studio.exports import export_named, facts
from studio.exports.serving import served
from studio.problems.base import Dataset
from studio.project import Project, RunFolder
from studio.recipe.schema import Recipe

CHECKPOINT_MINUTES = 5.0
PROGRESS_S = 0.1
FINDINGS_AT_ONCE = 8


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
    """

    def __init__(
        self, project: Project, emit: Emit, control: Control, checkpoint_minutes: float = CHECKPOINT_MINUTES
    ) -> None:
        self.project, self.control = project, control
        self._emit, self._every_s = emit, checkpoint_minutes * 60.0
        self._device = device.prepare()
        self._planner = Planner(project, emit)
        self._told_s = 0.0

    def scan(self) -> Scanned:
        """Collect the items, edits applied, and tell what they are."""
        self._progress("Reading the data", 0, 0)
        recipe, items = self.project.recipe, self.project.problem.part("items")
        dataset = self._dataset(recipe)
        own = getattr(items, "class_counts", None)
        told = scanned(dataset, None if own is None else own(dataset, recipe, self.project.data_root))
        self._emit(told)
        return told

    def check(self) -> tuple[Finding, ...]:
        """Look for trouble in the data; findings are told as they come."""
        recipe = self.project.recipe
        self._progress("Reading the data", 0, 0)
        dataset = self._dataset(recipe)
        found = iter(
            self.project.problem.part("checks").check(dataset, recipe, self.project.data_root, self._progress)
        )
        everything: list[Finding] = []
        while some := tuple(itertools.islice(found, FINDINGS_AT_ONCE)):
            everything += some
            self._emit(FindingsFound(findings=some))
        return tuple(everything)

    def preview(self, stage: int = 0) -> PreviewBatch:
        """Show one augmented batch as the model receives it; another one each time."""
        recipe, data = self.project.recipe, self.project.problem.part("data")
        dataset, chosen = building.checked(self._dataset(recipe)), self._stage(recipe, stage)
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
        dataset, room = building.checked(self._dataset(recipe)), memory.room()
        stages = self._planner.estimates(recipe, dataset, room)
        told = Estimated(free_mib=room.free, total_mib=room.total, device_name=room.name, stages=stages)
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
        index = self._stage(recipe, stage)
        self._progress("Preparing the data", 0, 0)
        dataset = building.checked(self._dataset(recipe))
        plan = self._planner.plans(recipe, dataset, (index,))[0]
        weights = {} if run is None else outcome.read_model(self.project.run(run).model_path)
        with randomness.undisturbed(), tempfile.TemporaryDirectory(prefix="thaw-") as folder:
            randomness.seed(recipe.seed + index)
            learner = self._built(recipe, dataset, index, plan.batch_size, Path(folder), weights)
            learner.wd = recipe.training.weight_decay
            randomness.seed(recipe.seed + index)
            building.freeze(learner, recipe.training.stages[index])
            groups, trainable = described(learner)
            curve = lr_finder.sweep(learner, index, self._emit, self.control)
            building.release(learner)
        found = rates.found(recipe, index, plan.batch_size, curve, groups, trainable)
        if not self.project.read_only:
            rates.keep(self.project.rates, found)
        self._emit(found)
        return found

    def train(self, resume: int | None = None, stage: int | None = None) -> RunDone:
        """Train, or go on.

        Parameters
        ----------
        resume : int or None
            A run to go on with from its last checkpoint. Together with `stage`, the run whose model a new run
            starts from.
        stage : int or None
            Train this stage alone, as a new run.

        Raises
        ------
        UserError
            Where there is nothing to train on, or nothing to resume.
        """
        self._progress("Preparing the data", 0, 0)
        if resume is not None and stage is None:
            return self._resume(self.project.run(resume))
        return self._train_new(resume, stage)

    def evaluate(self, run: int) -> Evaluated:
        """Predict every item with a run's model and keep the results."""
        folder = self.project.run(run)
        self._progress("Loading the model", 0, 0)
        recipe, dataset = folder.recipe, self._dataset_of(folder)
        with randomness.undisturbed(), tempfile.TemporaryDirectory(prefix="thaw-") as scratch:
            learner = self._trained(folder, recipe, dataset, Path(scratch))
            judge = self.project.problem.part("results").evaluate
            keeps = "folder" in signature(judge).parameters and not self.project.read_only
            kept = {"folder": folder.path} if keeps else {}
            results = judge(learner, dataset, recipe, self._progress, **kept)
            building.release(learner)
        if not self.project.read_only:
            folder.save_results(results)
        told = Evaluated(run=run, metrics=dict(results.metrics))
        self._emit(told)
        return told

    def export(self, run: int, format: str, folder: str) -> Exported:
        """Write a run's model in one of the export formats."""
        chosen, source = export_named(format), self.project.run(run)
        self._progress("Loading the model", 0, 0)
        recipe, dataset = source.recipe, self._dataset_of(source)
        with randomness.undisturbed(), tempfile.TemporaryDirectory(prefix="thaw-") as scratch:
            learner = self._trained(source, recipe, dataset, Path(scratch))
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
        recipe, dataset = source.recipe, self._dataset_of(source)
        problem, root = self.project.problem, self.project.data_root
        with randomness.undisturbed(), tempfile.TemporaryDirectory(prefix="thaw-") as scratch:
            learner = self._trained(source, recipe, dataset, Path(scratch))
            serving = served(problem, learner, dataset, recipe, root, source)
            building.release(learner)
        found, latency_ms = answers(serving, problem.part("answers"), inputs, self._progress, folder)
        told = Predicted(run=run, predictions=found, latency_ms=latency_ms)
        self._emit(told)
        return told

    def _train_new(self, source: int | None, stage: int | None) -> RunDone:
        recipe = self.project.recipe
        indices = (
            tuple(range(len(recipe.training.stages))) if stage is None else (self._stage(recipe, stage),)
        )
        weights = {} if source is None else outcome.read_model(self.project.run(source).model_path)
        dataset = building.checked(self._dataset(recipe))
        plans = self._planner.plans(recipe, dataset, indices)
        state = State(
            stage=indices[0],
            epoch=0,
            batch=0,
            step=0,
            begun=False,
            seconds=0.0,
            stages=indices,
            batch_sizes=tuple(plan.batch_size for plan in plans),
            fingerprint=fingerprint(dataset),
        )
        return self._run(self.project.new_run(recipe), dataset, Start(state, weights))

    def _resume(self, folder: RunFolder) -> RunDone:
        found = checkpoint.newest(folder.path)
        if found is None:
            raise UserError(f"Run {folder.number} has no checkpoint to go on from.", "Train a new run.")
        dataset = building.checked(self._dataset_of(folder))
        if found[0].fingerprint != fingerprint(dataset):
            raise UserError(
                f"The data has changed since run {folder.number} began, so that it cannot go on.",
                "Put the data back as it was, or train a new run.",
            )
        return self._run(folder, dataset, Start(*found))

    def _run(self, folder: RunFolder, dataset: Dataset, start: Start) -> RunDone:
        recipe, n_train = folder.recipe, len(dataset.train())
        stages = zip(start.state.stages, start.state.batch_sizes, strict=True)
        plans = tuple(planned(recipe.training.stages[i], i, size, n_train) for i, size in stages)
        precision = device.precision_on(recipe.training.precision, self._device)
        training = Training(self.project, folder, dataset, plans, self._emit, self.control, self._every_s)
        try:
            return training.run(start, str(self._device), precision)
        finally:
            building.collect()

    def _dataset(self, recipe: Recipe, marks: Any = None) -> Dataset:
        """The items of a recipe with the journal's marks, or those given, laid over them."""
        self.control.check()
        collected: Dataset = self.project.problem.part("items").collect(recipe, self.project.data_root)
        return apply_marks(collected, self.project.journal.marks() if marks is None else marks)

    def _dataset_of(self, folder: RunFolder) -> Dataset:
        """The items as a run was trained with."""
        return self._dataset(folder.recipe, folder.marks_snapshot)

    def _built(
        self, recipe: Recipe, dataset: Dataset, index: int, batch_size: int, folder: Path, weights: Tensors
    ) -> Any:
        problem, root = self.project.problem, self.project.data_root
        chosen = building.blank(problem, recipe) if weights else recipe
        learner = building.learner_for(
            problem, dataset, chosen, recipe.training.stages[index], batch_size, root, folder
        )
        if weights:
            snapshot.load_model(learner, weights)
        return learner

    def _trained(self, run: RunFolder, recipe: Recipe, dataset: Dataset, folder: Path) -> Any:
        """A run's learner with its trained weights, built as for the last stage that it had."""
        weights, began = outcome.read_model(run.model_path), facts.started(run)
        index = began.stages[-1].index if began is not None else len(recipe.training.stages) - 1
        size = min(len(dataset.train()), 64)
        return self._built(recipe, dataset, index, size, folder, weights)

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
