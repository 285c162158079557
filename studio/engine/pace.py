"""How fast a run goes and how long it will take, learned from the run itself.

Training batches and validations are timed apart, so that the time left includes the validations to come.
Pauses and checkpoints do not count. Stages not yet begun are guessed from the current one by their pixels.
Must not import torch or Qt.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from studio.engine.messages import StagePlan

KEEP = 0.9
ANNOUNCED_S = 0.3
THAWED_COST = 1.5


class Stopwatch:
    """Seconds of a run, pauses left out."""

    def __init__(self, seconds: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._before = seconds
        self._clock = clock
        self._since: float | None = clock()

    def seconds(self) -> float:
        """Seconds so far."""
        running = 0.0 if self._since is None else self._clock() - self._since
        return self._before + running

    def hold(self) -> None:
        """Stand still."""
        self._before, self._since = self.seconds(), None

    def go_on(self) -> None:
        """Run again."""
        if self._since is None:
            self._since = self._clock()


class Pace:
    """A stopwatch for one stage.

    Parameters
    ----------
    plans : sequence of StagePlan
        All stages of the run.
    stage : int
        The one that is timed.
    clock : callable
        Seconds, monotonic.
    """

    def __init__(
        self, plans: Sequence[StagePlan], stage: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._plan = plans[stage]
        self._later = plans[stage + 1 :]
        self._clock = clock
        self._since = clock()
        self._batch_s: float | None = None
        self._validation_s: float | None = None

    def restart(self) -> None:
        """Forget the time since the last mark: it was not spent on training."""
        self._since = self._clock()

    def batch(self) -> None:
        """A training batch is done."""
        spent = self._lap()
        self._batch_s = spent if self._batch_s is None else KEEP * self._batch_s + (1 - KEEP) * spent

    def validation(self) -> None:
        """A validation is done."""
        self._validation_s = self._lap()

    def is_validation_long(self) -> bool:
        """Whether validations take long enough to be announced; unknown counts as long."""
        return self._validation_s is None or self._validation_s > ANNOUNCED_S

    def items_per_second(self) -> float:
        """Training items a second, lately."""
        return self._plan.batch_size / self._batch_s if self._batch_s else 0.0

    def seconds_left(self, epoch: int, batch: int) -> float | None:
        """Seconds until the run ends, with `batch` batches of `epoch` done; None until it can be told."""
        if self._batch_s is None:
            return None
        batches = self._plan.batches * (self._plan.epochs - epoch) - batch
        here = batches * self._batch_s + (self._plan.epochs - epoch) * self._one_validation()
        return max(0.0, here) + sum(self._guess(plan) for plan in self._later)

    def _one_validation(self) -> float:
        """Until the first one is measured, a validation is taken for a fifth of an epoch's training."""
        if self._validation_s is not None:
            return self._validation_s
        return 0.2 * self._plan.batches * (self._batch_s or 0.0)

    def _guess(self, plan: StagePlan) -> float:
        items = plan.batches * plan.batch_size / max(1, self._plan.batches * self._plan.batch_size)
        pixels = ((plan.size or 1) / (self._plan.size or 1)) ** 2 if plan.size and self._plan.size else 1.0
        thaw = THAWED_COST if self._plan.freeze and not plan.freeze else 1.0
        epoch = self._plan.batches * (self._batch_s or 0.0) * items * thaw + self._one_validation()
        return plan.epochs * epoch * pixels

    def _lap(self) -> float:
        now = self._clock()
        spent, self._since = now - self._since, now
        return spent
