"""Where a run is: shared by the callbacks of one stage, moved on by one of them. Must not import torch or Qt."""

from __future__ import annotations

from dataclasses import dataclass

from studio.engine.messages import ModelOf, StagePlan


@dataclass
class Place:
    """The batch that was last done.

    Attributes
    ----------
    first_step : int
        Batches of the run before this stage.
    batch : int
        Batches of this epoch that are done.
    skipping : bool
        True while a resumed fit runs up to its checkpoint without training.
    broken : bool
        True once the loss is no number any more.
    best : ModelOf or None
        The best epoch so far, where epochs are compared.
    waited : int
        Epochs of this stage since the best one.
    is_over : bool
        True once the stage has waited long enough for a better epoch.
    """

    plan: StagePlan
    first_step: int
    epoch: int = 0
    batch: int = 0
    skipping: bool = False
    broken: bool = False
    best: ModelOf | None = None
    waited: int = 0
    is_over: bool = False

    @property
    def step(self) -> int:
        """Batches of the whole run that are done."""
        return self.first_step + self.epoch * self.plan.batches + self.batch


def first_steps(plans: tuple[StagePlan, ...]) -> tuple[int, ...]:
    """Return the number of batches before each stage."""
    counts = [plan.batches * plan.epochs for plan in plans]
    return tuple(sum(counts[:index]) for index in range(len(counts)))
