"""`thaw demo`: the whole way on bundled real data, with no network and no display. No Qt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli import export, predict, results
from studio.cli.options import JsonOption
from studio.cli.output import Output, opened
from studio.cli.screen import Screen
from studio.cli.status import Interrupted
from studio.cli.words import percent, seconds_in_words
from studio.cli.work import Work, working
from studio.engine.messages import Exported, Progress, RunDone
from studio.errors import UserError
from studio.project.results import ItemResult
from studio.project.samples import make

PREDICTED = 6

NameArgument = Annotated[str, typer.Argument(metavar="[NAME]", help="Which sample: digits.")]
FolderOption = Annotated[
    Path | None,
    typer.Option("--folder", metavar="FOLDER", help="The project folder to make; ./NAME.thaw without it."),
]


def command(name: NameArgument = "digits", folder: FolderOption = None, is_json: JsonOption = False) -> None:
    """Make a project from real handwritten digits, train, judge, export and predict: a few minutes."""
    with opened(is_json) as output:
        place = folder or _free(Path(f"{name}.thaw"))
        _made(output, name, place)
        with working(place, output, change=True, stop="leave") as work:
            done = _trained(output, work)
            _judged(output, work, done.run)
            exported = _exported(output, work, done.run)
            valid = [work.project.data_root / item.key for item in _validation(work)[:PREDICTED]]
        _predicted(output, Path(exported.path), valid)
        _summary(output, place, done, exported)


def _made(output: Output, name: str, place: Path) -> None:
    with Screen(output.screen) as screen:

        def progress(text: str, done: int, total: int) -> None:
            if not output.is_json:
                screen.show(Progress(text=text, done=done, total=total))

        make(name, place, progress)
    output.show(
        f"1. Made the project {place} from 1,797 real handwritten digits that come with scikit-learn."
    )


def _trained(output: Output, work: Work) -> RunDone:
    done = work.session.train(None, None)
    output.line(
        {
            "done": "train",
            "run": done.run,
            "status": done.status,
            "metrics": done.metrics,
            "seconds": done.seconds,
        }
    )
    if work.control.stop is not None:
        raise Interrupted(f"Run {done.run} is kept. Go on with: thaw train {work.project.folder} --resume")
    if done.status != "finished":
        raise UserError(f"The run {done.status}. {done.message}", "The log has the details.")
    score = done.metrics.get(work.project.problem.judged_by(done.metrics)[0])
    output.show(
        f"2. Trained a network from scratch in {seconds_in_words(done.seconds)}: "
        f"{percent(score)} of the digits that it had never seen are right."
    )
    return done


def _judged(output: Output, work: Work, run: int) -> None:
    work.session.evaluate(run)
    found = work.project.run(run).results()
    if found is not None:
        output.show("3. What it got right and wrong:")
        results.show(output, run, found, results.top_losses(found, 3))


def _exported(output: Output, work: Work, run: int) -> Exported:
    folder = work.project.run(run).path / "export" / "onnx"
    work.session.export(run, "onnx", str(folder))
    exported = work.heard.last(Exported)
    output.show("4. Exported the model as one file that needs no PyTorch:")
    export.show(output, exported)
    return exported


def _validation(work: Work) -> list[ItemResult]:
    found = work.project.run(work.heard.last(RunDone).run).results()
    items = [item for item in found.items if item.valid] if found is not None else []
    return sorted(items, key=_number)


def _number(item: ItemResult) -> str:
    return item.key.rpartition("/")[2]


def _predicted(output: Output, bundle: Path, inputs: list[Path]) -> None:
    output.show(f"5. Asked that file about {len(inputs)} digits that the network had not trained on:")
    predict.tell(output, *predict.by_bundle(bundle, [str(path) for path in inputs]))


def _summary(output: Output, place: Path, done: RunDone, exported: Exported) -> None:
    line = {"done": "demo", "project": str(place.absolute()), "run": done.run, "metrics": done.metrics}
    output.line({**line, "seconds": done.seconds, "bundle": exported.path})
    output.show(
        f"Everything is in {place}. Open it in the window with: thaw {place}",
        f"Try your own pictures of digits with: thaw predict {exported.path} PICTURE",
    )


def _free(wanted: Path) -> Path:
    """The wanted folder, or with the first number that is free."""
    place, number = wanted, 2
    while place.exists():
        place, number = wanted.with_stem(f"{wanted.stem}-{number}"), number + 1
    return place
