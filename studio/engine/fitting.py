"""The fit of one stage by its schedule, as plain fastai does it, from any epoch on.

`fit_one_cycle`, `fit_flat_cos` and `fit`; of these `fit_flat_cos` of fastai 2.8 takes a `start_epoch` and begins at
the first epoch all the same, so that its two lines stand here. Must not import Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from fastai.callback.schedule import ParamScheduler, combined_cos

from studio.recipe.schedules import END, FLAT
from studio.recipe.schema import Schedule


def fit(
    learner: Any,
    schedule: Schedule,
    epochs: int,
    rate: slice | float,
    weight_decay: float,
    callbacks: Sequence[Any],
    start_epoch: int = 0,
) -> None:
    """Train; `start_epoch` epochs were trained before, and the schedule goes on where it stood."""
    common: dict[str, Any] = {"wd": weight_decay, "start_epoch": start_epoch}
    if schedule == "one_cycle":
        learner.fit_one_cycle(epochs, rate, cbs=list(callbacks), **common)
    elif schedule == "constant":
        learner.fit(epochs, rate, cbs=list(callbacks), **common)
    else:
        falling = ParamScheduler({"lr": _flat_then_cosine(learner, rate)})
        learner.fit(epochs, cbs=[falling, *callbacks], **common)


def _flat_then_cosine(learner: Any, rate: slice | float) -> Any:
    if learner.opt is None:
        learner.create_opt()
    learner.opt.set_hyper("lr", rate)
    highest = np.array([hyper["lr"] for hyper in learner.opt.hypers])
    return combined_cos(FLAT, highest, highest, highest * END)
