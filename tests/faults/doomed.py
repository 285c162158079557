"""Trains a project in a child process that may be killed at a moment of choice; what is left is looked at afterwards.

Processes are forked, so that torch and fastai are imported once. Linux and macOS only.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.session import Session
from studio.project import Project

CALLS = ("open", "fsync", "replace", "unlink", "rename", "close", "write")
NEVER = 10**9
A_DAY = 24 * 60.0
Doom = Callable[[], None]


def nothing() -> None:
    """No doom: the child lives."""


def after_s(seconds: float) -> Doom:
    """Killed by a signal that cannot be caught in time, so much later, wherever the process is then."""

    def start() -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-4))

    return start


def at_call(number: int) -> Doom:
    """Ended without a trace at call `number` of the operating system that touches a file."""

    def start() -> None:
        count_calls(number)

    return start


def count_calls(limit: int) -> list[int]:
    """Count calls that touch files from now on; end this process at the one numbered `limit` (from 0)."""
    done = [0]

    def count() -> None:
        if done[0] == limit:
            os._exit(9)
        done[0] += 1

    _before_each_call(count)
    return done


def _before_each_call(do: Callable[[], None]) -> None:
    """Have `do` called before every call of this process that touches a file, from now on; not from within `do`."""
    owner, lock = os.getpid(), threading.RLock()
    within = [False]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if os.getpid() == owner:
                with lock:
                    if not within[0]:
                        within[0] = True
                        try:
                            do()
                        finally:
                            within[0] = False
            return real(*args, **kwargs)

        return call

    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))
    for name in ("unlink", "open", "replace"):
        setattr(Path, name, counted(getattr(Path, name)))


@dataclass(frozen=True)
class Ended:
    """How a child ended: its status (negative: the signal), and its last words where it broke."""

    status: int
    words: str = ""


def train(
    folder: Path, doom: Doom = nothing, resume: bool = False, minutes: float = 5.0, on: Any = None
) -> Ended:
    """Train a project in a child: a new run, or its newest again where `resume` and there is something to resume.

    `on` gets the events, in the child.
    """

    def work() -> str:
        _train(folder, doom, resume, minutes, on)
        return ""

    return _in_child(work)


def calls_of(folder: Path, minutes: float) -> int:
    """Train a project in a child; return how many calls that touch files it made."""

    def work() -> str:
        done: list[list[int]] = []
        _train(folder, lambda: done.append(count_calls(NEVER)), False, minutes, None)
        return str(done[0][0])

    ended = _in_child(work)
    assert ended.status == 0, ended.words
    return int(ended.words)


def states(folder: Path, target: Path, look: Callable[[int], None]) -> int:
    """Train a project in a child that waits before every call that touches a file; return how many there were.

    A process that is killed there leaves the files as they are then. Each time they differ from the time before they
    are copied to `target`, as a dead process would have left them, and `look` gets the call's number.
    """
    (seen, tell), (hear, go) = os.pipe(), os.pipe()

    def work() -> str:
        number, last = 0, ""

        def wait() -> None:
            nonlocal number, last
            now = _state(folder)
            if now != last:
                last = now
                os.write(tell, number.to_bytes(4))
                os.read(hear, 1)
            number += 1

        os.close(seen)
        os.close(go)
        _train(folder, lambda: _before_each_call(wait), False, A_DAY, None)
        return str(number)

    def meanwhile() -> None:
        os.close(tell)
        os.close(hear)
        while number := os.read(seen, 4):
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(folder, target)
            _as_if_dead(target)
            look(int.from_bytes(number))
            os.write(go, b".")
        os.close(seen)
        os.close(go)

    ended = _in_child(work, meanwhile)
    assert ended.status == 0, ended.words
    return int(ended.words)


def _state(folder: Path) -> str:
    """What is in a folder; not a database's shared memory, which is made anew from the rest."""
    files = (path for path in sorted(folder.rglob("*")) if not path.name.endswith("-shm") and path.is_file())
    return str([(str(path), (found := path.stat()).st_size, found.st_mtime_ns) for path in files])


def _as_if_dead(folder: Path) -> None:
    """Let a project's lock name a process that is no more."""
    lock = folder / "project.lock"
    owner = json.loads(lock.read_bytes() or b"null") if lock.exists() else None
    if owner is not None:
        owner["who"]["birth"] += " and died"
        lock.write_text(json.dumps(owner), encoding="utf-8")


def _in_child(work: Callable[[], str], meanwhile: Callable[[], None] = nothing) -> Ended:
    """What `work` returned or died of, in a forked child; `meanwhile` is done here while it works."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        status, words = 0, ""
        say, leave = os.write, os._exit
        try:
            words = work()
        except BaseException:  # noqa: BLE001
            status, words = 1, traceback.format_exc()[-2000:]
        say(write, words.encode())
        leave(status)
    os.close(write)
    meanwhile()
    with os.fdopen(read, "rb") as pipe:
        words = pipe.read().decode(errors="replace")
    return Ended(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), words)


def _train(folder: Path, doom: Doom, resume: bool, minutes: float, on: Any) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stderr.fileno())
    project = Project.open(folder)
    session = Session(project, on or (lambda event: None), Control(), minutes)
    doom()
    there = [record.number for record in project.runs() if record.resumable]
    session.train(resume=there[-1] if resume and there else None)


def outcome(folder: Path) -> tuple[bytes, dict[Any, Any], dict[Any, Any]]:
    """What must be the same: the weights, every batch and epoch of the last run's story (the later telling counts)."""
    with Project.open(folder, lock=False) as project:
        run = project.run(project.runs()[-1].number)
        batches: dict[Any, Any] = {}
        epochs: dict[Any, Any] = {}
        for event in run.events():
            if isinstance(event, m.Batches):
                for at, loss in enumerate(event.losses):
                    batches[event.first + at] = (loss, event.smooth[at], event.lrs[at], event.momentums[at])
            if isinstance(event, m.EpochDone):
                epochs[event.stage, event.epoch] = (
                    event.step,
                    event.train_loss,
                    event.valid_loss,
                    event.metrics,
                )
        return run.model_path.read_bytes(), batches, epochs
