"""`thaw queue`: runs that wait their turn: added with changed fields, listed, trained one after the other. No Qt."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table

from studio.cli.options import JsonOption, ProjectArgument, SetOption, read_sets
from studio.cli.output import Output, opened
from studio.cli.status import FAILED, Interrupted
from studio.cli.words import metric
from studio.cli.work import Work, project_at, working
from studio.engine.messages import RunDone, RunStarted
from studio.errors import UserError
from studio.hardware.awake import Awake
from studio.project import Project
from studio.project.differences import variation
from studio.project.queue import Entry
from studio.recipe.edit import with_values


class Act(StrEnum):
    """What to do with the queue."""

    list = "list"
    add = "add"
    remove = "remove"
    move = "move"
    again = "again"
    run = "run"


ActArgument = Annotated[Act, typer.Argument(metavar="ACT", help="list, add, remove, move, again or run.")]
NumbersArgument = Annotated[
    list[int] | None,
    typer.Argument(metavar="[ENTRY ...]", help="Entries to remove or try again; move: ENTRY PLACE."),
]
SeedsOption = Annotated[
    int | None,
    typer.Option("--seeds", metavar="N", min=1, help="add: repeat --run with so many other seeds."),
]
RunOption = Annotated[int | None, typer.Option("--run", metavar="N", help="add: the run to repeat.")]


def command(
    project: ProjectArgument,
    act: ActArgument = Act.list,
    numbers: NumbersArgument = None,
    sets: SetOption = None,
    run: RunOption = None,
    seeds: SeedsOption = None,
    is_json: JsonOption = False,
) -> None:
    """Line up runs and train them one after the other; one that fails does not stop the next."""
    given = list(numbers or ())
    values = read_sets(sets)
    with opened(is_json) as output:
        if act is Act.run:
            with working(project, output, change=True, stop="leave") as work:
                _run(output, work)
            return
        with project_at(project, change=act is not Act.list) as there:
            _edit(there, act, given, values, run, seeds)
            _tell(output, there)


def _edit(
    project: Project, act: Act, numbers: list[int], values: dict[str, Any], run: int | None, seeds: int | None
) -> None:
    queue = project.queue
    if act is Act.add:
        _add(project, values, run, seeds)
    elif act is Act.move:
        if len(numbers) != 2:
            raise typer.BadParameter("Say which entry and to which place: move 3 1.", param_hint="move")
        queue.move(numbers[0], numbers[1] - 1)
    elif act in (Act.remove, Act.again):
        if not numbers:
            raise typer.BadParameter("Say which entries.", param_hint=act.value)
        for number in numbers:
            (queue.remove if act is Act.remove else queue.again)(number)


def _add(project: Project, values: dict[str, Any], run: int | None, seeds: int | None) -> None:
    if run is not None:
        base = project.run(run).recipe.seed
        for number in range(1, (seeds or 1) + 1):
            project.queue.add(f"Run {run} again, seed {base + number}", repeat=run, seed=base + number)
        return
    if seeds is not None:
        raise typer.BadParameter("It repeats a run: add --run.", param_hint="--seeds")
    recipe = with_values(project.recipe, project.problem, values)
    project.problem.options_of(recipe)
    project.queue.add(variation(recipe, project.recipe), recipe=recipe)


def _run(output: Output, work: Work) -> None:
    """Train all that waits; the machine stays awake meanwhile.

    Raises
    ------
    Interrupted, typer.Exit
        Where it was stopped by Ctrl-C, or a run failed.
    """
    queue, failed = work.project.queue, 0
    with Awake():
        while (entry := queue.next()) is not None:
            output.show(f"{entry.title}:")
            failed += not _one(output, work, entry)
            if work.control.stop is not None:
                raise Interrupted(f"The queue is kept. Go on with: thaw queue {work.project.folder} run")
    if failed:
        raise typer.Exit(FAILED)


def _one(output: Output, work: Work, entry: Entry) -> bool:
    """Train one entry; False where it failed, which is written down."""
    queue = work.project.queue
    queue.change(entry.id, status="running")
    work.heard.react(RunStarted, lambda event: queue.change(entry.id, run=event.run))
    try:
        done = _trained(work, entry)
    except Exception as error:  # noqa: BLE001 - the next run may well go through
        from studio.engine import building, failures

        told = failures.explain(error)
        failures.forget(error)
        building.collect()
        output.note(f"Failed: {told.message} {told.hint}".strip())
        output.line({"done": "queue", "entry": entry.id, "status": "failed", "message": told.message})
        queue.change(entry.id, status="failed", error=told.message)
        return False
    output.line(
        {"done": "queue", "entry": entry.id, "run": done.run, "status": done.status, "metrics": done.metrics}
    )
    scores = ", ".join(f"{name} {metric(value)}" for name, value in done.metrics.items())
    output.show(f"Run {done.run} {done.status}: {scores}")
    if done.status == "failed":
        queue.change(entry.id, status="failed", error=done.message)
    elif done.status != "interrupted":
        queue.done(entry.id)
    return done.status != "failed"


def _trained(work: Work, entry: Entry) -> RunDone:
    able = {record.number for record in work.project.runs() if record.resumable}
    if entry.run in able:
        return work.session.train(entry.run)
    if entry.repeat is not None:
        return work.session.train(repeat=entry.repeat, seed=entry.seed)
    if entry.recipe is None:
        raise UserError("This entry of the queue has no recipe.", "Remove it, and add it anew.")
    return work.session.train(recipe=entry.recipe)


def _tell(output: Output, project: Project) -> None:
    entries = project.queue.entries()
    for place, entry in enumerate(entries, 1):
        output.line(
            {
                "entry": entry.id,
                "place": place,
                "title": entry.title,
                "status": entry.status,
                "run": entry.run,
                "error": entry.error,
            }
        )
    if not entries:
        output.show(f"The queue is empty. Next: thaw queue {project.folder} add --set FIELD=VALUE")
        return
    table = Table("Place", "Entry", "What", "Status", "Why")
    for place, entry in enumerate(entries, 1):
        table.add_row(str(place), str(entry.id), entry.title, entry.status, entry.error)
    output.show(table)
