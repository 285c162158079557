"""Where a run's events go: to whoever listens, and into the run's own file. Must not import torch or Qt.

A disk that is full costs the file some events, never the run its training.
"""

from __future__ import annotations

from collections.abc import Callable

from studio.engine.messages import Checkpointed, Event, Notice, RunState
from studio.errors import UserError
from studio.project import RunFolder

Emit = Callable[[Event], None]


class Story:
    """Passes events on and keeps them; keeps the run's record in step with pauses."""

    def __init__(self, run: RunFolder, emit: Emit) -> None:
        self.run = run
        self._emit = emit
        self._is_kept = True
        self._is_paused = False

    def tell(self, event: Event) -> None:
        """Keep the event, then pass it on: who hears of it finds it on disk."""
        if not isinstance(event, Notice):
            self._keep(event)
        self._emit(event)

    def _keep(self, event: Event) -> None:
        try:
            self.run.append(event)
            self._follow(event)
        except UserError as error:
            if self._is_kept:
                self._emit(
                    Notice(level="error", text=f"The run's history has gaps, training goes on. {error}")
                )
            self._is_kept = False

    def _follow(self, event: Event) -> None:
        """A record that says "paused" tells a person who opens the project later what happened."""
        if isinstance(event, RunState) and (event.state == "paused") != self._is_paused:
            self._is_paused = not self._is_paused
            self.run.update_record(status="paused" if self._is_paused else "training")
        if isinstance(event, Checkpointed):
            self._is_kept = True
