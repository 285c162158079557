"""`thaw lr-find`: the learning-rate curve of a stage with suggestions, or three short fits. No Qt."""

from __future__ import annotations

import math
from typing import Annotated

import typer
from rich.table import Table

from studio.cli.options import JsonOption, ProjectArgument
from studio.cli.output import Output, opened
from studio.cli.stages import stage_index, starting_run
from studio.cli.work import Work, working
from studio.engine.messages import RateFound, RatesTried, ShortFit, Suggestion
from studio.errors import UserError
from studio.recipe.schema import Rate

WIDTH, HEIGHT = 64, 10

StageNumber = Annotated[int, typer.Option("--stage", metavar="N", min=1, help="Which stage, from 1.")]
Three = Annotated[
    bool,
    typer.Option("--three", help="Three short fits: a tenth of the stage's rate, the rate, ten times it."),
]
GivenRate = Annotated[
    str | None,
    typer.Option("--rate", metavar="RATE", help="With --three: 5e-3, or 1e-5,1e-3, in place of the stage's."),
]


def command(
    project: ProjectArgument,
    stage: StageNumber = 1,
    three: Three = False,
    rate: GivenRate = None,
    is_json: JsonOption = False,
) -> None:
    """Find the learning rates at which a stage learns; the model and the recipe stay as they are."""
    if rate is not None and not three:
        raise typer.BadParameter("It goes together with --three.", param_hint="--rate")
    with opened(is_json) as output, working(project, output) as work:
        (_compare if three else _search)(work, output, stage, rate)


def _search(work: Work, output: Output, stage: int, _rate: str | None) -> None:
    work.session.find_rate(stage_index(work.project, stage), starting_run(work.project, stage))
    found = work.heard.last(RateFound)
    output.line(
        {
            "done": "lr-find",
            "stage": found.stage,
            "suggestions": {s.name: {"max": s.max, "min": s.min} for s in found.suggestions},
        }
    )
    _show(output, found, stage)


def _compare(work: Work, output: Output, stage: int, rate: str | None) -> None:
    index = stage_index(work.project, stage)
    chosen = work.project.recipe.training.stages[index].lr if rate is None else read_rate(rate)
    work.session.try_rates(index, chosen, starting_run(work.project, stage))
    found = work.heard.last(RatesTried)
    fits = [
        {"factor": f.factor, "max": f.max, "min": f.min, "end": f.end, "shot_up": f.shot_up}
        for f in found.fits
    ]
    output.line(
        {"done": "lr-find", "stage": found.stage, "steps": found.steps, "fits": fits, "best": found.best}
    )
    table = Table()
    for column in ("Rate", f"Loss after {found.steps} steps"):
        table.add_column(column)
    for place, fit in enumerate(found.fits):
        table.add_row(
            str(Rate(max=fit.max, min=fit.min)), _end(fit), style="bold" if place == found.best else ""
        )
    output.show(table, found.sentence)


def _end(fit: ShortFit) -> str:
    return "shot up" if fit.shot_up else "" if fit.end is None else f"{fit.end:.3g}"


def read_rate(text: str) -> Rate:
    """Read ``5e-3`` or ``1e-5,1e-3``.

    Raises
    ------
    UserError
        Where it is neither, or not above zero.
    """
    try:
        ends = sorted(float(part) for part in text.split(","))
    except ValueError:
        ends = []
    if not 1 <= len(ends) <= 2 or not all(0 < end < math.inf for end in ends):
        raise UserError(f"“{text}” is no rate.", "Write one number, as 5e-3, or two with a comma: 1e-5,1e-3.")
    return Rate(max=ends[-1], min=ends[0] if len(ends) == 2 else None)


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
