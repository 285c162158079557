"""The engine process: the main thread reads commands, one worker thread owns the session and its one learner.

`python -m studio.engine` runs it. Commands that control a job act at once, the others wait their turn. When the
window is gone (its end of the pipe closes, or the system says so), a fit writes a checkpoint and the process is
gone within five seconds, whatever it was doing. Torch and fastai are imported by the worker, so that commands are
read from the first moment. Must not import Qt, nor torch at its top.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from studio.engine import channel, orphan
from studio.engine.control import Cancelled, Control
from studio.engine.jobs import Controlling, Jobs
from studio.engine.messages import Cancelled as CancelledEvent
from studio.engine.messages import (
    Check,
    Command,
    Curve,
    Done,
    Estimate,
    Evaluate,
    Event,
    Export,
    Failed,
    FindRate,
    Greeting,
    Notice,
    Open,
    Predict,
    Preview,
    Quit,
    Scan,
    Started,
    Train,
    TryRates,
    decode_command,
)
from studio.errors import UserError
from studio.recipe.schema import Rate

if TYPE_CHECKING:
    from studio.engine.session import Session

GRACE_S = 4.5
POISONED = 70
LOG = logging.getLogger("studio.engine")


class Server:
    """One engine process.

    Parameters
    ----------
    line : Channel
        To the window.
    checkpoint_minutes : float
        The longest time between two checkpoints of a fit.
    """

    def __init__(self, line: channel.Channel, checkpoint_minutes: float) -> None:
        self._line, self._minutes = line, checkpoint_minutes
        self._jobs = Jobs()
        self._session: Session | None = None
        self._job = 0
        self._worker = threading.Thread(target=self._work, name="worker", daemon=True)

    def run(self) -> NoReturn:
        """Serve until the window is gone or says so."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is meant for the window
        orphan.watch(self._leave)
        signal.signal(signal.SIGTERM, self._terminated)
        self._worker.start()
        for line in self._line.lines():
            self._read(line)
        self._leave()

    def _read(self, line: bytes) -> None:
        try:
            command = decode_command(line)
        except msgspec.DecodeError as error:
            self._not_understood(line, error)
            return
        if isinstance(command, Quit):
            self._jobs.close()
        elif isinstance(command, Controlling):
            self._jobs.steer(command)
        else:
            self._jobs.add(command)

    def _not_understood(self, line: bytes, error: msgspec.DecodeError) -> None:
        """Answer a line that is no command; one that names a job fails that job, so that nobody waits for it."""
        LOG.warning("not understood: %r (%s)", line[:200], error)
        text = "The engine did not understand a message and left it out."
        job = _job_in(line)
        if job:
            hint = "The window and the engine may be of different versions: install the studio again."
            self._line.send(Failed(job=job, message=text, hint=hint, detail=str(error)))
        else:
            self._line.send(Notice(level="warning", text=text))

    def _leave(self) -> NoReturn:
        """The window is gone: give a fit the time for its checkpoint, then end for certain."""
        training = self._jobs.is_training
        self._jobs.close()
        if training:
            self._worker.join(GRACE_S)
        _end(0)

    def _terminated(self, number: int, frame: object) -> None:
        self._leave()

    def _work(self) -> None:
        """Greet, then do one job after the other."""
        try:
            self._line.send(_greeting())
        except BaseException as error:  # noqa: BLE001  one job must not end the others
            self._line.send(_failed(error, 0))
            _end(1)
        while (taken := self._jobs.take()) is not None:
            self._do(*taken)
            self._jobs.done()
        _end(0)

    def _do(self, command: Command, control: Control) -> None:
        self._job = command.job
        self._send(Started(what=type(command).__name__))
        try:
            control.check()
            self._perform(command, control)
        except Cancelled:
            self._send(CancelledEvent())
        except BaseException as error:  # noqa: BLE001  one job must not end the others
            if _goes_on(error):
                self._send(
                    Done()
                )  # `Halved` was told: the window starts a fresh engine and resumes the run there
            else:
                self._fail(error)
        else:
            self._send(Done())

    def _perform(self, command: Command, control: Control) -> None:
        if isinstance(command, Open):
            self._open(command)
            return
        if self._session is None:
            raise UserError("No project is open.", "Open a project first.")
        self._session.control = control
        self._session.is_left_to_others = isinstance(command, Train)
        _ACTIONS[type(command)](self._session, command)

    def _open(self, command: Open) -> None:
        from studio.engine.session import Session
        from studio.project import Project

        if self._session is not None:
            self._session.project.close()
            self._session = None
        project = Project.open(Path(command.project), lock=False)
        self._session = Session(project, self._send, Control(), self._minutes)

    def _fail(self, error: BaseException) -> None:
        from studio.engine import building, failures

        poisoned = failures.poisons(error)
        self._send(_failed(error, self._job))
        failures.forget(error)
        building.collect()
        if poisoned:
            _end(POISONED)

    def _send(self, event: Event) -> None:
        self._line.send(msgspec.structs.replace(event, job=self._job))


