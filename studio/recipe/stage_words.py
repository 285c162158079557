"""The fields that speak of all stages at once: epochs, size, batch size, rate, schedule. No torch, no Qt.

One value serves all stages in the way that the field says; values with commas are one per stage, in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, get_args

import msgspec
from msgspec import Meta, Struct

from studio.errors import UserError
from studio.recipe.fields import Field, about, describe
from studio.recipe.schema import Rate, Schedule, Stage
from studio.recipe.values import entries, number, whole

TIMES_LESS_THAWED = 10.0
TIMES_LESS_FIRST = 500.0
_SLICE = re.compile(r"slice\(([^)]*)\)")

Stages = tuple[Stage, ...]


class StageWords(Struct):
    """The fields, for forms and help; their values stand in the stages."""

    epochs: Annotated[
        str,
        about(
            "Epochs",
            "3 trains three epochs thawed (a frozen stage before it takes one); 2,4 says it for each stage.",
            note="epochs",
        ),
    ] = ""
    size: Annotated[
        str,
        Meta(min_length=1),
        about(
            "Size",
            "Side of the training pictures, for all stages, or 128,224 for each.",
            unit="px",
            note="size",
        ),
    ] = ""
    batch_size: Annotated[
        str,
        about("Batch size", "auto, a number for all stages, or one for each.", note="batch-size"),
    ] = "auto"
    lr: Annotated[
        str,
        about(
            "Learning rate",
            "1e-3 is slice(1e-3), 1e-5:1e-3 is slice(1e-5, 1e-3); with commas one for each stage.",
            note="learning-rate",
        ),
    ] = ""

    schedule: Annotated[
        str,
        about(
            "Schedule",
            "How the rate goes within a stage: one_cycle, flat_cosine or constant; with commas one for each stage.",
            more=True,
            note="one-cycle",
        ),
    ] = "one_cycle"


FIELDS: tuple[Field, ...] = describe(StageWords)


def with_stage_words(stages: Stages, name: str, value: Any) -> Stages:
    """Return the stages with one of `FIELDS` set.

    Raises
    ------
    UserError
        Naming the field and what is wrong with the value.
    """
    setters: dict[str, Callable[[Stages, list[Any]], Stages]] = {
        "epochs": _epochs,
        "size": _sizes,
        "batch_size": _batch_sizes,
        "lr": _rates,
        "schedule": _schedules,
    }
    return setters[name](stages, _given(name, value))


def _given(name: str, value: Any) -> list[Any]:
    if isinstance(value, str):
        value = _SLICE.sub(_colons, value)
    given = entries(value)
    if not given:
        raise UserError(f"{name} has no value.", "Give one for all stages, or one for each, with commas.")
    return given


def _colons(found: re.Match[str]) -> str:
    return found[1].replace(",", ":").replace(" ", "")


def _epochs(stages: Stages, given: list[Any]) -> Stages:
    counts = [whole("epochs", one, 1, 10_000) for one in given]
    if len(counts) > 1:
        return _each(stages, "epochs", _as_many("epochs", stages, counts))
    has_thawed = any(not stage.freeze for stage in stages)
    return _each(stages, "epochs", [1 if stage.freeze and has_thawed else counts[0] for stage in stages])


def _sizes(stages: Stages, given: list[Any]) -> Stages:
    return _each(stages, "size", _as_many("size", stages, [whole("size", one, 16, 4096) for one in given]))


def _batch_sizes(stages: Stages, given: list[Any]) -> Stages:
    read = ["auto" if str(one).strip().lower() == "auto" else whole("batch_size", one, 1) for one in given]
    return _each(stages, "batch_size", _as_many("batch_size", stages, read))


def _schedules(stages: Stages, given: list[Any]) -> Stages:
    known = get_args(Schedule)
    words = [str(one).strip().lower().replace("-", "_") for one in given]
    wrong = next((word for word in words if word not in known), None)
    if wrong is not None:
        raise UserError(f"There is no schedule called “{wrong}”.", f"Use one of: {', '.join(known)}.")
    return _each(stages, "schedule", _as_many("schedule", stages, words))


def _rates(stages: Stages, given: list[Any]) -> Stages:
    rates = [_rate(one) for one in given]
    if len(rates) > 1 or rates[0].min is not None:
        return _each(stages, "lr", _as_many("lr", stages, rates))
    is_frozen_first = any(stage.freeze for stage in stages)
    return _each(stages, "lr", [_rate_for(stage, rates[0].max, is_frozen_first) for stage in stages])


def _rate_for(stage: Stage, rate: float, is_frozen_first: bool) -> Rate:
    """One rate for a plan with a frozen stage is that stage's; thawed layers take ten times less or lower."""
    if stage.freeze or not is_frozen_first:
        return Rate(max=rate)
    return Rate(min=rate / TIMES_LESS_FIRST, max=rate / TIMES_LESS_THAWED)


def _rate(value: Any) -> Rate:
    if isinstance(value, Rate):
        return value
    ends = [number("lr", part) for part in str(value).split(":")]
    if len(ends) > 2 or min(ends) <= 0 or ends != sorted(ends):
        raise UserError(f"lr cannot be “{value}”.", "Write 1e-3, or 1e-5:1e-3 with the smaller rate first.")
    return Rate(max=ends[-1], min=ends[0] if len(ends) == 2 else None)


def _as_many(name: str, stages: Stages, values: list[Any]) -> list[Any]:
    if len(values) == 1:
        return values * len(stages)
    if len(values) == len(stages):
        return values
    there = "1 stage" if len(stages) == 1 else f"{len(stages)} stages"
    raise UserError(
        f"{name} has {len(values)} values, but the recipe has {there}.", "Give one for all, or one for each."
    )


def _each(stages: Stages, name: str, values: Sequence[Any]) -> Stages:
    changed = (
        msgspec.structs.replace(stage, **{name: value}) for stage, value in zip(stages, values, strict=True)
    )
    return tuple(changed)
