"""Ready-made plans of stages, for a menu: made from what a problem proposes, so that each fits every problem.

A problem with ideas of its own puts them into `stages(options)`, the first of these. No torch, no Qt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from studio.problems.base import Problem
from studio.recipe.edit import scaled
from studio.recipe.schema import Rate, Recipe, Stage

Stages = tuple[Stage, ...]
_SMALLEST = 32
_GRID = 32


@dataclass(frozen=True)
class Plan:
    """A plan of stages: its name in the menu, and when it is the right one."""

    key: str
    title: str
    sentence: str
    stages: Stages


def plans(problem: Problem[Any], recipe: Recipe) -> tuple[Plan, ...]:
    """The plans for a recipe's options, at the size of its last stage."""
    proposed = scaled(problem.stages(problem.options_of(recipe)), recipe.training.stages[-1].size)
    made = [_proposed(proposed), _quick(proposed)]
    if any(s.freeze for s in proposed) and not any(s.part for s in proposed):
        made.append(_two_step(proposed))
    if proposed[-1].size is not None and proposed[-1].size >= 2 * _SMALLEST:
        made.append(_progressive(proposed))
    made.append(_steady(proposed))
    return tuple(made)


def _proposed(stages: Stages) -> Plan:
    gradual = any(stage.freeze_to is not None for stage in stages)
    if gradual:
        sentence = (
            "Thaws one layer group after the other from the head downwards, so that nothing learnt is lost."
        )
        return Plan("proposed", "Gradual unfreezing", sentence, stages)
    return Plan("proposed", "As proposed", "What the studio proposes for this kind of data.", stages)


def _quick(stages: Stages) -> Plan:
    """One epoch of the first stage of each part, on small pictures."""
    firsts = {stage.part: stage for stage in reversed(stages)}
    kept = tuple(stage for stage in stages if firsts[stage.part] is stage)
    small = tuple(
        msgspec.structs.replace(s, epochs=1, size=None if s.size is None else _on_grid(s.size / 2))
        for s in kept
    )
    return Plan(
        "quick", "Quick look", "One short epoch: is there anything to learn, and does all of it run?", small
    )


def _two_step(stages: Stages) -> Plan:
    """The notes' way: the head alone, then everything at discriminative rates."""
    frozen = next(stage for stage in stages if stage.freeze)
    last = stages[-1]
    high = frozen.lr.max
    steps = (
        msgspec.structs.replace(frozen, epochs=4, size=last.size, freeze_to=None),
        Stage(freeze=False, epochs=4, size=last.size, lr=Rate(min=high / 500, max=high / 10)),
    )
    return Plan(
        "two-step", "Two steps of the notes", "Four epochs of the head alone, then four of all layers.", steps
    )


def _progressive(stages: Stages) -> Plan:
    """A quarter, half and full size; the head alone at first, where it was trained before."""
    last = stages[-1]
    sizes = sorted({_on_grid((last.size or 0) / part) for part in (4, 2)} | {last.size or 0})
    rate = last.lr if last.lr.min is not None else Rate(max=last.lr.max)
    thawed = tuple(Stage(freeze=False, epochs=3, size=size, lr=rate) for size in sizes)
    frozen = next((stage for stage in stages if stage.freeze), None)
    head = (
        () if frozen is None else (msgspec.structs.replace(frozen, epochs=3, size=sizes[0], freeze_to=None),)
    )
    words = " to ".join(str(size) for size in sizes)
    sentence = (
        f"{words} px: most is learnt on small pictures at a fraction of the time, outlines on large ones."
    )
    return Plan("progressive", "Progressive resizing", sentence, (*head, *thawed))


def _steady(stages: Stages) -> Plan:
    """The last stage at a flat rate with a cosine end: can be stopped early without loss."""
    steady = (*stages[:-1], msgspec.structs.replace(stages[-1], schedule="flat_cosine"))
    sentence = "The last stage keeps its rate and lowers it only at the end: right with early stopping."
    return Plan("steady", "Flat rate, cosine end", sentence, steady)


def _on_grid(size: float) -> int:
    return max(_SMALLEST, round(size / _GRID) * _GRID)
