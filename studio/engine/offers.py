"""Ways out where a stage does not fit into memory, each with what it would take. Must not import Qt.

Half precision, a batch in parts, smaller pictures, a smaller network: each is tried by foretelling its memory, and
offered where it fits, or where it takes less at least.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from studio.engine.batch_size import SMALLEST
from studio.engine.memory import StepCost
from studio.engine.messages import Offer
from studio.errors import UserError
from studio.problems.base import Problem
from studio.recipe.fields import describe
from studio.recipe.schema import Recipe, Stage

PARTS = (2, 4, 8, 16, 32, 64)
SHARES = (0.75, 0.5, 0.375, 0.25)
STEP = 16
SMALLEST_SIZE = 32
LADDER = (
    "resnet101",
    "resnet50",
    "resnet34",
    "resnet18",
    "mobilenet_v3_large",
    "squeezenet1_1",
    "mobilenet_v3_small",
)
"""Networks from the largest to the smallest in memory."""

Cost = Callable[[Recipe, Stage], StepCost]


@dataclass(frozen=True)
class Tight:
    """A stage that does not fit.

    Attributes
    ----------
    cost : callable
        Foretells the memory of a stage of a recipe.
    can_halve : bool
        Whether the card trains in half precision and the recipe does not.
    """

    problem: Problem[Any]
    recipe: Recipe
    stage: Stage
    batch_size: int
    limit_mib: float
    cost: Cost
    can_halve: bool


def offers(tight: Tight) -> tuple[Offer, ...]:
    """What can be done, in the order in which it costs the model least; nothing that takes as much as now."""
    ways = (_precision, _parts, _size, _network)
    now = _mib(tight, tight.recipe, tight.stage)
    return tuple(found for way in ways for found in way(tight) if found.memory_mib < now)


def _precision(tight: Tight) -> Iterator[Offer]:
    if not tight.can_halve:
        return
    training = msgspec.structs.replace(tight.recipe.training, precision="auto")
    recipe = msgspec.structs.replace(tight.recipe, training=training)
    mib = _mib(tight, recipe, tight.stage)
    yield Offer("Train in half precision", round(mib, 1), values={"precision": "auto"})


def _parts(tight: Tight) -> Iterator[Offer]:
    size = tight.batch_size
    possible = [parts for parts in PARTS if parts > tight.stage.accumulate and size // parts >= SMALLEST]
    if not possible:
        return
    cost = tight.cost(tight.recipe, msgspec.structs.replace(tight.stage, accumulate=possible[0]))
    fitting = [parts for parts in possible if cost.mib(size, parts) <= tight.limit_mib]
    for parts in (fitting or possible[-1:])[:1]:
        words = f"Accumulate {parts} parts of {-(-size // parts)}"
        yield Offer(words, round(cost.mib(size, parts), 1), stage={"batch_size": size, "accumulate": parts})


def _size(tight: Tight) -> Iterator[Offer]:
    whole = tight.stage.size
    if whole is None:
        return
    sizes = [round(whole * share / STEP) * STEP for share in SHARES]
    tried = [size for size in sizes if SMALLEST_SIZE <= size < whole]
    yield from _first_that_fits(
        tight,
        ((f"Train at {size} pixels", tight.recipe, {"size": size}, {}) for size in tried),
    )


def _network(tight: Tight) -> Iterator[Offer]:
    known = next(
        (field.choices or {} for field in describe(tight.problem.options) if field.name == "arch"), {}
    )
    now = tight.recipe.options.get("arch", getattr(tight.problem.options_of(tight.recipe), "arch", ""))
    below = LADDER[LADDER.index(now) + 1 :] if now in LADDER else LADDER[LADDER.index("resnet34") :]
    names = [name for name in below if name in known]
    yield from _first_that_fits(
        tight,
        (
            (
                f"Use {name}",
                msgspec.structs.replace(tight.recipe, options={**tight.recipe.options, "arch": name}),
                {},
                {"arch": name},
            )
            for name in names
        ),
    )


def _first_that_fits(
    tight: Tight, ways: Iterator[tuple[str, Recipe, dict[str, Any], dict[str, Any]]]
) -> Iterator[Offer]:
    """The first way that fits, or the last one where none does."""
    found: Offer | None = None
    for words, recipe, changes, values in ways:
        stage = msgspec.structs.replace(tight.stage, **changes)
        try:
            mib = _mib(tight, recipe, stage)
        except UserError:
            continue  # too small for this network, or not for this problem
        found = Offer(words, round(mib, 1), stage=changes, values=values)
        if mib <= tight.limit_mib:
            break
    if found is not None:
        yield found


def _mib(tight: Tight, recipe: Recipe, stage: Stage) -> float:
    return tight.cost(recipe, stage).mib(tight.batch_size, stage.accumulate)
