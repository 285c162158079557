"""`thaw doctor`: what stands in the way of training on this computer, with remedies. No torch, no Qt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape

from studio import log
from studio.cli.options import JsonOption
from studio.cli.output import opened
from studio.cli.status import FAILED
from studio.cli.words import counted
from studio.hardware.doctor import Row, diagnose
from studio.project import project_folder

SIGNS = {"ok": "[green]ok     [/]", "warning": "[yellow]warning[/]", "error": "[bold red]error  [/]"}

ProjectOption = Annotated[
    Path | None, typer.Argument(metavar="[PROJECT]", help="A project whose disk is looked at too.")
]


def command(project: ProjectOption = None, is_json: JsonOption = False) -> None:
    """Look at this computer: driver, PyTorch, memory, disk; a remedy for each complaint."""
    with opened(is_json) as output:
        rows = diagnose(None if project is None else project_folder(project))
        for row in rows:
            output.line(msgspec.to_builtins(row))
            output.show(_words(row))
        errors = sum(row.state == "error" for row in rows)
        output.line(
            {"done": "doctor", "errors": errors, "warnings": sum(row.state == "warning" for row in rows)}
        )
        output.show(f"{counted(errors, 'error')}. The log is in {log.folder()}.")
    if errors:
        raise typer.Exit(FAILED)


def _words(row: Row) -> str:
    remedy = f"\n        {escape(row.remedy)}" if row.remedy else ""
    return f"{SIGNS[row.state]} {row.name}: {escape(row.said)}{remedy}"
