"""The seam: what a problem type must give, and the plain data that crosses it.

A problem type is one package in `studio/problems`. Its `__init__` names a `Problem`, which needs no torch.
The parts that do are modules of the package, imported only in the engine through `Problem.part`:

=============  =======================================================================================
module         what it has
=============  =======================================================================================
`options.py`   `Options` (frozen struct, fields annotated by `about`), `guess(folder)`, `stages(options)`
`items.py`     `collect(recipe, root) -> Dataset`                                            no torch
`checks.py`    `check(dataset, recipe, root, progress) -> Iterator[Finding]`                 no torch
`data.py`      `dataloaders(dataset, recipe, stage, batch_size, path) -> DataLoaders`;
               `preview(dls) -> tuple[PreviewSample, ...]` the batch as the model receives it
`learner.py`   `build(dls, dataset, recipe, path) -> Learner`; `metric_names()`; `step_bytes(...)`
`results.py`   `evaluate(learner, dataset, recipe, progress) -> Results`
`serving.py`   `serving(learner, dataset, recipe) -> Serving` for the ONNX bundle
`answers.py`   `prepare(paths, spec) -> arrays`, `decode(outputs, spec) -> Prediction`       no torch
`script.py`    `write(recipe, root, batch_sizes) -> str`, the same run in plain fastai       no torch
=============  =======================================================================================

No torch, no Qt here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from studio.errors import UserError
from studio.recipe.schema import Recipe, Split, Stage

O = TypeVar("O", bound=Struct)  # noqa: E741


class Item(Struct, frozen=True):
    """One thing to learn from.

    `key` names it for good: the path below the data root with forward slashes, or the row number of a table.
    `target` is plain data as the problem knows it (a class name, a list of tags, ...).
    """

    key: str
    target: Any
    valid: bool


@dataclass(frozen=True)
class Dataset:
    """Items in a fixed order (sorted by key, so that a seed means the same everywhere) and their classes.

    `left_out` says what was found and not used: (key, why).
    """

    items: tuple[Item, ...]
    classes: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()

    def train(self) -> tuple[Item, ...]:
        """Items that train."""
        return tuple(i for i in self.items if not i.valid)

    def valid(self) -> tuple[Item, ...]:
        """Items that judge."""
        return tuple(i for i in self.items if i.valid)


@dataclass(frozen=True)
class Guess:
    """What a folder looks like: sure (0 to 1), a sentence, and the values a wizard starts from."""

    problem: str
    sure: float
    sentence: str
    options: dict[str, Any] = field(default_factory=dict)
    split: Split = field(default_factory=Split)


@dataclass(frozen=True)
class Problem(Generic[O]):
    """One problem type, as everything outside its package sees it.

    Attributes
    ----------
    name : str
        The name in the recipe.
    title, sentence : str
        For people.
    icon : str
        An icon of `resources/icons`.
    sample : str
        The kind of sample its items are: names the module of `studio/ui/samples` that draws them.
    score : str
        The metric that a run is judged by, by fastai's name; `score_up` says whether more is better.
    options : type
        Its frozen options struct.
    guess : callable
        Looks at a folder for a moment (never reads all of it) and proposes values, or None.
    stages : callable
        The default plan for given options.
    package : str
        Import path of the package, for `part`.
    """

    name: str
    title: str
    sentence: str
    icon: str
    sample: str
    score: str
    score_up: bool
    options: type[O]
    guess: Callable[[Path], Guess | None]
    stages: Callable[[O], tuple[Stage, ...]]
    package: str

    def options_of(self, recipe: Recipe) -> O:
        """Return the recipe's options, typed.

        Raises
        ------
        UserError
            Naming the field that is wrong.
        """
        try:
            return msgspec.convert(recipe.options, self.options)
        except msgspec.ValidationError as error:
            raise UserError(f"The recipe's [options] are wrong: {error}.", "Correct the field, or remove it to use its default.") from error

    def part(self, module: str) -> ModuleType:
        """Import one of the package's modules; those with torch only in the engine."""
        return import_module(f"{self.package}.{module}")
