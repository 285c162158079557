"""Looks at the memory where it is highest: with all activations there, and with all gradients."""

from __future__ import annotations

import time

from fastai.callback.core import Callback

from studio.engine.memory.taken import Taken

LOOK_S = 1 / 50


class WatchMemory(Callback):
    """Tells `taken` to look, after a pause: a look takes as long as a tenth of a small network's step."""

    order = 60

    def __init__(self, taken: Taken) -> None:
        super().__init__()
        self.taken = taken
        self.looked_s = {"loss": 0.0, "backward": 0.0}

    def after_loss(self) -> None:
        """All activations are there."""
        self._look("loss")

    def after_backward(self) -> None:
        """All gradients are there."""
        self._look("backward")

    def after_validate(self) -> None:
        """Answers of validation may have been collected."""
        self.taken.look()

    def _look(self, moment: str) -> None:
        now = time.monotonic()
        if now - self.looked_s[moment] >= LOOK_S:
            self.looked_s[moment] = now
            self.taken.look()
