"""Builds a stage's data and learner from a recipe, as plain fastai would, and gives its memory back.

Must not import Qt. The random state is the caller's business.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import msgspec
import torch

from studio.engine.device import precision_on
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


def learner_for(
    problem: Problem[Any],
    dataset: Dataset,
    recipe: Recipe,
    stage: Stage,
    batch_size: int,
    root: Path,
    folder: Path,
) -> Any:
    """Build the loaders, then the learner, and make it fit for the engine.

    Parameters
    ----------
    root : Path
        The data.
    folder : Path
        Where fastai may write; never the data.

    Returns
    -------
    Learner
        Silent, without a progress bar, writing below `folder` only.
    """
    dls = problem.part("data").dataloaders(dataset, recipe, stage, batch_size, root)
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
    precision = precision_on(recipe.training.precision, torch.device(learner.dls.device or "cpu"))
    if precision == "fp16":
        learner.to_fp16()
    elif precision == "bf16":
        learner.to_bf16()
    return learner


def metric_names(problem: Problem[Any], dataset: Dataset) -> tuple[str, ...]:
    """The metrics' names in order; of this dataset, where a problem's metrics depend on its targets."""
    part = problem.part("learner")
    of_dataset = getattr(part, "metric_names_of", None)
    return tuple(part.metric_names() if of_dataset is None else of_dataset(dataset))


def freeze(learner: Any, stage: Stage) -> None:
    """Freeze or thaw as the stage says."""
    if stage.freeze:
        learner.freeze()
    else:
        learner.unfreeze()


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
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
