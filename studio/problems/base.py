"""The seam: what a problem type must give, and the plain data that crosses it.

A problem type is one package in `studio/problems`. Its `__init__` names a `Problem`, which needs no torch.
The parts that do are modules of the package, imported only in the engine through `Problem.part`:

=============  =======================================================================================
module         what it has
=============  =======================================================================================
`options.py`   `Options` (frozen struct, fields annotated by `about`), `guess(folder)`, `stages(options)`
`items.py`     `collect(recipe, root) -> Dataset`                                            no torch
               and, where a target is more than a class, `target_of(text, recipe) -> target` as typed by a person (with
               a parameter `root` it is given the data root);
               where its table is not a plain one, `peeked(recipe, root) -> Table`, its beginning, for the form;
               where it does not name the classes in it, `class_counts(dataset, recipe, root)` for the scan,
               and `classes_in(items, recipe, root)` for the samples shown
`checks.py`    `check(dataset, recipe, root, progress) -> Iterator[Finding]`                 no torch
               with a parameter `cache` it is given what is known of the files (`dataset/scan_cache.py`)
`data.py`      `dataloaders(dataset, recipe, stage, batch_size, path) -> DataLoaders`;
               `preview(dls) -> tuple[PreviewSample, ...]` the batch as the model receives it
`learner.py`   `build(dls, dataset, recipe, path) -> Learner`; `metric_names()`, those told by themselves, and
               `metric_names_of(dataset, recipe)` where they depend on the targets or can be chosen (`measures/`)
`results.py`   `evaluate(learner, dataset, recipe, progress) -> Results`; with a parameter `folder` it is given the
               run's folder (or nothing, where that cannot be written) for the pictures of its figures
               and, for the samples shown after every epoch, `shown(learner, items, dataset, recipe) ->
               tuple[ItemResult, ...]` in the order of the items; with a parameter `folder` it may save the answer to
               item number n as the picture `n.jpg` there
`serving.py`   `serving(learner, dataset, recipe, root) -> Serving` for the ONNX bundle
               and, where a run's results decide about answers (thresholds), `settled(serving, learner, dataset,
               recipe, results or None) -> Serving`
`answers.py`   `find(inputs) -> paths`, `prepare(path, spec) -> arrays` (raises `UserError`),
               `decode(outputs, spec) -> (answer, scores best first)`                        no torch
               and, where they have a meaning, `BATCH` (how many run together), `TAKES_WORDS = True` (inputs that
               are no file come as text; what `find` gives may be anything with a `str`) and `remark(case, spec) ->
               str` about an answer; where an answer is more than the best class, `same(outputs, others, spec,
               tolerance) -> bool`; where it is a picture, `save(case, outputs, spec, folder) -> str` (says where)
               and `agreement(outputs, others)`
`script.py`    `write(recipe, dataset, root, plans, precision, folder, slug) -> {name: text}`,
               the same run in plain fastai                                                  no torch
=============  =======================================================================================

In `data.py` `stage` is the `Stage` itself (its `size` matters) and `path` the absolute data root; in `learner.py`
`path` is a folder of ours that the learner may write to. `progress(text, done, total)` may raise to cancel.
Both build parts may draw random numbers: the engine seeds before each, and again just before the fit. A learner
that gets saved weights is built with the option `weights` set to "none", where the problem has such an option;
everything else about it must be the same. `serving` takes the data root as a fourth argument.

No torch, no Qt here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any, Generic, TypeVar, get_args

import msgspec
from msgspec import Struct

from studio.recipe.complaints import complaint
from studio.recipe.schema import Recipe, Split, SplitKind, Stage

O = TypeVar("O", bound=Struct)  # noqa: E741


def names_in(target: Any) -> tuple[str, ...]:
    """The classes in a target: itself, or each of several; none in a number."""
    if isinstance(target, str):
        return (target,)
    return tuple(t for t in target if isinstance(t, str)) if isinstance(target, list | tuple) else ()


def in_words(target: Any) -> str:
    """A target for people: several classes are joined, ``none`` where there are none; a point is ``120 80``."""
    if isinstance(target, list | tuple):
        return ", ".join(_part_in_words(part) for part in target) or "none"
    return str(target)


def _part_in_words(part: Any) -> str:
    if part is None:
        return "none"
    if isinstance(part, list | tuple):
        return " ".join(_part_in_words(number) for number in part)
    return f"{part:.5g}" if isinstance(part, float) else str(part)


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

    `left_out` says what was found and not used: (key, why). `groups` names the group of each item, by its key, where
    the split keeps groups whole.
    """

    items: tuple[Item, ...]
    classes: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)

    def train(self) -> tuple[Item, ...]:
        """Items that train."""
        return tuple(i for i in self.items if not i.valid)

    def valid(self) -> tuple[Item, ...]:
        """Items that judge."""
        return tuple(i for i in self.items if i.valid)


@dataclass(frozen=True)
class Guess:
    """What a folder looks like: sure (0 to 1), a sentence, and the values a wizard starts from.

    `size` is that of the plan's last stage, where the data has one of its own; the others keep their share of it.
    """

    problem: str
    sure: float
    sentence: str
    options: dict[str, Any] = field(default_factory=dict)
    split: Split = field(default_factory=Split)
    size: int | None = None


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
    other_scores : tuple of (str, bool)
        What else a run may be judged by, in order, where `score` is not among its metrics (a number instead of a
        class, a language model instead of a classifier), each with whether more is better.
    usual_batch : int
        The largest batch that is chosen by itself, where there is plenty of data.
    splits : tuple of str
        The ways to split that mean something for its items.
    shipping : tuple of str
        Options that say what leaves with an export and change nothing about a run: an export takes them from the
        project's recipe, and they stand on the Ship page.
    """

    name: str
    title: str
    sentence: str
    icon: str
    sample: str
    score: str
    score_up: bool
    options: type[O]
    guess: Callable[..., Guess | None]
    stages: Callable[[O], tuple[Stage, ...]]
    package: str
    other_scores: tuple[tuple[str, bool], ...] = ()
    usual_batch: int = 64
    splits: tuple[SplitKind, ...] = get_args(SplitKind)
    shipping: tuple[str, ...] = ()

    def judged_by(self, metrics: Collection[str]) -> tuple[str, bool]:
        """The metric that a run with these metrics is judged by, and whether more of it is better."""
        known = ((self.score, self.score_up), *self.other_scores)
        return next((one for one in known if one[0] in metrics), known[0])

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
            raise complaint(error, self.options, "", "The recipe's [options]") from error

    def part(self, module: str) -> ModuleType:
        """Import one of the package's modules; those with torch only in the engine."""
        return import_module(f"{self.package}.{module}")
