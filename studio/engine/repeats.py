"""A run to be trained again: from another seed, or on everything there is. Must not import Qt or torch.

On everything means: the validation items, having done their work, train too. The recipe, the marks and the batch sizes
are those of the run; each stage ends after the epoch whose weights that run went on with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from studio.engine.messages import BestSoFar, EpochDone, Event, StagePlan
from studio.errors import UserError
from studio.exports import facts
from studio.problems.base import Dataset
from studio.project import RunFolder
from studio.project.record import RunRecord
from studio.recipe.schema import Recipe


def with_seed(recipe: Recipe, seed: int) -> Recipe:
    """The recipe with another seed and the same validation items, so that its scores can be compared."""
    split = msgspec.structs.replace(recipe.data.split, seed=recipe.split_seed)
    data = msgspec.structs.replace(recipe.data, split=split)
    return msgspec.structs.replace(recipe, data=data, seed=seed)


def next_seed(source: RunFolder, records: Sequence[RunRecord]) -> int:
    """One more than the highest seed among the runs that repeat the recipe of `source`."""
    group = source.record().group or source.number
    used = [r.seed for r in records if r.seed is not None and group in (r.group, r.number)]
    return max([source.recipe.seed, *used]) + 1


def everything_of(dataset: Dataset) -> Dataset:
    """All items to train on; those kept aside stand there once more, as the loaders want, but nothing is judged."""
    trained = [msgspec.structs.replace(item, valid=False) for item in dataset.items]
    return replace(dataset, items=(*trained, *dataset.valid()))


def plans_of(source: RunFolder) -> tuple[StagePlan, ...]:
    """The stages of a run as it was trained.

    Raises
    ------
    UserError
        Where it never began, or left no model.
    """
    began = facts.started(source)
    if began is None or not source.model_path.exists():
        raise UserError(f"Run {source.number} has no model.", "Finish training it, or choose another run.")
    return began.stages


def cut_short(source: RunFolder, plans: Sequence[StagePlan]) -> tuple[int, ...]:
    """For each stage the epochs behind the weights that the run went on with; 0 where a stage brought nothing."""
    events, keeps_best = list(source.events()), source.recipe.training.keep_best
    return tuple(_epochs(events, plan, keeps_best) for plan in plans)


def _epochs(events: Sequence[Event], plan: StagePlan, keeps_best: bool) -> int:
    told = [e for e in events if isinstance(e, EpochDone) and e.stage == plan.index]
    bests = [e for e in events if isinstance(e, BestSoFar)]
    if keeps_best and bests:
        own = [e for e in bests if e.stage == plan.index]
        return own[-1].epoch + 1 if own else 0
    return told[-1].epoch + 1 if told else plan.epochs
