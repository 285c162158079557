"""`thaw train`: trains all stages, or goes on from the last checkpoint. No Qt."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli.options import JsonOption, ProjectArgument, StageOption
from studio.cli.output import Output, opened
from studio.cli.stages import stage_index, starting_run
from studio.cli.status import FAILED, Interrupted
from studio.cli.words import metric, seconds_in_words
from studio.cli.work import Work, working
from studio.engine.messages import RunDone
from studio.errors import UserError
from studio.project import Project

ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on with the newest run that was not finished.")
]
RunOption = Annotated[
    int | None,
    typer.Option("--run", metavar="N", help="With --resume: which run. With --stage: start from its model."),
]


def command(
    project: ProjectArgument,
    resume: ResumeOption = False,
    run: RunOption = None,
    stage: StageOption = None,
    is_json: JsonOption = False,
) -> None:
    """Train all stages. Ctrl-C keeps the run, to go on with --resume; pressed twice it stops at once."""
    if run is not None and not resume and stage is None:
        raise typer.BadParameter(
            "It says which run to go on with: add --resume or --stage.", param_hint="--run"
        )
    if resume and stage is not None:
        raise typer.BadParameter(
            "A run goes on with all its stages: leave out --stage.", param_hint="--resume"
        )
    with opened(is_json) as output, working(project, output, change=True, stop="leave") as work:
        if stage is not None:
            done = work.session.train(
                starting_run(work.project, stage, run), stage_index(work.project, stage)
            )
        else:
            done = work.session.train(_resumable(work.project, run) if resume else None)
        _tell(output, work, done)


def _resumable(project: Project, run: int | None) -> int:
    """The run to go on with; `UserError` where there is none."""
    there = [record.number for record in project.runs() if record.resumable]
    if run is None and there:
        return there[-1]
    if run in there:
        return there[there.index(run)]
    if run is not None:
        which = project.run(run).record()
        raise UserError(
            f"Run {run} cannot go on: it is {which.status} and has no checkpoint.", "Train a new run."
        )
    raise UserError("There is no run to go on with.", "Train without --resume.")


def _tell(output: Output, work: Work, done: RunDone) -> None:
    """Say how the run ended.

    Raises
    ------
    Interrupted, typer.Exit
        Where it was stopped by Ctrl-C, or failed.
    """
    line = {
        "done": "train",
        "run": done.run,
        "status": done.status,
        "metrics": done.metrics,
        "seconds": done.seconds,
    }
    output.line(line)
    if done.message:
        output.note(done.message)
    if work.control.stop is not None:
        raise Interrupted(f"Run {done.run} is kept. Go on with: thaw train {work.project.folder} --resume")
    scores = ", ".join(f"{name} {metric(value)}" for name, value in done.metrics.items())
    output.show(f"Run {done.run} {done.status} in {seconds_in_words(done.seconds)}: {scores}")
    if done.status == "failed":
        raise typer.Exit(FAILED)
