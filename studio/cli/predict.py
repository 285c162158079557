"""`thaw predict`: answers for files and folders, from an exported bundle (no torch) or a project's run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from studio.cli.options import JsonOption, RunOption
from studio.cli.output import Output, opened
from studio.cli.results import trained_run
from studio.cli.status import FAILED
from studio.cli.words import counted, percent
from studio.cli.work import project_at, working
from studio.engine.messages import Predicted, Prediction
from studio.errors import UserError

OTHERS = 2

ModelArgument = Annotated[
    Path, typer.Argument(metavar="BUNDLE_OR_PROJECT", help="An exported bundle, or a project.")
]
InputsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT...",
        help="Files or folders; a row as a JSON object, or a text, where the model answers for these.",
    ),
]


ToOption = Annotated[
    Path | None,
    typer.Option(
        "--to",
        metavar="FOLDER",
        help="Where masks are saved; without it ./predictions, or the project's predictions folder.",
    ),
]


def command(
    model: ModelArgument,
    inputs: InputsArgument,
    run: RunOption = None,
    to: ToOption = None,
    is_json: JsonOption = False,
) -> None:
    """Predict on files or folders, on the processor."""
    with opened(is_json) as output:
        if is_project(model):
            predictions, latency_ms = _by_run(model, run, inputs, output, to)
        else:
            predictions, latency_ms = by_bundle(model, inputs, to or Path("predictions"))
        tell(output, predictions, latency_ms)
    if not any(not prediction.problem for prediction in predictions):
        raise typer.Exit(FAILED)


def is_project(path: Path) -> bool:
    """Whether a path is a project rather than an exported bundle."""
    is_bundle = (path / "model.onnx").is_file()
    return path.name == "recipe.toml" or ((path / "recipe.toml").is_file() and not is_bundle)


def by_bundle(
    model: Path, inputs: Sequence[str], to: Path | None = None
) -> tuple[tuple[Prediction, ...], float]:
    """Predict with an exported bundle: no torch."""
    from studio.exports.bundle import Bundle

    bundle = Bundle.open(model)
    return bundle.predict(_required(inputs, bundle.answers), folder=to)


def tell(output: Output, predictions: Sequence[Prediction], latency_ms: float) -> None:
    """Print the answers; in JSON mode a line each, and one for all."""
    for one in predictions:
        scores = dict(one.scores)
        output.line(
            {
                "input": one.input,
                "answer": one.answer,
                "scores": scores,
                "problem": one.problem,
                "note": one.note,
            }
        )
    output.line({"done": "predict", "predictions": len(predictions), "latency_ms": latency_ms})
    output.show(_table(predictions))
    output.show(f"{counted(len(predictions), 'input')}, {latency_ms:.1f} ms each")


def _required(inputs: Sequence[str], part: ModuleType) -> tuple[str, ...]:
    """The inputs, files by their whole path; one that is neither a file nor words for this problem is refused."""
    from studio.exports.runner import given

    read = [given(text, part) for text in inputs]
    missing = next((one for one in read if isinstance(one, Path) and not one.exists()), None)
    if missing is not None:
        raise UserError(f"There is no file or folder {missing}.", "Check the path.")
    return tuple(str(one.absolute()) if isinstance(one, Path) else one for one in read)


def _by_run(
    path: Path, run: int | None, inputs: Sequence[str], output: Output, to: Path | None
) -> tuple[tuple[Prediction, ...], float]:
    with project_at(path) as project:
        number = trained_run(project, run)
        asked = _required(inputs, project.problem.part("answers"))
    with working(path, output, silent=(Predicted,)) as work:
        work.session.predict(number, asked, to)
        predicted = work.heard.last(Predicted)
    return predicted.predictions, predicted.latency_ms


def _table(predictions: Sequence[Prediction]) -> Table:
    table = Table()
    for column in ("Input", "Answer"):
        table.add_column(column, overflow="fold")
    table.add_column("Score", justify="right")
    table.add_column("Then", overflow="fold")
    for one in predictions:
        if one.problem:
            table.add_row(escape(one.input), f"[red]{escape(one.problem)}[/]")
            continue
        is_best = bool(one.scores) and one.scores[0][0] == one.answer  # not so for several tags
        shown = one.scores[1 : 1 + OTHERS] if is_best else one.scores[: 1 + OTHERS]
        others = ", ".join(f"{escape(name)} {percent(score)}" for name, score in shown)
        first = percent(one.scores[0][1]) if is_best else ""
        others = f"[yellow]{escape(one.note)}[/] {others}".strip() if one.note else others
        table.add_row(escape(one.input), escape(one.answer), first, others)
    return table
