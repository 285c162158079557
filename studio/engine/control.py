"""What a person asks of the running job, as flags that any thread may raise.

One `Control` belongs to one job. The reader of commands raises flags, the worker looks at them between two
batches. Waiting is on a condition, never by sleeping. Must not import torch or Qt.
"""

from __future__ import annotations

from threading import Condition
from typing import Literal

from studio.recipe.schema import Stage

Stop = Literal["keep", "discard", "leave"]


class Cancelled(Exception):
    """The job that is not a fit was stopped on request. Nothing was changed."""


class Control:
    """Flags of one job.

    `stop` is what ends a fit: "keep" a usable model, "discard" the run, or "leave" the process after a
    checkpoint. The first wins, but for "leave", which overrules "keep": the window is gone.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._cancelled = False
        self._paused = False
        self._stop: Stop | None = None
        self._plan: tuple[Stage, ...] | None = None

    @property
    def cancelled(self) -> bool:
        """True once the job should stop without a trace."""
        return self._cancelled

    @property
    def paused(self) -> bool:
        """True while the fit should hold."""
        return self._paused

    @property
    def stop(self) -> Stop | None:
        """How the fit should end, or None while it should go on."""
        return self._stop

    def cancel(self) -> None:
        """Stop a job that is not a fit; a fit is stopped and kept."""
        with self._changed:
            self._cancelled = True
            self._stop = self._stop or "keep"
            self._changed.notify_all()

    def pause(self) -> None:
        """Hold the fit after this batch."""
        with self._changed:
            self._paused = True
            self._changed.notify_all()

    def continue_(self) -> None:
        """Go on after a pause."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def replan(self, stages: tuple[Stage, ...]) -> None:
        """Change the stages that are not begun; the last wish counts."""
        with self._changed:
            self._plan = stages

    def take_plan(self) -> tuple[Stage, ...] | None:
        """The plan wished for since the last call, once."""
        with self._changed:
            plan, self._plan = self._plan, None
        return plan

    def stop_keep(self) -> None:
        """End the fit after this batch and keep its model."""
        self._end("keep")

    def discard(self) -> None:
        """End the fit after this batch and throw the run away."""
        self._end("discard")

    def leave(self) -> None:
        """End whatever runs: a fit writes a checkpoint first, anything else is cancelled."""
        with self._changed:
            self._cancelled = True
            self._stop = "discard" if self._stop == "discard" else "leave"
            self._changed.notify_all()

    def wait_while_paused(self) -> None:
        """Block until the fit may go on or should end."""
        with self._changed:
            self._changed.wait_for(self._may_go_on)

    def check(self) -> None:
        """Raise `Cancelled` where the job should stop."""
        if self._cancelled:
            raise Cancelled

    def _may_go_on(self) -> bool:
        return not self._paused or self._stop is not None

    def _end(self, how: Stop) -> None:
        with self._changed:
            self._stop = self._stop or how
            self._changed.notify_all()
