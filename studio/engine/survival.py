"""Running out of memory is survived: half as many items at once, from the last checkpoint, a few times.

The batch keeps its size for the optimizer, it goes through the network in twice as many parts (`callbacks/parts.py`),
so that steps, schedule and the order of items stay what they were. What went wrong is recognised by `failures`, what
is done about it is written into the newest checkpoint here, and whoever started the run resumes it: the window in a
fresh engine, since memory is surely given back only when a process ends. Must not import Qt or fastai.
"""

from __future__ import annotations

from pathlib import Path

from studio.engine import checkpoint, failures
from studio.engine.messages import Halved, StagePlan
from studio.errors import UserError
from studio.recipe.schema import Stage

TIMES = 3
SMALLEST = 2


class Smaller(Exception):
    """The run can go on with smaller parts: resume it, best in a fresh process."""

    def __init__(self, halved: Halved) -> None:
        super().__init__(halved)
        self.halved = halved


def smaller(error: BaseException, run: int, folder: Path, plan: StagePlan, stage: Stage) -> Smaller:
    """What to raise instead of a failure for want of memory; the newest checkpoint is changed accordingly.

    Raises
    ------
    UserError
        Where it was halved often enough, or cannot be halved, or no checkpoint is there to go on from.
    """
    parts = plan.accumulate * 2
    at_once = -(-plan.batch_size // parts)
    if at_once < SMALLEST or parts > stage.accumulate * 2**TIMES:
        raise _enough(plan, stage) from error
    found = checkpoint.newest_state(folder)
    if found is None:
        raise _enough(plan, stage) from error
    changed = checkpoint.amend(folder, accumulate={**found.accumulate, plan.index: parts})
    step = found.step if changed is None else changed.step
    return Smaller(Halved(run=run, stage=plan.index, step=step, batch_size=at_once, accumulate=parts))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, on the card or in the computer."""
    return any(failures.ran_out(cause) for cause in failures.chain(error))


def _enough(plan: StagePlan, stage: Stage) -> UserError:
    at_once = -(-plan.batch_size // plan.accumulate)
    items = "one item" if at_once == 1 else f"{at_once} items"
    halvings = (plan.accumulate // stage.accumulate).bit_length() - 1
    tried = {0: "", 1: " It was halved once."}.get(halvings, f" It was halved {halvings} times.")
    return UserError(
        f"Stage {plan.index + 1} does not fit into memory, even with {items} at once.{tried}",
        "Choose a smaller size or a smaller network, or close other programs. The memory gauge has offers.",
        fix="size",
    )
