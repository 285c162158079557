"""The jobs of an engine: a queue in, one worker out, and the flags of each. Must not import torch or Qt."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Lock

from studio.engine.control import Control
from studio.engine.messages import Cancel, Command, Continue, Discard, Pause, Replan, StopKeep, Train

Controlling = Pause | Continue | Replan | StopKeep | Discard | Cancel


class Jobs:
    """Commands wait here in order. Controlling ones act at once, on the job whose number they carry.

    A number that is not known (0, say) means the job that runs now; that of a job that is over means nothing.
    """

    def __init__(self) -> None:
        self._queue: SimpleQueue[Command | None] = SimpleQueue()
        self._lock = Lock()
        self._controls: dict[int, Control] = {}
        self._over: set[int] = set()
        self._current: Command | None = None
        self._control = Control()
        self._is_closed = False

    @property
    def is_training(self) -> bool:
        """True while a fit runs."""
        return isinstance(self._current, Train)

    def add(self, command: Command) -> None:
        """Put a job at the end of the queue."""
        with self._lock:
            self._controls[command.job] = Control()
        self._queue.put(command)

    def take(self) -> tuple[Command, Control] | None:
        """Wait for the next job; None once the queue is closed."""
        command = self._queue.get()
        with self._lock:
            if command is None or self._is_closed:
                return None
            self._current, self._control = command, self._controls.get(command.job, Control())
            return command, self._control

    def done(self) -> None:
        """The job that ran is over."""
        with self._lock:
            if self._current is not None:
                self._over.add(self._current.job)
                self._controls.pop(self._current.job, None)
            self._current, self._control = None, Control()

    def steer(self, command: Controlling) -> None:
        """Raise a flag of a job."""
        with self._lock:
            control = self._meant(command.job)
        if isinstance(command, Replan):
            control.replan(command.stages)
            return
        actions = {
            Pause: control.pause,
            Continue: control.continue_,
            StopKeep: control.stop_keep,
            Discard: control.discard,
            Cancel: control.cancel,
        }
        actions[type(command)]()

    def close(self) -> None:
        """Take no more jobs, and end the one that runs; a fit writes a checkpoint first."""
        with self._lock:
            self._is_closed = True
            self._control.leave()
        self._queue.put(None)

    def _meant(self, job: int) -> Control:
        if job in self._controls:
            return self._controls[job]
        return Control() if job in self._over and job != 0 else self._control
