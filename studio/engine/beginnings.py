"""The ways in which a run begins: anew, with another seed, on everything, or from its last checkpoint.

Each makes (or finds) the run's folder and says what it trains and from where; `training.py` does the rest. To add a
way: a method here, a parameter of `Session.train`, a field of the command `Train`. Must not import Qt.
"""

from __future__ import annotations

from typing import NamedTuple

from studio.engine import building, checkpoint, outcome, repeats, replanning
from studio.engine.checkpoint import Tensors
from studio.engine.material import Material
from studio.engine.messages import Notice
from studio.engine.planning import Planner, fingerprint
from studio.engine.story import Emit
from studio.engine.training import Start, starting
from studio.errors import UserError
from studio.problems.base import Dataset
from studio.problems.watching import watched
from studio.project import Project, RunFolder
from studio.project.record import RunRecord
from studio.recipe.schema import Recipe

WITHOUT_A_SCORE = (
    "This run trains on the validation items too, so that nothing is left to judge it by: it has no score, and nobody "
    "can tell from it whether it is better."
)


class Beginning(NamedTuple):
    """A run's folder, its items, and where it starts."""

    folder: RunFolder
    dataset: Dataset
    start: Start


class Beginnings:
    """See the module's docstring."""

    def __init__(self, project: Project, material: Material, planner: Planner, emit: Emit) -> None:
        self._project, self._material, self._planner, self._emit = project, material, planner, emit

    def anew(
        self, recipe: Recipe, indices: tuple[int, ...], source: int | None, follows: bool = False
    ) -> Beginning:
        """A new run of some stages of a recipe, from the model of run `source` where there is one.

        `follows` says that it is of the project's own recipe, whose edits are for it too.
        """
        weights = {} if source is None else outcome.read_model(self._project.run(source).model_path)
        dataset = building.checked(self._material.dataset(recipe))
        problem = self._project.problem
        watched(recipe.training.monitor, problem, building.metric_names(problem, dataset, recipe))
        plans = self._planner.plans(recipe, dataset, indices)
        folder = self._project.new_run(recipe, source=source, follows=follows)
        return Beginning(folder, dataset, starting(plans, dataset, weights))

    def on_everything(self, source: RunFolder) -> Beginning:
        """A run again, on the validation items too; nothing is left to judge it by."""
        before, plans = source.record(), repeats.plans_of(source)
        if before.everything is not None:
            raise UserError(
                f"Run {source.number} was trained on everything already.",
                "Add data, or train another recipe.",
            )
        dataset = repeats.everything_of(building.checked(self._material.dataset_of(source)))
        until = repeats.cut_short(source, plans)
        kept = [at for at, epochs in enumerate(until) if epochs]
        start = starting(
            [plans[at] for at in kept], dataset, self._weights_before(before), [until[at] for at in kept]
        )
        folder = self._project.new_run(
            source.recipe, source.marks_snapshot, everything=source.number, source=before.source
        )
        self._emit(Notice(level="warning", text=WITHOUT_A_SCORE))
        return Beginning(folder, dataset, start)

    def repeated(self, source: RunFolder, seed: int | None) -> Beginning:
        """A run again from another seed, by default the next one of its group; both become of one group."""
        before, plans = source.record(), repeats.plans_of(source)
        recipe = repeats.with_seed(
            source.recipe, repeats.next_seed(source, self._project.runs()) if seed is None else seed
        )
        dataset, group = building.checked(self._material.dataset_of(source)), before.group or source.number
        start = starting(plans, dataset, self._weights_before(before))
        folder = self._project.new_run(recipe, source.marks_snapshot, group=group, source=before.source)
        source.update_record(group=group)
        return Beginning(folder, dataset, start)

    def resumed(self, folder: RunFolder) -> Beginning:
        """A run from its newest sound checkpoint, with the stages to come as they were edited since."""
        found = checkpoint.newest(folder.path)
        if found is None:
            raise UserError(f"Run {folder.number} has no checkpoint to go on from.", "Train a new run.")
        dataset = building.checked(self._material.dataset_of(folder))
        if found[0].fingerprint != fingerprint(dataset):
            raise UserError(
                f"The data has changed since run {folder.number} began, so that it cannot go on.",
                "Put the data back as it was, or train a new run.",
            )
        replan = replanning.replanner(self._planner, self._emit)
        state = replanning.resumed(self._project, folder, dataset, found[0], replan, self._emit)
        if state != found[0]:
            checkpoint.write(folder.path, state, found[1])
        return Beginning(folder, dataset, Start(state, found[1]))

    def _weights_before(self, record: RunRecord) -> Tensors:
        """The weights that a run started from, where they were another run's."""
        if record.source is None:
            return {}
        return outcome.read_model(self._project.run(record.source).model_path)
