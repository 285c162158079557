"""`thaw lr-find`: the learning-rate curve of a stage, and suggestions. No Qt."""

from __future__ import annotations

import math
from typing import Annotated

import typer
from rich.table import Table

from studio.cli.options import JsonOption, ProjectArgument
from studio.cli.output import Output, opened
from studio.cli.stages import stage_index, starting_run
from studio.cli.work import working
from studio.engine.messages import RateFound, Suggestion
from studio.recipe.schema import Rate

WIDTH, HEIGHT = 64, 10

StageNumber = Annotated[int, typer.Option("--stage", metavar="N", min=1, help="Which stage, from 1.")]


def command(project: ProjectArgument, stage: StageNumber = 1, is_json: JsonOption = False) -> None:
    """Find the learning rates at which a stage learns; the model and the recipe stay as they are."""
    with opened(is_json) as output, working(project, output) as work:
        index = stage_index(work.project, stage)
        work.session.find_rate(index, starting_run(work.project, stage))
        found = work.heard.last(RateFound)
        output.line(
            {
                "done": "lr-find",
                "stage": found.stage,
                "suggestions": {s.name: {"max": s.max, "min": s.min} for s in found.suggestions},
            }
        )
        _show(output, found, stage)


def _show(output: Output, found: RateFound, stage: int) -> None:
    output.show(*curve(found.lrs, found.smooth))
    table = Table()
    for column in ("Suggestion", "Rate", "Why"):
        table.add_column(column, overflow="fold")
    for suggestion in found.suggestions:
        table.add_row(suggestion.title, str(_rate(suggestion)), suggestion.reason)
    output.show(table)
    if found.sentence:
        output.show(found.sentence)
    output.show(f"To use one, set “lr” of stage {stage} in recipe.toml; in the window, click on the curve.")


def _rate(suggestion: Suggestion) -> Rate:
    return Rate(max=suggestion.max, min=suggestion.min)


def curve(lrs: tuple[float, ...], losses: tuple[float | None, ...]) -> list[str]:
    """Draw losses over rates (on a logarithmic scale) with characters; nothing where there are too few."""
    points = [
        (math.log10(lr), loss) for lr, loss in zip(lrs, losses, strict=False) if loss is not None and lr > 0
    ]
    if len(points) < 2:
        return []
    low, high = points[0][0], points[-1][0]
    floor, ceiling = min(p[1] for p in points), _ceiling([p[1] for p in points])
    rows = [[" "] * WIDTH for _ in range(HEIGHT)]
    for log_rate, loss in points:
        x = round((log_rate - low) / max(high - low, 1e-9) * (WIDTH - 1))
        y = round((min(loss, ceiling) - floor) / max(ceiling - floor, 1e-9) * (HEIGHT - 1))
        rows[HEIGHT - 1 - y][x] = "•"
    lines = [f"{_side(i, floor, ceiling)} │{''.join(row)}" for i, row in enumerate(rows)]
    foot = f"{10**low:.0e}".ljust(WIDTH - 5) + f"{10**high:.0e}"
    return [*lines, " " * 8 + "└" + "─" * WIDTH, " " * 9 + foot]


def _ceiling(losses: list[float]) -> float:
    """A little above most of the losses: one that shoots up must not flatten the rest."""
    most = sorted(losses)[round(0.7 * (len(losses) - 1))]
    return most + max(0.4 * (most - min(losses)), 1e-3)


def _side(row: int, floor: float, ceiling: float) -> str:
    return f"{ceiling:7.3f}" if row == 0 else f"{floor:7.3f}" if row == HEIGHT - 1 else " " * 7
