"""`thaw train`: trains all stages, or goes on from the last checkpoint. No Qt."""

from __future__ import annotations

from statistics import mean, stdev
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
from studio.hardware.awake import Awake
from studio.project import Project
from studio.project.diagnosis import findings
from studio.project.live_run import told
from studio.ui.diagnosis import judge_of

ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on with the newest run that was not finished.")
]
RunOption = Annotated[
    int | None,
    typer.Option("--run", metavar="N", help="With --resume: which run. With --stage: start from its model."),
]
EverythingOption = Annotated[
    int | None,
    typer.Option(
        "--everything",
        metavar="RUN",
        help="Train a run again on its validation items too, for the last model: it has no score.",
    ),
]
SeedsOption = Annotated[
    int,
    typer.Option(
        "--seeds",
        min=1,
        max=100,
        metavar="N",
        help="Train N times, from seeds one after the other, on the same items; tells mean and spread.",
    ),
]


def command(
    project: ProjectArgument,
    resume: ResumeOption = False,
    run: RunOption = None,
    stage: StageOption = None,
    everything: EverythingOption = None,
    seeds: SeedsOption = 1,
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
    if sum((resume, stage is not None, everything is not None, seeds > 1)) > 1:
        raise typer.BadParameter("Use one of --resume, --stage, --everything and --seeds.")
    with (
        opened(is_json) as output,
        Awake(),
        working(project, output, change=True, stop="leave") as work,
    ):
        if everything is not None:
            done = work.session.train(everything=everything)
        elif seeds > 1:
            done = _repeated(output, work, seeds)
        elif stage is not None:
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


def _repeated(output: Output, work: Work, seeds: int) -> RunDone:
    """Train as often as there are seeds; tell each run and the spread of their scores, return the last one."""
    done = work.session.train()
    scores = [work.project.run(done.run).record().score]
    first = done.run
    for _ in range(seeds - 1):
        if done.status != "finished":
            return done
        _tell(output, work, done)
        done = work.session.train(repeat=first)
        scores.append(work.project.run(done.run).record().score)
    _tell_spread(output, work.project, first, [score for score in scores if score is not None])
    return done


def _tell_spread(output: Output, project: Project, first: int, scores: list[float]) -> None:
    """Mean and standard deviation of the scores of a group."""
    if len(scores) < 2:
        return
    name = project.problem.judged_by(project.run(first).record().metrics)[0]
    middle, spread = mean(scores), stdev(scores)
    output.line(
        {"done": "seeds", "group": first, "metric": name, "mean": middle, "spread": spread, "scores": scores}
    )
    output.show(
        f"{len(scores)} seeds: {name} {metric(middle)} on average, spread {metric(spread)} "
        f"(from {metric(min(scores))} to {metric(max(scores))})"
    )


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
    scores = ", ".join(f"{name} {metric(value)}" for name, value in done.metrics.items()) or "without a score"
    kept = f", of epoch {done.model.epoch + 1}, the best" if done.model and done.model.best_by else ""
    output.show(f"Run {done.run} {done.status} in {seconds_in_words(done.seconds)}: {scores}{kept}")
    _tell_findings(output, work, done)
    if done.status == "failed":
        raise typer.Exit(FAILED)


def _tell_findings(output: Output, work: Work, done: RunDone) -> None:
    """What the curves say, as the window does."""
    live = told(work.project.run(done.run))
    for said in findings(live, judge_of(work.project.problem, live)):
        output.show(f"{said.title}: {said.sentence}")
