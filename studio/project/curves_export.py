"""The curves of runs for other tools: a table of comma-separated values, or TensorBoard event files.

No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from studio.errors import UserError
from studio.project import atomic, tensorboard_file
from studio.project.live_run import LiveRun, told
from studio.project.run_folder import RunFolder

COLUMNS: Final = (
    "batch", "training loss", "smoothed loss", "rate", "momentum", "epoch training loss", "validation loss",
)  # fmt: skip
Point = tuple[float, int, dict[str, float]]


def export(run: RunFolder, format: str, folder: Path) -> Path:
    """Write a run's curves into a folder; return the file.

    Parameters
    ----------
    format : str
        One of `FORMATS`.

    Raises
    ------
    UserError
        Where the run has no curves, there is no such format, or the folder cannot be written.
    """
    if format not in FORMATS:
        raise UserError(f"Curves cannot be exported as “{format}”.", f"Choose one of {', '.join(FORMATS)}.")
    live = told(run)
    if not live.steps:
        raise UserError(f"Run {run.number} has no curves.", "Choose a run that has trained a batch at least.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return FORMATS[format](run, live, folder)
    except OSError as error:
        raise atomic.disk_error(error, folder) from error


def csv(run: LiveRun) -> str:
    """Every value as a table: one line a batch, the epoch's figures on the line of its last batch."""
    at_end = {e.step - 1: e for e in run.epochs}
    names = metrics_of(run)
    lines = [",".join([*COLUMNS, *names])]
    for row in zip(run.steps, run.losses, run.smooth, run.lrs, run.momentums, strict=True):
        done = at_end.get(row[0])
        tail: list[float | None] = [None] * (2 + len(names))
        if done is not None:
            tail = [done.train_loss, done.valid_loss, *(done.metrics.get(n) for n in names)]
        lines.append(",".join(_cell(value) for value in (row[0] + 1, *row[1:], *tail)))
    return "\n".join(lines) + "\n"


def metrics_of(run: LiveRun) -> tuple[str, ...]:
    """The metrics that a run tells, in order, without the loss."""
    names = run.metrics or tuple(dict.fromkeys(name for e in run.epochs for name in e.metrics))
    return tuple(name for name in names if name != "valid_loss")


def points(run: LiveRun, started: float) -> Iterator[Point]:
    """Scalars by tag for each batch and each epoch; the wall time is guessed from the epochs' seconds."""
    ends = {e.step: e for e in run.epochs}
    clock = _clock(run, started)
    for place, step in enumerate(run.steps):
        tags = ("loss/train_batch", "loss/train_smooth", "schedule/rate", "schedule/momentum")
        at_step = (run.losses[place], run.smooth[place], run.lrs[place], run.momentums[place])
        named = zip(tags, at_step, strict=True)
        yield clock(step + 1), step + 1, {tag: value for tag, value in named if value is not None}
        done = ends.get(step + 1)
        if done is not None:
            values = {"loss/train": done.train_loss, "loss/valid": done.valid_loss}
            values |= {f"metric/{name}": value for name, value in done.metrics.items()}
            known = {tag: value for tag, value in values.items() if value is not None}
            yield clock(step + 1), step + 1, known


def _clock(run: LiveRun, started: float) -> Callable[[int], float]:
    """When a batch was trained, as nearly as the epochs tell."""
    seconds = sum(e.seconds for e in run.epochs)
    each = seconds / run.epochs[-1].step if run.epochs and run.epochs[-1].step else 0.0
    return lambda step: started + each * step


def _csv_file(run: RunFolder, live: LiveRun, folder: Path) -> Path:
    path = folder / f"run-{run.number:04d}.csv"
    atomic.write_text(path, csv(live))
    return path


def _tensorboard_file(run: RunFolder, live: LiveRun, folder: Path) -> Path:
    """One folder a run, as TensorBoard likes it; a later export replaces the file."""
    try:
        started = datetime.fromisoformat(run.record().started).timestamp()
    except ValueError:
        started = 0.0
    place = folder / f"run-{run.number:04d}"
    place.mkdir(exist_ok=True)
    path = place / f"events.out.tfevents.{int(started):010d}.thaw"
    tensorboard_file.write(path, points(live, started))
    return path


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.8g}"


FORMATS: Final[dict[str, Callable[[RunFolder, LiveRun, Path], Path]]] = {
    "tensorboard": _tensorboard_file,
    "csv": _csv_file,
}
