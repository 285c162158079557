"""`thaw learning-curve`: do I need more data? No Qt."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import typer
from rich.table import Table

from studio.cli.options import JsonOption, ProjectArgument
from studio.cli.output import opened
from studio.cli.words import metric, seconds_in_words
from studio.cli.work import working
from studio.engine.messages import CurveFound
from studio.hardware.awake import Awake

PlanOption = Annotated[
    Literal["quick", "full"],
    typer.Option("--run-plan", help="quick: the first stage, a few epochs. full: all stages of the recipe."),
]
SeedsOption = Annotated[int, typer.Option("--seeds", min=1, max=20, metavar="N", help="Trainings per point.")]


def command(
    project: ProjectArgument,
    run_plan: PlanOption = "quick",
    seeds: SeedsOption = 1,
    is_json: JsonOption = False,
) -> None:
    """Say what twice the data should bring, from trainings on an eighth, a quarter, a half and all of it."""
    with opened(is_json) as output, Awake(), working(project, output, change=True) as work:
        found = work.session.learning_curve(run_plan, seeds)
        output.line({"done": "learning-curve", **msgspec.to_builtins(found)})
        output.show(_table(found), found.sentence)


def _table(found: CurveFound) -> Table:
    table = Table()
    for column in ("Training items", "Seed", found.metric, "Validation loss", "Time"):
        table.add_column(column, justify="right")
    for p in found.points:
        table.add_row(
            f"{p.items:,}", str(p.seed), metric(p.score), metric(p.valid_loss), seconds_in_words(p.seconds)
        )
    return table
