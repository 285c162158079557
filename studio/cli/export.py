"""`thaw export`: a run's model in a format of its own, with its proof sheet. No Qt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from studio.cli.options import JsonOption, ProjectArgument, RunOption, read_sets
from studio.cli.output import Output, opened
from studio.cli.results import trained_run
from studio.cli.words import bytes_in_words
from studio.cli.work import project_at, working
from studio.engine.messages import Exported
from studio.errors import UserError
from studio.exports import EXPORTS, export_named
from studio.project import Project
from studio.recipe.edit import with_values

ShippingOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help="What leaves with the bundle, for this export; recommendations: people=rated, named, nobody.",
    ),
]
FormatOption = Annotated[
    str, typer.Option("--format", metavar="FORMAT", help=f"One of: {', '.join(e.name for e in EXPORTS)}.")
]
ToOption = Annotated[
    Path | None, typer.Option("--to", metavar="FOLDER", help="Where to; the run's folder without it.")
]


def command(
    project: ProjectArgument,
    format_name: FormatOption = "onnx",
    to: ToOption = None,
    run: RunOption = None,
    sets: ShippingOption = None,
    is_json: JsonOption = False,
) -> None:
    """Export a trained run, compared with the model on real items where the format can be."""
    with opened(is_json) as output:
        chosen = export_named(format_name)
        with project_at(project) as there:
            number = trained_run(there, run)
            options = _shipping(there, read_sets(sets))
            folder = to or there.run(number).path / "export" / chosen.name
        with working(project, output) as work:
            work.session.export(number, chosen.name, str(folder.absolute()), options)
            exported = work.heard.last(Exported)
        output.line({"done": "export", "run": number, "format": chosen.name, "path": exported.path})
        show(output, exported)


def _shipping(project: Project, values: dict[str, str]) -> dict[str, Any]:
    """What leaves with the export, in the words of `--set`; raises `UserError` for any other field."""
    known = project.problem.shipping
    strange = next((name for name in values if name not in known), None)
    if strange is not None:
        hint = f"What can be set here: {', '.join(known)}." if known else "There is nothing to set here."
        raise UserError(f"“{strange}” does not change an export of this project.", hint)
    made = with_values(project.recipe, project.problem, values)
    project.problem.options_of(made)
    return {name: made.options[name] for name in values}


def show(output: Output, exported: Exported) -> None:
    """Print what was exported and its proof."""
    output.show(f"Exported run {exported.run} to {exported.path}")
    proof = exported.proof
    if proof is not None:
        output.show(f"{proof.sentence} The file has {bytes_in_words(proof.size_bytes)}.")
    if exported.warning:
        output.note(exported.warning, "yellow")
