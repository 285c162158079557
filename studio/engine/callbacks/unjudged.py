"""For a fit on everything: no item is left to judge by, and a stage ends where the run it repeats had its model."""

from __future__ import annotations

from fastai.callback.core import Callback, CancelValidException

from studio.engine.callbacks.tell import Tell
from studio.engine.place import Place


class Unjudged(Callback):
    """Leaves out validation."""

    order = -60

    def before_validate(self) -> None:
        """Leave it out."""
        raise CancelValidException


class Until(Callback):
    """Says that a stage is over after so many epochs; its schedule is that of all of them."""

    order = 72

    def __init__(self, epochs: int, place: Place, tell: Tell) -> None:
        super().__init__()
        self.epochs, self.place, self.telling = epochs, place, tell

    def after_epoch(self) -> None:
        """Look at the epoch that was just told, if one was."""
        told, self.telling.last_epoch = self.telling.last_epoch, None
        if told is not None and told.epoch + 1 == self.epochs:
            self.place.is_over = True
