"""A second problem type in one folder: which flower a row of four measurements is.

Everything that the studio needs to know of it is in this folder, and its name in `PROBLEMS`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from studio.problems.base import Guess, Problem
from studio.recipe.fields import about
from studio.recipe.schema import Rate, Split, Stage

TABLE = "flowers.csv"


class Options(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What can be told about flowers."""

    target: Annotated[str, about("Flower", "The column that names the flower.", kind="column")] = "flower"
    hidden: Annotated[int, Meta(ge=2, le=512), about("Hidden units", "Width of the network.", more=True)] = 8


def guess(folder: Path) -> Guess | None:
    """A folder with the table in it."""
    if not (folder / TABLE).is_file():
        return None
    return Guess("toy_flowers", 0.9, "A table of flowers.", {"target": "flower"}, Split(kind="stratified"))


def stages(options: Options) -> tuple[Stage, ...]:
    """One fit."""
    return (Stage(freeze=False, epochs=8, batch_size=16, lr=Rate(max=5e-2)),)


PROBLEM: Problem[Options] = Problem(
    name="toy_flowers",
    title="Flowers",
    sentence="Which flower a row of measurements is.",
    icon="table",
    sample="row",
    score="accuracy",
    score_up=True,
    options=Options,
    guess=guess,
    stages=stages,
    package=__name__,
)
