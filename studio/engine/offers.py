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
    """What can be done, in the order in which it costs the model least."""
    return tuple(found for way in (_precision, _parts, _size, _network) for found in way(tight))


def _precision(tight: Tight) -> Iterator[Offer]:
    if not tight.can_halve:
        return
    training = msgspec.structs.replace(tight.recipe.training, precision="auto")
    recipe = msgspec.structs.replace(tight.recipe, training=training)
    mib = tight.cost(recipe, tight.stage).mib(_at_once(tight))
    yield Offer("Train in half precision", round(mib, 1), values={"precision": "auto"})


def _parts(tight: Tight) -> Iterator[Offer]:
    cost, size = tight.cost(tight.recipe, tight.stage), tight.batch_size
    possible = [parts for parts in PARTS if parts > tight.stage.accumulate and size // parts >= SMALLEST]
    fitting = [parts for parts in possible if cost.mib(-(-size // parts)) <= tight.limit_mib]
    for parts in (fitting or possible[-1:])[:1]:
        at_once = -(-size // parts)
        words = f"Accumulate {parts} parts of {at_once}"
        yield Offer(words, round(cost.mib(at_once), 1), stage={"batch_size": size, "accumulate": parts})


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
            mib = tight.cost(recipe, stage).mib(_at_once(tight))
        except UserError:
            continue  # too small for this network, or not for this problem
        found = Offer(words, round(mib, 1), stage=changes, values=values)
        if mib <= tight.limit_mib:
            break
    if found is not None:
        yield found


def _at_once(tight: Tight) -> int:
    return -(-tight.batch_size // tight.stage.accumulate)
