"""A problem type of its own: points in space that belong to one of three clouds.

A real fastai learner on generated tensors. It is the proof that the seam is general: the engine trains, resumes,
finds rates and judges it without knowing anything about it. Register it with `registered`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

import studio.problems
from studio.problems.base import Guess, Problem
from studio.recipe.fields import about
from studio.recipe.schema import Rate, Stage


class Options(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the clouds can be told."""

    points: Annotated[int, Meta(ge=0, le=100_000), about("Points", "How many points there are.")] = 60
    spread: Annotated[float, Meta(gt=0), about("Spread", "How wide the clouds are.")] = 0.7
    slow_s: float = 0.0
    """Seconds that every item takes to be read; then reading hangs while the data folder holds a file "hang"."""
    is_chatty: bool = False
    """Whether building the learner prints, as libraries do."""
    echoes: int = 0
    """How often each answer is repeated before it counts: many make a batch take memory, as photos do."""
    nan_at: int = -1
    """The item whose coordinates are no numbers."""


def guess(folder: Path) -> Guess | None:
    """Nothing looks like clouds."""
    return None


def stages(options: Options) -> tuple[Stage, ...]:
    """Frozen, then thawed."""
    return (
        Stage(freeze=True, epochs=2, lr=Rate(max=1e-2), batch_size=8),
        Stage(freeze=False, epochs=2, lr=Rate(min=1e-4, max=1e-2), batch_size=8),
    )


PROBLEM: Problem[Options] = Problem(
    name="toy_clouds",
    title="Clouds",
    sentence="Which cloud a point belongs to.",
    icon="image",
    sample="image",
    score="accuracy",
    score_up=True,
    options=Options,
    guess=guess,
    stages=stages,
    package=__name__,
)


@contextmanager
def registered() -> Iterator[None]:
    """Make the studio know the clouds within the block."""
    before = studio.problems.PROBLEMS
    studio.problems.PROBLEMS = (*before, PROBLEM)
    try:
        yield
    finally:
        studio.problems.PROBLEMS = before
