"""`thaw runs`: the runs of a project with their metrics. No torch, no Qt."""

from __future__ import annotations

from typing import Any

import msgspec
from rich.table import Table

from studio.cli.options import JsonOption, ProjectArgument
from studio.cli.output import opened
from studio.cli.words import metric, seconds_in_words, when
from studio.cli.work import project_at
from studio.project import RunRecord


def command(project: ProjectArgument, is_json: JsonOption = False) -> None:
    """List the runs, newest last."""
    with opened(is_json) as output, project_at(project) as there:
        records = there.runs()
        for record in records:
            output.line(_plain(record))
        if records:
            output.show(_table(records))
        else:
            output.show(f"No runs yet. Next: thaw train {project}")
        for record in records:
            if record.broken:
                output.note(record.broken)


def _plain(record: RunRecord) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(record)
    values.pop("writer")
    return {"run": values.pop("number"), **values}


def _table(records: list[RunRecord]) -> Table:
    names = list(dict.fromkeys(name for record in records for name in record.metrics))
    table = Table()
    for column in ("Run", "Started", "Status", "Time", *names, "Note"):
        is_figure = column in ("Run", "Time", *names)
        table.add_column(column, justify="right" if is_figure else "left", overflow="fold")
    for record in records:
        scores = [metric(record.metrics.get(name)) for name in names]
        time = seconds_in_words(record.seconds)
        star = "★ " if record.star else ""
        table.add_row(
            f"{star}{record.number}", when(record.started), _status(record), time, *scores, record.note
        )
    return table


def _status(record: RunRecord) -> str:
    if record.broken:
        return "damaged record"
    return f"{record.status}, can go on" if record.resumable else record.status
