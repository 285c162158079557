"""`thaw batch-size`: memory predicted per batch size, and the choice per stage. No Qt."""

from __future__ import annotations

from rich.table import Table

from studio.cli.options import JsonOption, ProjectArgument
from studio.cli.output import Output, opened
from studio.cli.words import memory
from studio.cli.work import working
from studio.engine.messages import Estimated, StageEstimate


def command(project: ProjectArgument, is_json: JsonOption = False) -> None:
    """Predict the memory of each batch size, and say which one each stage will take."""
    with opened(is_json) as output, working(project, output) as work:
        work.session.estimate()
        estimated = work.heard.last(Estimated)
        output.line({"done": "batch-size", "chosen": [stage.chosen for stage in estimated.stages]})
        _show(output, estimated)


def _show(output: Output, estimated: Estimated) -> None:
    free, total = memory(estimated.free_mib), memory(estimated.total_mib)
    output.show(f"{estimated.device_name}: {free} free of {total}")
    for stage in estimated.stages:
        output.show(f"Stage {stage.stage + 1}", _table(stage), stage.reason)


def _table(stage: StageEstimate) -> Table:
    table = Table()
    table.add_column("Batch size", justify="right")
    table.add_column("Memory", justify="right")
    table.add_column("")
    for tick in stage.ticks:
        word = "chosen" if tick.batch_size == stage.chosen else "" if tick.fits else "does not fit"
        table.add_row(str(tick.batch_size), memory(tick.memory_mib), word)
    if all(tick.batch_size != stage.chosen for tick in stage.ticks):
        table.add_row(str(stage.chosen), memory(stage.memory_mib), "chosen")
    return table
