"""From a recipe or a run to its items and its learner: what every job of a session begins with. Must not import Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.dataset.edits import apply_marks
from studio.engine import building, outcome, repeats
from studio.engine.checkpoint import Tensors
from studio.exports import facts
from studio.problems.base import Dataset
from studio.project import Project, RunFolder
from studio.recipe.schema import Recipe

LARGEST_BATCH = 64
"""Items at once, at most, when a trained model only answers."""


class Material:
    """Items and learners of one project, built by its problem's parts."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def dataset(self, recipe: Recipe, marks: Any = None) -> Dataset:
        """The items of a recipe with the journal's marks, or those given, laid over them."""
        project = self._project
        collected: Dataset = project.problem.part("items").collect(recipe, project.data_root)
        return apply_marks(collected, project.journal.marks() if marks is None else marks)

    def dataset_of(self, run: RunFolder) -> Dataset:
        """The items as a run was trained with."""
        dataset = self.dataset(run.recipe, run.marks_snapshot)
        return dataset if run.record().everything is None else repeats.everything_of(dataset)

    def learner(
        self, recipe: Recipe, dataset: Dataset, index: int, batch_size: int, folder: Path, weights: Tensors
    ) -> Any:
        """The learner of a stage, with other weights than the recipe's where there are `weights`."""
        problem, root = self._project.problem, self._project.data_root
        chosen = building.blank(problem, recipe) if weights else recipe
        learner = building.learner_for(
            problem, dataset, chosen, recipe.training.stages[index], batch_size, root, folder
        )
        if weights:
            building.take_over(problem, learner, weights)
        return learner

    def trained(self, run: RunFolder, recipe: Recipe, dataset: Dataset, folder: Path) -> Any:
        """A run's learner with its trained weights, built as for the last stage that it had."""
        weights, began = outcome.read_model(run.model_path), facts.started(run)
        index = facts.last_stage(run) if began is not None else len(recipe.training.stages) - 1
        size = min(len(dataset.train()), LARGEST_BATCH)
        return self.learner(recipe, dataset, index, size, folder, weights)

    def fetch(self, recipe: Recipe, progress: Callable[[str, int, int], None]) -> None:
        """Let a problem download what its learner starts from, told as it comes."""
        fetch = getattr(self._project.problem.part("learner"), "fetch", None)
        if fetch is not None:
            fetch(recipe, progress)
