"""Keeps count of where the run is, and of the random states that an exact resume needs."""

from __future__ import annotations

from typing import Any

from fastai.callback.core import Callback

from studio.engine import randomness
from studio.engine.place import Place


class Follow(Callback):
    """Moves `place` on.

    Attributes
    ----------
    epoch_start : dict
        Random states before the epoch's first batch.
    trained : dict or None
        Those after its last one, while it is validated.
    """

    order = -40

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.epoch_start: randomness.State = {}
        self.trained: randomness.State | None = None

    def before_train(self) -> None:
        """An epoch begins."""
        self.place.epoch, self.place.batch = int(self.learn.epoch), 0
        self.trained = None
        self.epoch_start = randomness.capture(loaders(self.learn))

    def after_batch(self) -> None:
        """A batch is done."""
        if self.training:
            self.place.batch = int(self.learn.iter) + 1

    def after_train(self) -> None:
        """Validation follows; it changes no weight but draws random numbers."""
        self.trained = randomness.capture()

    def after_epoch(self) -> None:
        """What is skipped to on resume never began."""
        if self.place.batch:
            self.place.epoch, self.place.batch = self.place.epoch + 1, 0
            self.trained = None


def loaders(learner: Any) -> list[Any]:
    """The learner's loaders that have a random state of their own."""
    return [loader for loader in learner.dls.loaders if hasattr(loader, "rng")]
