"""The window's end of the engine: starts it, sends commands, hands its events on.

Rules
-----
* Nothing here waits on the window's thread, except `close`, which is bounded.
* Lines are decoded as they arrive and handed on together once a tick (`TICK_MS`), however many there are.
* One job at a time. Work that a person waits for goes before background work; a background job that runs then is
  cancelled and asked again afterwards. Events of a job that is over, or was given up, are dropped.
* The engine finds the end of its standard input when this process dies, so it is never left alone.

Must not import torch, fastai, pandas or numpy.
"""

from __future__ import annotations

import logging
import os
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal, Slot

from studio.engine import messages as m
from studio.ui.store import EngineState
from studio.ui.words import exit_words

log = logging.getLogger(__name__)
engine_log = logging.getLogger("studio.engine.stderr")

TICK_MS = 33
STDERR_LINES = 200
CLOSE_MS = 5000
KILL_MS = 1000
LONGEST_SHOWN = 200
BEHIND = 5 if os.name == "posix" else psutil.BELOW_NORMAL_PRIORITY_CLASS  # type: ignore[attr-defined,unused-ignore]

_ENDS = (m.Done, m.Cancelled, m.Failed)


def engine_command(checkpoint_minutes: float | None = None) -> list[str]:
    """The program and arguments that start an engine; in a bundle it is the bundle itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--engine"]
    minutes = [] if checkpoint_minutes is None else ["--checkpoint-minutes", str(checkpoint_minutes)]
    return [sys.executable, "-m", "studio.engine", *minutes]


class EngineClient(QObject):
    """One engine process and the queue of jobs for it.

    Attributes
    ----------
    command : list of str
        What the next start runs.
    state : "off", "starting", "ready", "busy" or "died"
    words : str
        Why the engine died; empty otherwise.
    greeting : Greeting or None
        What the running engine said of itself.
    job : Command or None
        The running job, numbered.
    stderr : deque of str
        The last lines that the engine wrote to standard error.

    Signals
    -------
    stateChanged()
    jobSent(Command)          a job began to run in the engine
    eventsArrived(tuple)      events in order, at most once a tick
    """

    stateChanged = Signal()
    jobSent = Signal(object)
    eventsArrived = Signal(object)

    def __init__(self, command: Sequence[str] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.command = list(command or engine_command())
        self._process: QProcess | None = None
        self._project: Path | None = None
        self._numbers = 0
        self._open_job = 0
        self._queue: list[m.Command] = []
        self._background: set[int] = set()
        self._given_up = False
        self._leaving = self._parking = False
        self._arrived: list[m.Event] = []
        self._tick = QTimer(self)
        self._tick.setSingleShot(True)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._hand_on)
        self.state: EngineState = "off"
        self.words = ""
        self.greeting: m.Greeting | None = None
        self.job: m.Command | None = None
        self.stderr: deque[str] = deque(maxlen=STDERR_LINES)

    # -- the process

    def start(self) -> None:
        """Start the engine where none runs; returns at once."""
        if self._process is not None:
            return
        self.stderr.clear()
        self._leaving = self._parking = False
        self._process = process = QProcess(self)
        process.setProcessEnvironment(_environment())
        process.readyReadStandardOutput.connect(self._read_events)
        process.readyReadStandardError.connect(self._read_stderr)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._error)
        process.started.connect(self._step_back)
        self._set_state("starting")
        process.start(self.command[0], self.command[1:])

    def restart(self) -> None:
        """Start a fresh engine; one that still runs is ended first."""
        self._retire()
        self._forget()
        self._set_state("off")
        self.start()

    def close(self, wait_ms: int = CLOSE_MS) -> None:
        """Let the engine write a checkpoint and leave; ended by force after `wait_ms`. Waits: only for closing."""
        process, self._leaving, self._parking = self._process, True, False
        self._queue.clear()
        if process is None or process.state() == QProcess.ProcessState.NotRunning:
            self._retire()
            self._forget()
            self._set_state("off")
            return
        process.waitForStarted(KILL_MS)
        process.write(m.encode(m.Quit()))
        process.closeWriteChannel()
        if not process.waitForFinished(wait_ms):
            log.warning("the engine did not leave within %d ms and is ended", wait_ms)
            process.terminate()
            if not process.waitForFinished(KILL_MS):
                process.kill()
                process.waitForFinished(KILL_MS)
        self._tick.stop()

    def park(self) -> None:
        """Let the engine write a checkpoint and end, which gives back its memory; the next job starts another one."""
        if self._process is None or self._leaving:
            return
        self._leaving = self._parking = True
        self.drop()
        self._write(m.Quit())

    # -- commands

    def open(self, project: Path | None) -> None:
        """Name the project that every later job works on; told again to each fresh engine."""
        self.drop()
        self._project = project
        if self.greeting is not None and project is not None:
            self._send_open()

    def submit(self, command: m.Command, *, background: bool = False) -> int:
        """Ask for a job; the number it will carry. The engine is started where it is not running.

        Parameters
        ----------
        command : Command
            Any but the controls of a running job.
        background : bool
            Nobody waits for it: it gives way to what somebody asks for, and a waiting one of its kind is replaced.
        """
        self._numbers += 1
        numbered = msgspec.structs.replace(command, job=self._numbers)
        if background:
            self.drop(type(command), background_only=True)
            self._background.add(numbered.job)
            self._queue.append(numbered)
        else:
            ahead = sum(1 for waiting in self._queue if waiting.job not in self._background)
            self._queue.insert(ahead, numbered)
            self._make_way()
        if self.state == "off" or (self.state == "died" and not background):
            self.start()
        self._pump()
        return numbered.job

    def control(self, command: m.Command) -> None:
        """Send Pause, Continue, StopKeep, Discard or Cancel to the running job."""
        if self.job is not None and self._process is not None:
            self._write(msgspec.structs.replace(command, job=self.job.job))

    def give_up(self) -> None:
        """Cancel the running job, whatever it answers from now on is dropped."""
        if self.job is not None:
            number, self._given_up = self.job.job, True
            self._arrived = [event for event in self._arrived if event.job != number]
            self.control(m.Cancel())

    def drop(self, kind: type[m.Command] | None = None, *, background_only: bool = False) -> None:
        """Forget waiting jobs: of one kind, or all."""
        for waiting in [w for w in self._queue if kind is None or type(w) is kind]:
            if waiting.job in self._background or not background_only:
                self._queue.remove(waiting)
                self._background.discard(waiting.job)

    def waiting(self) -> tuple[m.Command, ...]:
        """Jobs that are not running yet, in order."""
        return tuple(self._queue)

    def in_background(self, command: m.Command) -> bool:
        """Whether a job was asked for as background work."""
        return command.job in self._background

    # -- inside

    def _make_way(self) -> None:
        """Cancel a running background job for one that somebody asked for; it is asked again later."""
        running = self.job
        if running is None or running.job not in self._background or self._given_up:
            return
        self.give_up()
        if not any(type(waiting) is type(running) for waiting in self._queue):
            self._numbers += 1
            self._background.add(self._numbers)
            self._queue.append(msgspec.structs.replace(running, job=self._numbers))

    def _pump(self) -> None:
        if self.greeting is None or self.job is not None or not self._queue or self._process is None:
            return
        if self._leaving:
            return
        self.job, self._given_up = self._queue.pop(0), False
        self._write(self.job)
        self._set_state("busy")
        self.jobSent.emit(self.job)

    def _write(self, command: m.Command) -> None:
        if self._process is not None:
            self._process.write(m.encode(command))

    def _send_open(self) -> None:
        self._numbers += 1
        self._open_job = self._numbers
        self._write(m.Open(project=str(self._project), job=self._open_job))

    @Slot()
    def _step_back(self) -> None:
        """Where both want the processor the window comes first, so that it stays alive while a fit uses every core."""
        if self._process is not None:
            with suppress(psutil.Error, OSError):
                psutil.Process(self._process.processId()).nice(BEHIND)

    @Slot()
    def _read_events(self) -> None:
        process = self._process
        while process is not None and process.canReadLine():
            self._take(bytes(process.readLine().data()))
            process = self._process
        if self._arrived and not self._tick.isActive():
            self._tick.start()

    def _take(self, line: bytes) -> None:
        try:
            event = m.decode_event(line)
        except msgspec.DecodeError as error:
            log.warning("a line of the engine could not be read (%s): %r", error, line[:LONGEST_SHOWN])
            return
        if isinstance(event, m.Greeting):
            self._greeted(event)
        elif self._current(event):
            self._arrived.append(event)
        if self.job is not None and event.job == self.job.job and isinstance(event, _ENDS):
            self._job_ended()

    def _current(self, event: m.Event) -> bool:
        """Whether anybody still waits for this event."""
        if event.job == self._open_job and event.job:
            return isinstance(event, m.Failed | m.Notice)
        if self.job is not None and event.job == self.job.job:
            return not self._given_up
        return event.job == 0

    def _greeted(self, greeting: m.Greeting) -> None:
        if greeting.protocol != m.PROTOCOL:
            self._fail(
                f"The engine speaks version {greeting.protocol} of the studio's language and the window version "
                f"{m.PROTOCOL}. Install the studio again, so that both come from the same version."
            )
            return
        self.greeting = greeting
        if self._project is not None:
            self._send_open()
        self._set_state("ready")
        self._pump()

    def _job_ended(self) -> None:
        assert self.job is not None
        self._background.discard(self.job.job)
        if self._given_up:  # its own end was dropped with the rest: say that it is over
            self._arrived.append(m.Cancelled(job=self.job.job))
        self.job, self._given_up = None, False
        if not self._queue:
            self._set_state("ready")
        self._pump()

    @Slot()
    def _hand_on(self) -> None:
        if self._arrived:
            events, self._arrived = tuple(self._arrived), []
            self.eventsArrived.emit(events)

    @Slot()
    def _read_stderr(self) -> None:
        if self._process is None:
            return
        text = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
        for line in text.splitlines():
            if line.strip():
                self.stderr.append(line)
                engine_log.info("%s", line)

    @Slot(int, QProcess.ExitStatus)
    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read_events()
        self._read_stderr()
        if self._parking:
            self._parked()
            return
        if self._leaving:
            self._retire()
            self._forget()
            self._set_state("off")
            return
        self._fail(exit_words(code, status == QProcess.ExitStatus.CrashExit, tuple(self.stderr)))

    def _parked(self) -> None:
        """The engine has ended as it was asked to; what was asked for meanwhile gets a fresh one."""
        self._hand_on()
        waiting, background = list(self._queue), set(self._background)
        self._retire()
        self._tick.stop()
        self._forget()
        self._queue, self._background = waiting, background
        self._set_state("off")
        if waiting:
            self.start()

    @Slot(QProcess.ProcessError)
    def _error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._fail(f"The engine could not be started: {self._process.errorString()}.")

    def _fail(self, words: str) -> None:
        """The engine is gone, or must go."""
        log.error("%s", words)
        self._retire()
        self._hand_on()
        self._tick.stop()
        self._forget()
        self._set_state("died", words)

    def _retire(self) -> None:
        """Let go of the process, ending it where it still runs; nothing that it says matters from now on."""
        process, self._process = self._process, None
        if process is None:
            return
        process.readyReadStandardOutput.disconnect(self._read_events)
        process.readyReadStandardError.disconnect(self._read_stderr)
        process.finished.disconnect(self._finished)
        process.errorOccurred.disconnect(self._error)
        if process.state() == QProcess.ProcessState.NotRunning:
            process.deleteLater()
            return
        process.finished.connect(process.deleteLater)
        process.kill()

    def _forget(self) -> None:
        self._queue.clear()
        self._background.clear()
        self._arrived.clear()
        self.greeting, self.job, self._given_up = None, None, False

    def _set_state(self, state: EngineState, words: str = "") -> None:
        if (state, words) != (self.state, self.words):
            self.state, self.words = state, words
            self.stateChanged.emit()


def _environment() -> QProcessEnvironment:
    made = QProcessEnvironment.systemEnvironment()
    made.insert("PYTHONUNBUFFERED", "1")
    made.insert("PYTHONIOENCODING", "utf-8")
    return made
