"""A run's model: saved, read, judged, and taken back to its last good weights. Must not import Qt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import safetensors.torch
import torch

from studio.engine import checkpoint, snapshot
from studio.engine.callbacks.tell import SKIPPED_NAMES, number
from studio.engine.checkpoint import Tensors
from studio.errors import UserError
from studio.problems.base import Problem
from studio.problems.loss_words import loss_words
from studio.project import RunFolder
from studio.project.results import Results


def save_model(path: Path, tensors: Mapping[str, torch.Tensor]) -> None:
    """Write a model's weights, without the moments.

    Raises
    ------
    UserError
        Where the disk is full or the folder cannot be written; an older file is kept.
    """
    weights = {name.removeprefix("model."): t for name, t in tensors.items() if name.startswith("model.")}
    checkpoint.write_tensors(path, weights)


def read_model(path: Path) -> Tensors:
    """Read what `save_model` wrote, names with "model." before them.

    Raises
    ------
    UserError
        Where the run has no model, or its file is damaged.
    """
    try:
        weights = safetensors.torch.load(path.read_bytes())
    except FileNotFoundError as error:
        raise UserError(
            f"Run {path.parent.name.lstrip('0')} has no model.", "Finish training it, or choose another run."
        ) from error
    except (OSError, safetensors.SafetensorError) as error:
        raise UserError(f"The model {path} cannot be read.", "Train again, or choose another run.") from error
    return {f"model.{name}": tensor for name, tensor in weights.items()}


def validated(learner: Any) -> dict[str, float | None]:
    """Validate a learner as it is and return its losses and metrics by fastai's names."""
    values = learner.validate()
    names = [name for name in learner.recorder.metric_names if name not in ("epoch", "train_loss", "time")]
    return {name: number(value) for name, value in zip(names, values, strict=False)}


def as_trained(results: Results, run: RunFolder, problem: Problem[Any], learner: Any) -> Results:
    """Results whose validation loss is that of training, by its name: the figure that the run's last epoch told.

    So are the metrics that the recipe chose besides, and all figures of a model that answers for no single item:
    nothing else counts them.
    """
    told = run.record().metrics
    known = told if "valid_loss" in told else validated(learner)
    chosen = set(getattr(problem.options_of(run.recipe), "metrics", ())) - results.metrics.keys()
    taken = {name: known[name] for name in known if name in chosen | {"valid_loss"} or not results.items}
    words = results.loss or loss_words(problem, run.recipe)
    return msgspec.structs.replace(results, metrics={**results.metrics, **taken}, loss=words)


def without_losses(metrics: Mapping[str, float | None]) -> dict[str, float | None]:
    """The problem's own metrics."""
    return {name: value for name, value in metrics.items() if name not in SKIPPED_NAMES}


def last_good(learner: Any, folder: Path) -> bool:
    """Make sure that the weights are numbers, going back to the newest checkpoint where they are not."""
    if snapshot.finite(learner):
        return True
    found = checkpoint.newest(folder)
    if found is None:
        return False
    snapshot.load_model(learner, found[1])
    return snapshot.finite(learner)


def weights_of(learner: Any) -> Tensors:
    """A model's weights and buffers on the CPU; on the CPU they are the model's own memory."""
    return checkpoint.apart({f"model.{name}": value for name, value in learner.model.state_dict().items()})