def _goes_on(error: BaseException) -> bool:
    """Whether memory ran out in a way that the run survives."""
    from studio.engine.survival import Smaller

    return isinstance(error, Smaller)


def _failed(error: BaseException, job: int) -> Failed:
    from studio.engine import failures

    told = failures.explain(error)
    LOG.error("job %d failed: %s\n%s", job, told.message, told.detail)
    return msgspec.structs.replace(told, job=job)


def _greeting() -> Greeting:
    """Import what takes long, and say what we are."""
    import fastai.vision.all  # noqa: F401  seconds of work, done while nobody waits for a job
    import torch

    import studio
    from studio.engine import device
    from studio.engine.messages import PROTOCOL

    found = device.prepare()
    gc.collect()
    gc.freeze()  # what was imported stays for good: collecting after each stage need not look at it
    return Greeting(
        protocol=PROTOCOL,
        studio=studio.__version__,
        python=sys.version.split()[0],
        torch=str(torch.__version__),
        device=str(found),
        device_name=device.device_name(found),
        pid=os.getpid(),
    )


def _job_in(line: bytes) -> int:
    """The job number in a line that is no command, or 0."""
    try:
        content = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return 0
    job = content.get("job", 0) if isinstance(content, dict) else 0
    return job if isinstance(job, int) else 0


def _end(status: int) -> NoReturn:
    """End now. Threads that still run, and what torch does at exit, are not waited for."""
    logging.shutdown()
    if sys.stderr is not None:
        sys.stderr.flush()
    os._exit(status)


_ACTIONS: dict[type[Command], Callable[[Any, Any], object]] = {
    Scan: lambda session, command: session.scan(),
    Check: lambda session, command: session.check(),
    Preview: lambda session, command: session.preview(command.stage),
    Estimate: lambda session, command: session.estimate(),
    FindRate: lambda session, command: session.find_rate(command.stage, command.run),
    TryRates: lambda session, command: session.try_rates(
        command.stage, Rate(max=command.max, min=command.min), command.run
    ),
    Train: lambda session, command: session.train(
        command.resume, command.stage, command.recipe, command.everything, command.repeat, command.seed
    ),
    Curve: lambda session, command: session.learning_curve(command.plan, command.seeds),
    Evaluate: lambda session, command: session.evaluate(command.run),
    Export: lambda session, command: session.export(command.run, command.format, command.folder),
    Predict: lambda session, command: session.predict(command.run, command.inputs),
}


def main(checkpoint_minutes: float) -> NoReturn:
    """Serve the window on standard input and output until it is gone."""
    os.environ.setdefault("MPLBACKEND", "Agg")
    line = channel.take_standard_streams()
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    Server(line, checkpoint_minutes).run()
