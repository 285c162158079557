"""The few validation items whose answers are shown after every epoch, and how a problem answers for them.

Imports no torch: what does is the problem's `results.shown`. Must not import Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

from studio.engine.messages import SampleAnswer
from studio.problems.base import Dataset, Item, Problem
from studio.project.results import ItemResult
from studio.recipe.schema import Recipe

SHOWN = 8
MOST_WORDS = 400
FOLDER = "samples"
Shower = Callable[[Any, int], tuple[SampleAnswer, ...]]
"""From the learner and the number of batches so far to the answers."""


def chosen(dataset: Dataset) -> tuple[Item, ...]:
    """Validation items evenly spread over all of them, so that most classes are there; always the same."""
    valid = dataset.valid()
    count = min(SHOWN, len(valid))
    return tuple(valid[(2 * place + 1) * len(valid) // (2 * count)] for place in range(count))


def shower(problem: Problem[Any], dataset: Dataset, recipe: Recipe, run: Path) -> Shower | None:
    """What answers for the chosen items; None where the problem shows none.

    Parameters
    ----------
    run : Path
        The run's folder, for answers that are pictures.
    """
    shown = getattr(problem.part("results"), "shown", None)
    items = chosen(dataset)
    if shown is None or not items:
        return None
    draws = "folder" in signature(shown).parameters

    def answers(learner: Any, step: int) -> tuple[SampleAnswer, ...]:
        place = f"{FOLDER}/{step:08d}"
        if draws:
            (run / place).mkdir(parents=True, exist_ok=True)
        results = shown(learner, items, dataset, recipe, **({"folder": run / place} if draws else {}))
        return tuple(_answer(result, run, f"{place}/{n}.jpg") for n, result in enumerate(results))

    return answers


def _answer(result: ItemResult, run: Path, picture: str) -> SampleAnswer:
    return SampleAnswer(
        key=result.key,
        target=result.target,
        predicted=result.predicted,
        confidence=result.confidence,
        loss=result.loss,
        words=result.words[:MOST_WORDS],
        picture=picture if (run / picture).is_file() else "",
    )
