"""Edits of the recipe: each is saved at once, can be taken back, and looks at the data again where it matters.

Must not import torch, pandas or numpy.
"""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import QObject

from studio.engine import messages as m
from studio.errors import UserError
from studio.recipe.schema import Rate, Recipe, Stage, Training
from studio.ui.actions.context import Context
from studio.ui.actions.jobs import Jobs

DEEPEST = 200

NOT_DATA = frozenset(
    {
        "arch",
        "weights",
        "dropout",
        "epochs",
        "lr",
        "batch_size",
        "weight_decay",
        "precision",
        "name",
        "people",
    }
)
"""Fields that change how a model learns, not what it learns from: the data are not read again for them."""


class RecipeEdits(QObject):
    """The stacks of undo and redo, and what changes the recipe."""

    def __init__(self, context: Context, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self.context, self._jobs = context, jobs
        self._undo: list[Recipe] = []
        self._redo: list[Recipe] = []

    def forget(self) -> None:
        """Another project: its edits start afresh."""
        self._undo.clear()
        self._redo.clear()

    def set_value(self, name: str, value: Any) -> None:
        """Edit one field in the words of `--set`; why it was refused is told beside the field."""
        self.context.own_project()
        refused = {field: why for field, why in self.context.store.refused.items() if field != name}
        try:
            self.set_values({name: value})
        except UserError as error:
            refused[name] = f"{error.message} {error.hint}".strip()
        self._tell_refused(refused)

    def set_values(self, values: dict[str, Any]) -> None:
        """Edit fields in the words of `--set`, as one step."""
        from studio.recipe import edit

        project = self.context.own_project()
        recipe = project.recipe
        for name, value in values.items():
            recipe = edit.with_value(recipe, project.problem, name, value)
        self._save(recipe, rescan=not set(values) <= NOT_DATA)

    def set_stage(self, index: int, changes: dict[str, Any]) -> None:
        """Change fields of one stage; why that was refused is told beside the field, as ``stage.epochs``."""
        stages = list(self.context.own_project().recipe.training.stages)
        index = _checked(index, stages)
        told = {f"stage.{name}" for name in changes}
        refused = {field: why for field, why in self.context.store.refused.items() if field not in told}
        try:
            stages[index] = _stage(stages[index], changes)
        except UserError as error:
            refused |= dict.fromkeys(told, f"{error.message} {error.hint}".strip())
        else:
            self._save_stages(stages, rescan="size" in changes)
        self._tell_refused(refused)

    def add_stage(self) -> None:
        """A copy of the last stage, thawed."""
        stages = list(self.context.own_project().recipe.training.stages)
        self._save_stages([*stages, _stage(stages[-1], {"freeze": False})])

    def copy_stage(self, index: int) -> None:
        """A stage like another, right after it."""
        stages = list(self.context.own_project().recipe.training.stages)
        stages.insert(_checked(index, stages) + 1, stages[index])
        self._save_stages(stages)

    def move_stage(self, index: int, place: int) -> None:
        """Put a stage at another place."""
        stages = list(self.context.own_project().recipe.training.stages)
        stage = stages.pop(_checked(index, stages))
        stages.insert(max(0, min(place, len(stages))), stage)
        self._save_stages(stages, rescan=stage.size is not None)

    def use_plan(self, key: str) -> None:
        """Take a ready-made plan."""
        from studio.problems.plans import plans

        project = self.context.own_project()
        found = next((p for p in plans(project.problem, project.recipe) if p.key == key), None)
        if found is None:
            raise UserError(f"There is no plan “{key}” for this project.", "Choose one from the menu.")
        self._save_stages(list(found.stages), rescan=True)

    def remove_stage(self, index: int) -> None:
        """Remove a stage."""
        stages = list(self.context.own_project().recipe.training.stages)
        if len(stages) == 1:
            raise UserError("A run needs at least one stage.", "Change this one instead.")
        del stages[_checked(index, stages)]
        self._save_stages(stages)

    def use_rate(self, stage: int, lr_max: float, lr_min: float | None) -> None:
        """Write a rate into a stage."""
        self.set_stage(stage, {"lr": Rate(max=lr_max, min=lr_min)})

    def undo(self) -> None:
        """Take back the last edit."""
        self._swap(self._undo, self._redo)

    def redo(self) -> None:
        """Bring back the edit taken back last."""
        self._swap(self._redo, self._undo)

    def _swap(self, source: list[Recipe], target: list[Recipe]) -> None:
        if not source:
            return
        project = self.context.own_project()
        current = project.recipe
        project.save_recipe(source[-1])
        target.append(current)
        shown = source.pop()
        self._tell_refused({})
        self._show(shown, rescan=_data_differ(current, shown))

    def _save_stages(self, stages: list[Stage], rescan: bool = False) -> None:
        recipe = self.context.own_project().recipe
        training = msgspec.structs.replace(recipe.training, stages=tuple(stages))
        self._save(msgspec.structs.replace(recipe, training=training), rescan)

    def _save(self, recipe: Recipe, rescan: bool) -> None:
        project = self.context.own_project()
        before = project.recipe
        if recipe == before:
            return
        project.problem.options_of(recipe)
        project.save_recipe(recipe)
        self._undo = [*self._undo, before][-DEEPEST:]
        self._redo.clear()
        self._show(recipe, rescan)

    def take_over(self, recipe: Recipe) -> None:
        """Show a recipe that was written by another hand; what it was before can be brought back."""
        before = self.context.store.recipe
        if before is None or recipe == before:
            return
        self._undo = [*self._undo, before][-DEEPEST:]
        self._redo.clear()
        self._tell_refused({})
        self._show(recipe, rescan=_data_differ(before, recipe))

    def _tell_refused(self, refused: dict[str, str]) -> None:
        if refused != self.context.store.refused:
            self.context.store.refused = refused
            self.context.store.refusedChanged.emit()

    def _show(self, recipe: Recipe, rescan: bool) -> None:
        store = self.context.store
        store.recipe = recipe
        store.can_undo_recipe, store.can_redo_recipe = bool(self._undo), bool(self._redo)
        store.recipeChanged.emit()
        if store.follows_recipe and self.context.training():
            self.context.client.control(m.Replan(stages=recipe.training.stages))
        if rescan:
            self._jobs.scan_soon()
        else:
            self._jobs.estimate_soon()


def _checked(index: int, stages: list[Stage]) -> int:
    if not 0 <= index < len(stages):
        raise UserError(f"There is no stage {index + 1}.", f"The recipe has {len(stages)}.")
    return index


def _stage(stage: Stage, changes: dict[str, Any]) -> Stage:
    """The stage with changes, checked; `UserError` names the field."""
    fields = msgspec.to_builtins(msgspec.structs.replace(stage, **changes))
    try:
        return msgspec.convert(fields, Stage)
    except msgspec.ValidationError as error:
        raise UserError(f"The stage cannot be changed so: {error}.", "Choose another value.") from error


def _data_differ(one: Recipe, other: Recipe) -> bool:
    """Whether two recipes read different data, or show them differently."""
    return _about_data(one) != _about_data(other)


def _about_data(recipe: Recipe) -> tuple[Any, ...]:
    options = {name: value for name, value in recipe.options.items() if name not in NOT_DATA}
    return recipe.data, recipe.seed, options, _sizes(recipe.training)


def _sizes(training: Training) -> tuple[int | None, ...]:
    return tuple(stage.size for stage in training.stages)
