"""Looks at the memory where it is highest: with all activations there, and with all gradients."""

from __future__ import annotations

from fastai.callback.core import Callback

from studio.engine.memory.taken import Taken


class WatchMemory(Callback):
    """Tells `taken` to look; each look takes some microseconds."""

    order = 60

    def __init__(self, taken: Taken) -> None:
        super().__init__()
        self.taken = taken

    def after_loss(self) -> None:
        """All activations are there."""
        self.taken.look()

    def after_backward(self) -> None:
        """All gradients are there."""
        self.taken.look()

    def after_validate(self) -> None:
        """Answers of validation may have been collected."""
        self.taken.look()
