"""The list of runs, quickly: what is known of each is kept in `cache/runs.json` and read again only where it changed.

A run whose `run.json` has the same time and size as before is taken from the index; one that trains, or whose
record is damaged, is always read. The index may be deleted at any time. No torch, no Qt.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from studio.engine.messages import EpochDone, decode_event
from studio.errors import UserError
from studio.project import atomic, record
from studio.project.differences import plan_words
from studio.project.record import LIVE, RESUMABLE, RunRecord
from studio.project.run_folder import RunFolder

NAME = "runs.json"
_SPARK = 40  # values of a small curve
_EPOCH = b'"event":"EpochDone"'


class Known(Struct, frozen=True):
    """What the list shows of a run.

    Attributes
    ----------
    stamp : (int, int)
        Time and size of its record when it was read.
    plan : str
        Its stages in words.
    spark : tuple of float
        Validation losses at the ends of epochs (training losses where there are none), thinned.
    """

    stamp: tuple[int, int]
    record: RunRecord
    plan: str = ""
    spark: tuple[float, ...] = ()


class RunIndex:
    """The index of one project; remembers what it read."""

    def __init__(self, folder: Path, writable: bool) -> None:
        self._path = folder / "cache" / NAME
        self._writable = writable
        self._known: dict[int, Known] | None = None

    def read(self, folders: list[tuple[int, Path]]) -> list[Known]:
        """What is known of these runs, newest last."""
        before = self._loaded()
        found = {number: self._one(number, path, before.get(number)) for number, path in folders}
        settled = {n: k for n, k in found.items() if k.record.status not in LIVE and not k.record.broken}
        changed = settled != {n: k for n, k in before.items() if n in settled} or len(before) > len(found)
        self._known = found
        if changed and self._writable:
            self._keep(settled)
        return list(found.values())

    def _one(self, number: int, path: Path, before: Known | None) -> Known:
        stamp = _stamp(path)
        if (
            before is not None
            and before.stamp == stamp
            and before.record.status not in LIVE
            and stamp != (0, 0)
        ):
            return _still_resumable(before, path)
        run = RunFolder(path, number, self._writable)
        told = run.record()
        if before is not None and before.plan and told.status in LIVE:
            return Known(stamp, told, _plan(run), _spark(path))
        return Known(_stamp(path), told, _plan(run), _spark(path))

    def _loaded(self) -> dict[int, Known]:
        if self._known is not None:
            return self._known
        with suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode(self._path.read_bytes(), type=dict[int, Known])
        return {}

    def _keep(self, settled: dict[int, Known]) -> None:
        with suppress(OSError, UserError):
            self._path.parent.mkdir(exist_ok=True)
            atomic.write_bytes(self._path, msgspec.json.encode(settled))


def _still_resumable(known: Known, path: Path) -> Known:
    """Checkpoints may have been deleted by hand; a finished run has none."""
    told = known.record
    if told.status not in RESUMABLE:
        return known
    able = bool(RunFolder(path, told.number).checkpoints())
    if able == told.resumable:
        return known
    return msgspec.structs.replace(known, record=msgspec.structs.replace(told, resumable=able))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = (path / record.NAME).stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _plan(run: RunFolder) -> str:
    try:
        return plan_words(run.recipe)
    except UserError:
        return ""


def _spark(path: Path) -> tuple[float, ...]:
    """Only the lines of epochs are read as messages: batches are most of the file."""
    found: dict[tuple[int, int], float] = {}
    try:
        with (path / "events.jsonl").open("rb") as file:
            for line in file:
                if _EPOCH not in line:
                    continue
                with suppress(msgspec.DecodeError, UnicodeDecodeError):
                    event = decode_event(line)
                    if isinstance(event, EpochDone):
                        loss = event.valid_loss if event.valid_loss is not None else event.train_loss
                        if loss is not None:
                            found[event.stage, event.epoch] = loss
    except OSError:
        return ()
    values = list(found.values())
    stride = max(1, -(-len(values) // _SPARK))
    return tuple(values[::-1][::stride][::-1])
