"""What is kept about a run in one small file, `run.json`. No torch, no Qt.

A record that cannot be read is moved aside as `run.json.broken` and comes back with a sentence in `broken`:
one bad run never hides the others.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from studio.engine.messages import ModelOf, RunStatus
from studio.project import atomic
from studio.project.processes import Identity, is_alive

NAME = "run.json"
LIVE: tuple[RunStatus, ...] = ("training", "paused")
RESUMABLE: tuple[RunStatus, ...] = ("paused", "interrupted", "failed", "stopped")


class RunRecord(Struct, frozen=True, kw_only=True):
    """One run in the list of runs.

    Attributes
    ----------
    started : str
        ISO 8601 with the time zone.
    seconds : float
        Time spent training so far.
    score : float or None
        The metric that the problem judges a run by.
    error : str
        Why the run failed, in a sentence.
    broken : str
        Why the record could not be read, in a sentence; the other fields are then guesses.
    resumable : bool
        Whether a checkpoint is there to go on from; worked out when the record is read.
    writer : Identity or None
        The process that trains it.
    seed : int or None
        The recipe's seed, as it was run.
    group : int or None
        The first of the runs that repeat one recipe with other seeds; None for a run that was not repeated.
    everything : int or None
        The run whose recipe was trained on the validation items too: this one has no score of its own.
    source : int or None
        The run whose model it started from; None for the recipe's own weights.
    model : ModelOf or None
        Which epoch's weights its model has.
    follows : bool
        Whether it is of the project's own recipe with all its stages: until a newer run begins, edits of stages that
        have not begun are for it too.
    """

    number: int
    name: str = ""
    started: str = ""
    status: RunStatus = "training"
    seconds: float = 0.0
    metrics: dict[str, float | None] = {}
    score: float | None = None
    device: str = ""
    note: str = ""
    star: bool = False
    error: str = ""
    broken: str = ""
    resumable: bool = False
    writer: Identity | None = None
    seed: int | None = None
    group: int | None = None
    everything: int | None = None
    source: int | None = None
    model: ModelOf | None = None
    follows: bool = False


def read(folder: Path, number: int, has_checkpoint: bool, may_move: bool = True) -> RunRecord:
    """Read a run's record as it stands: interrupted where its process is gone. Bad content never raises."""
    path = folder / NAME
    try:
        record = msgspec.json.decode(path.read_bytes(), type=RunRecord)
    except (OSError, msgspec.DecodeError) as error:
        return _broken(folder, number, error, may_move)
    status = record.status
    if status in LIVE and (record.writer is None or not is_alive(record.writer)):
        status = "interrupted"
    resumable = has_checkpoint and status in RESUMABLE
    return msgspec.structs.replace(record, number=number, status=status, resumable=resumable)


def write(folder: Path, record: RunRecord) -> None:
    """Replace a run's record; raises like `atomic.write_bytes`."""
    atomic.write_bytes(folder / NAME, msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")


def new(number: int, name: str, writer: Identity) -> RunRecord:
    """Return the record of a run that begins now."""
    started = datetime.now().astimezone().isoformat(timespec="seconds")
    return RunRecord(number=number, name=name, started=started, writer=writer)


def changed(record: RunRecord, changes: dict[str, Any], me: Identity) -> RunRecord:
    """Return the record with changes; who sets it training is its writer from then on."""
    if changes.get("status") in LIVE:
        changes = {"writer": me, **changes}
    return msgspec.structs.replace(record, **changes)


def _broken(folder: Path, number: int, error: Exception, may_move: bool) -> RunRecord:
    path, aside = folder / NAME, folder / f"{NAME}.broken"
    if isinstance(error, OSError) and not aside.exists():
        words = f"The record of run {number} is missing or cannot be opened ({error.strerror or error})."
    else:
        words = f"The record of run {number} is damaged; it is kept as {aside.name} in the run's folder."
        if may_move and path.exists():
            with suppress(OSError):
                path.replace(aside)
    return RunRecord(number=number, status="failed", broken=words)
