"""A job of the engine's `Session` in this process: events to the screen or to stdout, Ctrl-C to its flags.

torch is imported here only, inside `working`, while the screen says so. No Qt.
"""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import current_thread, main_thread
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from studio.cli.output import Output
from studio.cli.screen import Screen
from studio.cli.status import INTERRUPTED, Interrupted
from studio.engine.control import Cancelled, Control
from studio.engine.messages import Event
from studio.engine.patience import wait_asleep
from studio.errors import UserError
from studio.project import Project

if TYPE_CHECKING:
    from studio.engine.session import Session

E = TypeVar("E", bound=Event)
Stop = Literal["cancel", "leave"]

STOPPING = "Stopping after this batch and keeping it. Press Ctrl-C again to stop at once."
CANCELLING = "Stopping. Press Ctrl-C again to stop at once."


class Heard:
    """Every event of a job: shown or written, and kept for the command to read."""

    def __init__(self, output: Output, screen: Screen, silent: tuple[type[Event], ...] = ()) -> None:
        self._output, self._screen, self._silent = output, screen, silent
        self._kept: list[Event] = []
        self._reactions: dict[type[Event], Callable[[Any], None]] = {}

    def react(self, kind: type[E], action: Callable[[E], None]) -> None:
        """Do something at every event of a kind from now on, in the place of what was done before."""
        self._reactions[kind] = action

    def __call__(self, event: Event) -> None:
        """Take one event."""
        self._kept.append(event)
        if (react := self._reactions.get(type(event))) is not None:
            react(event)
        if self._output.is_json:
            if not isinstance(event, self._silent):
                self._output.event(event)
        else:
            self._screen.show(event)

    def all(self, kind: type[E]) -> list[E]:
        """Events of a kind, in order."""
        return [event for event in self._kept if isinstance(event, kind)]

    def last(self, kind: type[E]) -> E:
        """The last event of a kind; the job must have sent one."""
        return self.all(kind)[-1]


class Work:
    """A session at work.

    Attributes
    ----------
    session : Session
        Do the job by calling it.
    heard : Heard
        What it told.
    """

    def __init__(self, project: Project, session: Session, heard: Heard, control: Control) -> None:
        self.project, self.session, self.heard, self.control = project, session, heard, control


@contextmanager
def project_at(path: Path, change: bool = False) -> Iterator[Project]:
    """Open a project; for a change it must be ours.

    Raises
    ------
    UserError
        Where there is none, or another process has it.
    """
    with Project.open(path, lock=change) as project:
        if change and project.read_only:
            raise UserError(f"{project.folder.name} cannot be changed now. {project.locked_by}")
        yield project


@contextmanager
def working(
    path: Path,
    output: Output,
    *,
    change: bool = False,
    stop: Stop = "cancel",
    silent: tuple[type[Event], ...] = (),
) -> Iterator[Work]:
    """Open a project with a session on it.

    Parameters
    ----------
    change : bool
        Whether the project must be ours.
    stop : {"cancel", "leave"}
        What the first Ctrl-C asks for: end without a trace, or a checkpoint first.
    silent : tuple of event types
        Not written in JSON mode, since the command says them in its own line.

    Raises
    ------
    Interrupted
        Where a person stopped a job that is not a fit.
    """
    control = Control()
    with project_at(path, change) as project, Screen(output.screen) as screen:
        for notice in project.notices:
            output.note(notice)
        heard = Heard(output, screen, silent)
        with _stopped_by_keys(control, output, stop), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                yield Work(project, _session(project, heard, control, screen), heard, control)
            except Cancelled as cancelled:
                raise Interrupted("Stopped; nothing was changed.") from cancelled


def _session(project: Project, heard: Heard, control: Control, screen: Screen) -> Session:
    screen.waiting("Starting PyTorch and fastai")
    wait_asleep()
    from studio.engine.session import Session

    return Session(project, heard, control)


@contextmanager
def _stopped_by_keys(control: Control, output: Output, stop: Stop) -> Iterator[None]:
    """The first Ctrl-C asks the job to end, the second ends the process."""
    if current_thread() is not main_thread():
        yield
        return

    def asked(number: int, frame: FrameType | None) -> None:
        if control.cancelled or control.stop:
            _leave_at_once()
        (control.leave if stop == "leave" else control.cancel)()
        output.note(STOPPING if stop == "leave" else CANCELLING)

    before = signal.signal(signal.SIGINT, asked)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _leave_at_once() -> None:
    if sys.stderr is not None:
        sys.stderr.flush()
    os._exit(INTERRUPTED)
