"""`thaw batch-size`: memory predicted per batch size, the choice per stage, and ways out. No Qt."""

from __future__ import annotations

from typing import Any

import msgspec
from rich.table import Table

from studio.cli.options import JsonOption, ProjectArgument
from studio.cli.output import Output, opened
from studio.cli.work import working
from studio.engine.batch_size import amount
from studio.engine.messages import Estimated, Offer, StageEstimate


def command(project: ProjectArgument, is_json: JsonOption = False) -> None:
    """Predict the memory of each batch size, and say which one each stage will take and why."""
    with opened(is_json) as output, working(project, output) as work:
        work.session.estimate()
        estimated = work.heard.last(Estimated)
        output.line(_line(estimated))
        _show(output, estimated)


def _line(estimated: Estimated) -> dict[str, Any]:
    return {
        "done": "batch-size",
        "chosen": [stage.chosen for stage in estimated.stages],
        "fits": [stage.fits for stage in estimated.stages],
        "offers": [msgspec.to_builtins(stage.offers) for stage in estimated.stages],
    }


def _show(output: Output, estimated: Estimated) -> None:
    free, total = amount(estimated.free_mib), amount(estimated.total_mib)
    room = f", {amount(estimated.limit_mib)} for a step" if estimated.limit_mib else ""
    output.show(f"{estimated.device_name}: {free} free of {total}{room} ({estimated.precision})")
    for stage in estimated.stages:
        output.show(f"Stage {stage.stage + 1}", _table(stage), stage.reason)
        if stage.how:
            output.show(stage.how)
        for offer in stage.offers:
            output.show(f"  {offer.words}: {amount(offer.memory_mib)}{_words(offer)}")


def _words(offer: Offer) -> str:
    """How the command line takes an offer."""
    named = {**offer.stage, **offer.values}
    settable = {name: value for name, value in named.items() if name != "accumulate"}
    if "accumulate" in named:
        return "   (accumulate in the stage's part of recipe.toml)"
    return "   " + " ".join(f"--set {name}={value}" for name, value in settable.items())


def _table(stage: StageEstimate) -> Table:
    table = Table()
    table.add_column("Batch size", justify="right")
    table.add_column("Memory", justify="right")
    table.add_column("What it means", overflow="fold")
    table.add_column("")
    for tick in stage.ticks:
        word = "chosen" if tick.batch_size == stage.chosen else ""
        table.add_row(str(tick.batch_size), amount(tick.memory_mib), tick.means.partition(", ")[2], word)
    if all(tick.batch_size != stage.chosen for tick in stage.ticks):
        table.add_row(str(stage.chosen), amount(stage.memory_mib), "", "chosen")
    return table
