"""Judges every epoch as soon as it is told: is it the best one, and is it enough?"""

from __future__ import annotations

from collections.abc import Callable

from fastai.callback.core import Callback, CancelFitException

from studio.engine import outcome
from studio.engine.best import Best
from studio.engine.callbacks.tell import Tell
from studio.engine.messages import BestSoFar, EpochDone, Event, Notice, StoppedEarly
from studio.engine.place import Place
from studio.errors import UserError


class Judge(Callback):
    """Keeps the best epoch's weights on disk, before the checkpoint that speaks of them is written."""

    order = 72

    def __init__(self, best: Best, place: Place, tell: Tell, emit: Callable[[Event], None]) -> None:
        super().__init__()
        self.best, self.place, self.telling, self.emit = best, place, tell, emit

    def after_epoch(self) -> None:
        """Judge the epoch that was just told, if one was."""
        epoch, self.telling.last_epoch = self.telling.last_epoch, None
        if epoch is None or self.place.broken:
            return
        if self._is_best(epoch):
            self._tell_best()
        if self.best.is_enough(self.place):
            self.place.is_over = True
            self._tell_over(epoch)

    def _is_best(self, epoch: EpochDone) -> bool:
        values = {"valid_loss": epoch.valid_loss, **epoch.metrics}
        try:
            return self.best.note(values, epoch.epoch, outcome.weights_of(self.learn), self.place)
        except UserError as error:
            self.emit(
                Notice(level="error", text=f"The best epoch so far was not kept, training goes on. {error}")
            )
            return False

    def _tell_best(self) -> None:
        found = self.place.best
        if found is not None and found.value is not None:
            self.emit(
                BestSoFar(
                    run=self.telling.run_number,
                    stage=found.stage,
                    epoch=found.epoch,
                    step=found.step,
                    monitor=found.best_by,
                    value=found.value,
                )
            )

    def _tell_over(self, epoch: EpochDone) -> None:
        found = self.place.best
        if found is None or found.value is None:
            return
        self.emit(
            StoppedEarly(
                run=self.telling.run_number,
                stage=epoch.stage,
                epoch=epoch.epoch,
                step=epoch.step,
                monitor=found.best_by,
                value=found.value,
                best_stage=found.stage,
                best_epoch=found.epoch,
                patience=self.best.patience,
            )
        )


class Enough(Callback):
    """The last of all callbacks after an epoch: ends a stage that was found to be over."""

    order = 95

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place

    def after_epoch(self) -> None:
        """End the fit."""
        if self.place.is_over:
            raise CancelFitException
