"""Builds a stage's data and learner from a recipe, as plain fastai would, and gives its memory back.

Must not import Qt. The random state is the caller's business.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from inspect import signature
from pathlib import Path
from typing import Any

import msgspec
import torch

from studio.engine import fast_step, loader_processes, snapshot
from studio.engine.device import precision_on
from studio.engine.memory.taken import give_back_freed
from studio.engine.messages import StagePlan
from studio.errors import UserError
from studio.problems.base import Dataset, Problem
from studio.recipe.schema import Recipe, Stage


def checked(dataset: Dataset) -> Dataset:
    """Return the dataset.

    Raises
    ------
    UserError
        Where there is nothing to train on, or nothing to judge by.
    """
    train, valid = len(dataset.train()), len(dataset.valid())
    if train < 2:
        found = "only one item" if train else "no item"
        raise UserError(f"There is {found} to train on.", "Check the data folder, the labels and the split.")
    if valid == 0:
        raise UserError("No item is kept aside for validation.", "Choose another split, or add data.")
    return dataset


def blank(problem: Problem[Any], recipe: Recipe) -> Recipe:
    """The recipe without starting weights, for a learner that gets weights of its own afterwards."""
    if "weights" not in problem.options.__struct_fields__:
        return recipe
    return msgspec.structs.replace(recipe, options={**recipe.options, "weights": "none"})


def exactly(recipe: Recipe) -> Recipe:
    """The recipe with fastai's own loaders and optimizer: what leaves the studio has nothing of ours in it."""
    return msgspec.structs.replace(recipe, training=msgspec.structs.replace(recipe.training, exact=True))


def learner_for(
    problem: Problem[Any],
    dataset: Dataset,
    recipe: Recipe,
    stage: Stage,
    batch_size: int,
    root: Path,
    folder: Path,
    cache: Path | None = None,
) -> Any:
    """Build the loaders, then the learner, and make it fit for the engine.

    Parameters
    ----------
    root : Path
        The data.
    folder : Path
        Where fastai may write; never the data.
    cache : Path or None
        Where the problem's loaders may keep what they made for later epochs.

    Returns
    -------
    Learner
        Silent, without a progress bar, writing below `folder` only.
    """
    loading = problem.part("data").dataloaders
    keeps = {"cache": cache} if "cache" in signature(loading).parameters else {}
    dls = loading(dataset, recipe, stage, batch_size, root, **keeps)
    loader_processes.use(dls, recipe.training.workers)
    if not len(dls.train):
        raise UserError(
            f"A batch of {batch_size} is more than there is to train on.", "Choose a smaller batch."
        )
    return prepared(problem.part("learner").build(dls, dataset, recipe, folder), recipe, folder)


def prepared(learner: Any, recipe: Recipe, folder: Path) -> Any:
    """Silence a learner, keep it away from the data folder, and set its precision."""
    from fastai.callback.progress import ProgressCallback
    from fastcore.basics import noop

    learner.remove_cbs([cb for cb in learner.cbs if isinstance(cb, ProgressCallback)])
    learner.logger = noop
    learner.path, learner.model_dir = folder, (folder / "models").absolute()
    if not recipe.training.exact:
        fast_step.quicken(learner)
    precision = precision_on(recipe.training.precision, torch.device(learner.dls.device or "cpu"))
    if precision == "fp16":
        learner.to_fp16()
    elif precision == "bf16":
        learner.to_bf16()
    return learner


def in_parts(learner: Any, plan: StagePlan) -> list[Any]:
    """The callbacks that send a plan's batches through the network in parts; judging takes so many at once, too."""
    from studio.engine.callbacks.parts import Parts

    if plan.accumulate == 1:
        return []
    at_once = -(-plan.batch_size // plan.accumulate)
    for loader in learner.dls.loaders[1:]:
        loader.bs = min(loader.bs, at_once)
    return [Parts(plan.accumulate)]


def metric_names(problem: Problem[Any], dataset: Dataset, recipe: Recipe) -> tuple[str, ...]:
    """The metrics' names in order: those that the recipe chooses, else those usual for this dataset's targets.

    Raises
    ------
    UserError
        Where a chosen one says nothing about these targets.
    """
    part = problem.part("learner")
    names_of = getattr(part, "metric_names_of", None)
    return tuple(part.metric_names() if names_of is None else names_of(dataset, recipe))


def freeze(learner: Any, stage: Stage) -> None:
    """Freeze or thaw as the stage says."""
    if stage.freeze and stage.freeze_to is not None:
        learner.freeze_to(stage.freeze_to)
    elif stage.freeze:
        learner.freeze()
    else:
        learner.unfreeze()


def take_over(problem: Problem[Any], learner: Any, weights: Mapping[str, torch.Tensor]) -> None:
    """Put weights of an earlier stage or run into a learner; a problem of several parts says what the next one takes.

    Raises
    ------
    UserError
        Where they are of another network.
    """
    carry = getattr(problem.part("learner"), "carry", None)
    snapshot.load_model(learner, weights if carry is None else carry(learner, weights))


def rate(stage: Stage) -> slice:
    """The stage's rate as fastai takes it."""
    return slice(stage.lr.max) if stage.lr.min is None else slice(stage.lr.min, stage.lr.max)


def release(learner: Any) -> None:
    """Give a learner's memory back: gradients, moments, batches, and the cycle with its callbacks."""
    forget_activations(learner.model)
    for parameter in learner.model.parameters():
        parameter.grad = None
    learner.opt = learner.dls = learner.model = None
    for name in ("xb", "yb", "pred", "loss", "loss_grad"):
        setattr(learner, name, None)
    collect()


def forget_activations(model: torch.nn.Module) -> None:
    """Drop what fastai's hooks hold of the last batch: a U-Net keeps the activations that cross over."""
    for module in model.modules():
        for hook in module._forward_hooks.values():
            owner = getattr(hook, "__self__", None)
            if owner is not None and hasattr(owner, "stored"):
                owner.stored = None


def collect() -> None:
    """Collect what nobody holds any more, on the card too."""
    gc.collect()
    give_back_freed()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
