"""Pauses and stops a fit on request; the only callback that listens to a person."""

from __future__ import annotations

from collections.abc import Callable

from fastai.callback.core import Callback, CancelFitException

from studio.engine.callbacks.keep import Keep
from studio.engine.callbacks.tell import Tell
from studio.engine.control import Control
from studio.engine.messages import Event, RunState


class Stop(Callback):
    """Looks at `control` after every batch, of training and of validation.

    A pause writes a checkpoint, so that a power cut during it loses nothing; so does stopping, unless the run
    is thrown away.
    """

    order = 90

    def __init__(self, control: Control, tell: Tell, keep: Keep, emit: Callable[[Event], None]) -> None:
        super().__init__()
        self.control, self.telling, self.keeping, self.emit = control, tell, keep, emit

    def after_batch(self) -> None:
        """Hold, go on, or end."""
        if self.control.paused and self.control.stop is None:
            self._hold()
        if self.control.stop is None:
            return
        if self.control.stop != "discard":
            self._write()
        raise CancelFitException

    def _hold(self) -> None:
        state = "training" if self.training else "validating"
        self._write()
        self.emit(RunState(run=self.telling.run_number, state="paused"))
        self.keeping.watch.hold()
        self.control.wait_while_paused()
        self.keeping.watch.go_on()
        self.telling.pace.restart()
        self.emit(RunState(run=self.telling.run_number, state=state))

    def _write(self) -> None:
        """Write a checkpoint, but for the time when the newest one is still being caught up with."""
        if not self.keeping.following.place.skipping:
            self.keeping.write()
