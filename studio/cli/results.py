"""`thaw results`: what a run got right and wrong. torch only where the run was not evaluated yet. No Qt."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from studio.cli.figures import figure_parts
from studio.cli.options import JsonOption, ProjectArgument, RunOption
from studio.cli.output import Output, opened
from studio.cli.stages import trained_runs
from studio.cli.words import metric, percent
from studio.cli.work import project_at, working
from studio.errors import UserError
from studio.problems.base import in_words
from studio.project import Project
from studio.project.results import ItemResult, Results

MOST_CLASSES = 20

TopOption = Annotated[
    int, typer.Option("--top", metavar="N", min=0, help="How many of the worst items to name.")
]


def command(
    project: ProjectArgument, run: RunOption = None, top: TopOption = 9, is_json: JsonOption = False
) -> None:
    """Show a run's results: confusion of classes, scores per class, and the items it got most wrong."""
    with opened(is_json) as output:
        with project_at(project) as there:
            number = trained_run(there, run)
            results = there.run(number).results()
        if results is None:
            results = _evaluated(project, number, output)
        worst = top_losses(results, top)
        output.line({"done": "results", "run": number, **_plain(results, worst)})
        show(output, number, results, worst)


def trained_run(project: Project, run: int | None) -> int:
    """The run asked for, or the newest one with a model.

    Raises
    ------
    UserError
        Where there is none, or it has no model.
    """
    if run is not None:
        if not project.run(run).model_path.is_file():
            raise UserError(f"Run {run} has no trained model.", "Finish training it, or choose another run.")
        return run
    trained = trained_runs(project)
    if not trained:
        raise UserError(f"{project.name} has no trained run.", f"Train first: thaw train {project.folder}")
    return trained[-1]


def top_losses(results: Results, count: int, valid_only: bool = True) -> list[ItemResult]:
    """The items with the highest losses, of the validation set or of all."""
    items = [item for item in results.items if item.loss is not None and (item.valid or not valid_only)]
    return items[:count]


def _evaluated(path: ProjectArgument, number: int, output: Output) -> Results:
    with working(path, output) as work:
        work.session.evaluate(number)
        results = work.project.run(number).results()
    if results is None:
        raise UserError(f"Run {number} could not be evaluated.", "Check that the data is where it was.")
    return results


def _plain(results: Results, worst: list[ItemResult]) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(results)
    values.pop("items")
    values["top_losses"] = [{k: v for k, v in msgspec.to_builtins(i).items() if k != "scores"} for i in worst]
    return values


def show(output: Output, number: int, results: Results, worst: list[ItemResult]) -> None:
    """Print a run's results."""
    scores = ", ".join(f"{name} {metric(value)}" for name, value in results.metrics.items())
    output.show(f"Run {number}: {scores}")
    if results.loss:
        output.show(f"valid_loss is the loss that was trained with: {results.loss}.")
    if results.confusion and len(results.classes) <= MOST_CLASSES:
        output.show("Confusion (rows: what it is; columns: what the model said)", _confusion(results))
    elif results.confusion:
        output.show("Most confused", _confused_pairs(results))
    if results.per_class:
        output.show("Classes, on the validation set", _classes(results))
    output.show(*figure_parts(results.figures))
    if worst:
        output.show("Highest losses, on the validation set", _worst(worst))


def _confusion(results: Results) -> Table:
    table = Table()
    table.add_column("")
    for name in results.classes:
        table.add_column(escape(name), justify="right")
    for i, (name, row) in enumerate(zip(results.classes, results.confusion, strict=True)):
        cells = [f"[bold]{n}[/]" if i == j else str(n) if n else "·" for j, n in enumerate(row)]
        table.add_row(escape(name), *cells)
    return table


def _confused_pairs(results: Results) -> Table:
    table = Table()
    for column in ("It is", "The model said"):
        table.add_column(column)
    table.add_column("Times", justify="right")
    names = results.classes
    pairs = [(n, i, j) for i, row in enumerate(results.confusion) for j, n in enumerate(row) if n and i != j]
    for count, i, j in sorted(pairs, reverse=True)[:MOST_CLASSES]:
        table.add_row(escape(names[i]), escape(names[j]), str(count))
    return table


def _classes(results: Results) -> Table:
    table = Table()
    table.add_column("Class")
    for column in ("Items", "Precision", "Recall", "F1"):
        table.add_column(column, justify="right")
    for one in results.per_class:
        shares = (percent(one.precision), percent(one.recall), percent(one.f1))
        table.add_row(escape(one.name), str(one.items), *shares)
    return table


def _worst(worst: list[ItemResult]) -> Table:
    table = Table()
    for column in ("Item", "It is", "The model said"):
        table.add_column(column, overflow="fold")
    table.add_column("Loss", justify="right")
    table.add_column("Sure", justify="right")
    for item in worst:
        name = f"{item.key}: {item.words}" if item.words else item.key
        table.add_row(
            escape(name),
            in_figures(item.target),
            in_figures(item.predicted),
            metric(item.loss),
            percent(item.confidence),
        )
    return table


def in_figures(answer: Any) -> str:
    """A target or an answer in words, a number with six figures."""
    return f"{answer:.6g}" if isinstance(answer, float) else escape(in_words(answer))
