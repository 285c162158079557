"""`thaw runs`: the runs of a project with their metrics. No torch, no Qt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.table import Table

from studio.cli.options import JsonOption, ProjectArgument
from studio.cli.output import Output, opened
from studio.cli.words import metric, seconds_in_words, when
from studio.cli.work import project_at
from studio.project import Project, RunRecord
from studio.project.curves_export import FORMATS
from studio.project.curves_export import export as written
from studio.project.diagnosis import findings
from studio.project.live_run import told
from studio.project.remedies import remedies
from studio.ui.diagnosis import judge_of

ExportOption = Annotated[
    str | None,
    typer.Option("--export", metavar="FORMAT", help=f"Write curves instead: {' or '.join(FORMATS)}."),
]
ToOption = Annotated[Path | None, typer.Option("--to", metavar="FOLDER", help="With --export: where to.")]
RunOption = Annotated[
    int | None, typer.Option("--run", metavar="N", help="Only this run, with what its curves say.")
]


def command(
    project: ProjectArgument,
    run: RunOption = None,
    export: ExportOption = None,
    to: ToOption = None,
    is_json: JsonOption = False,
) -> None:
    """List the runs, newest last; or one of them in words; or write their curves for other tools."""
    if (export is None) != (to is None):
        raise typer.BadParameter("--export FORMAT and --to FOLDER go together.", param_hint="--export")
    with opened(is_json) as output, project_at(project) as there:
        if export is not None and to is not None:
            _export(output, there, run, export, to)
            return
        if run is not None:
            _one(output, there, run)
            return
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


def _export(output: Output, project: Project, run: int | None, format: str, folder: Path) -> None:
    """Curves of one run, or of all that have any."""
    numbers = [r.number for r in project.runs() if not r.broken and r.metrics] if run is None else [run]
    for number in numbers:
        path = written(project.run(number), format, folder)
        output.line({"done": "export", "run": number, "format": format, "path": str(path)})
        output.show(f"Run {number}: {path}")
    if not numbers:
        output.show(f"No run has curves yet. Next: thaw train {project.folder}")


def _one(output: Output, project: Project, number: int) -> None:
    """A run, what its curves say, and what may help."""
    folder = project.run(number)
    record, live = folder.record(), told(folder)
    output.line(_plain(record))
    output.show(_table([record]))
    for said in findings(live, judge_of(project.problem, live)):
        fixes = remedies(said, folder.recipe, project.problem)
        output.line({"finding": said.kind, "title": said.title, "sentence": said.sentence, "reason": said.reason,
                     "fixes": [fix.values for fix in fixes]})  # fmt: skip
        output.show(f"{said.title}: {said.sentence} {said.reason}".strip())
        for fix in fixes:
            values = " ".join(f"--set {name}={value}" for name, value in fix.values.items())
            output.show(f"  {fix.label}: thaw queue {project.folder} add {values}")


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
