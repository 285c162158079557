"""Keeps count of where the run is, and of the random states that an exact resume needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fastai.callback.core import Callback

from studio.engine import randomness
from studio.engine.callbacks.ahead import can_begin_later
from studio.engine.place import Place


class Follow(Callback):
    """Moves `place` on.

    Attributes
    ----------
    epoch_start : dict
        Random states before the epoch's first batch.
    trained : dict or None
        Those after its last one, while it is validated.
    drawn : int or None
        Items that the epoch's batches took so far; None where only the loader's own processes know.
    """

    order = -40

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.epoch_start: randomness.State = {}
        self.trained: randomness.State | None = None
        self.drawn: int | None = None
        self._order: tuple[Any, Callable[[], Iterator[Any]]] | None = None

    def before_train(self) -> None:
        """An epoch begins."""
        self.place.epoch, self.place.batch = int(self.learn.epoch), 0
        self.trained = None
        self.epoch_start = randomness.capture(loaders(self.learn))
        self._count(self.learn.dls.train)

    def after_batch(self) -> None:
        """A batch is done."""
        if self.learn.training:
            self.place.batch = int(self.learn.iter) + 1

    def after_train(self) -> None:
        """Validation follows; it changes no weight but draws random numbers."""
        self.trained = randomness.capture()
        if self._order is not None:
            loader, _ = self._order
            del loader.sample
            self._order = None

    def after_epoch(self) -> None:
        """What is skipped to on resume never began."""
        if self.place.batch:
            self.place.epoch, self.place.batch = self.place.epoch + 1, 0
            self.trained = None

    def _count(self, loader: Any) -> None:
        """Count items as they are drawn, in this epoch: the loader is left as it was after it."""
        self.drawn = None
        if can_begin_later(loader):
            self.drawn, self._order = 0, (loader, loader.sample)
            loader.sample = self._counted

    def _counted(self) -> Iterator[Any]:
        if self._order is None:
            return
        for item in self._order[1]():
            self.drawn = (self.drawn or 0) + 1
            yield item


def loaders(learner: Any) -> list[Any]:
    """The learner's loaders that have a random state of their own."""
    return [loader for loader in learner.dls.loaders if hasattr(loader, "rng")]
