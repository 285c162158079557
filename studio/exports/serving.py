"""What a problem type gives so that its model can leave the studio. Imports torch: engine only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from numpy.typing import NDArray
from torch import Tensor, nn

from studio.problems.base import Dataset, Problem
from studio.recipe.schema import Recipe

Outputs = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Serving:
    """A model made ready for the ONNX bundle, and the cases that prove the bundle right.

    Attributes
    ----------
    module : nn.Module
        From prepared input to scores, preprocessing inside; a copy on the CPU, in eval mode.
    example : tuple of Tensor
        One small batch of input, in the order of `inputs`.
    inputs, outputs : tuple of str
        Names in the graph. The first axis of each is the batch, of any size.
    spec : dict
        The problem's part of the manifest: `classes`, `input`, `in_graph`, as its `answers.py` reads them.
    cases : tuple
        Real inputs, as the problem's `answers.find` gives them: paths, or what stands for a row or a text.
    reference : callable
        The trained model's outputs for `cases`, computed by the learner's own data pipeline. Each value has
        shape (n_cases, ...).
    axes : mapping
        For an input or output, its axes besides the batch that may have any length, with a name for each.
    learner_cases : tuple
        Some of `cases` as the learner's own `test_dl` takes them, where they are rows (dicts) or where all would
        be too many. Empty where it takes `cases` themselves.
    learner_reference : callable or None
        What the learner's `get_preds` gives for `cases`, where that is not `scores`.
    caveat : str
        What a person should know before giving the bundle away; empty where there is nothing.
    """

    module: nn.Module
    example: tuple[Tensor, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    spec: dict[str, Any]
    cases: tuple[Any, ...]
    reference: Callable[[], Outputs]
    axes: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    learner_cases: tuple[Any, ...] = ()
    learner_reference: Callable[[], NDArray[Any]] | None = None
    caveat: str = ""


def shipped(recipe: Recipe, problem: Problem[Any], options: Mapping[str, Any]) -> Recipe:
    """A run's recipe with what leaves with an export (`Problem.shipping`) taken from `options`, else as usual."""
    kept = {name: value for name, value in recipe.options.items() if name not in problem.shipping}
    chosen = {name: options[name] for name in problem.shipping if name in options}
    return msgspec.structs.replace(recipe, options={**kept, **chosen})


def served(
    problem: Problem[Any], learner: Any, dataset: Dataset, recipe: Recipe, root: Path, run: Any
) -> Serving:
    """What the bundle of a run needs, with what the run's results settle about its answers.

    Parameters
    ----------
    run : RunFolder
        Its `results()` may be None: the problem then settles by itself what it needs.
    """
    part = problem.part("serving")
    made: Serving = part.serving(learner, dataset, recipe, root)
    settled = getattr(part, "settled", None)
    return made if settled is None else settled(made, learner, dataset, recipe, run.results())
