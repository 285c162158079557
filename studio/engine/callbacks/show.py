"""Shows what the model answers for the same few validation items after every epoch."""

from __future__ import annotations

import logging
from collections.abc import Callable

from fastai.callback.core import Callback

from studio.engine import randomness
from studio.engine.messages import Event, SamplesShown
from studio.engine.place import Place
from studio.engine.showing import Shower

LOG = logging.getLogger(__name__)


class Show(Callback):
    """Asks `shown` once an epoch has been judged.

    It changes nothing of the fit: every random state is put back, and what goes wrong here ends the showing, never
    the training.
    """

    order = 75

    def __init__(self, run: int, place: Place, shown: Shower, emit: Callable[[Event], None]) -> None:
        super().__init__()
        self.run_number, self.place, self.shown, self.emit = run, place, shown, emit
        self.is_judged = self.is_broken = False

    def after_validate(self) -> None:
        """This epoch was not skipped."""
        self.is_judged = True

    def after_epoch(self) -> None:
        """Answer for the items."""
        wanted = self.is_judged and not self.is_broken and not self.place.skipping and not self.place.broken
        self.is_judged = False
        if wanted:
            self._show()

    def _show(self) -> None:
        try:
            with randomness.undisturbed():
                samples = self.shown(self.learn, self.place.step)
        except Exception:  # a photo that went away, memory: the fit itself will say what matters
            LOG.exception("sample predictions are not shown any more")
            self.is_broken = True
            return
        self.emit(
            SamplesShown(
                run=self.run_number,
                stage=self.place.plan.index,
                epoch=int(self.learn.epoch),
                step=self.place.step,
                samples=samples,
            )
        )
