"""fastai's one-cycle schedule, computed with plain numbers: the same rates and momentums to the last bit.

fastai looks for its place in the cycle with small tensors, twice a batch, which costs as much as a small network.
Must not import Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from fastai.callback.schedule import ParamScheduler, sched_cos

Scheduled = Callable[[float], Any]


class QuickSchedule(ParamScheduler):
    """fastai's scheduler; what it computes goes straight into the optimizer's groups."""

    def _update_val(self, pct: float) -> None:
        hypers = self.learn.opt.hypers
        for name, function in self.scheds.items():
            value = function(pct)
            for at, hyper in enumerate(hypers):
                hyper[name] = value[at] if isinstance(value, np.ndarray) else value


def up_and_down(share: float, start: Any, middle: Any, end: Any) -> Scheduled:
    """fastai's `combined_cos`: from `start` to `middle` in the first `share`, then on to `end`."""
    bounds = np.cumsum(np.array([0.0, share, 1 - share], dtype=np.float32), dtype=np.float32)
    parts = ((start, middle), (middle, end))

    def at(place: float) -> Any:
        now = np.float32(place)
        part = 1 if now >= bounds[1] else 0
        done = (now - bounds[part]) / (bounds[part + 1] - bounds[part])
        return sched_cos(*parts[part], float(done))

    return at


def fit_one_cycle(
    learner: Any,
    n_epoch: int,
    lr_max: Any = None,
    div: float = 25.0,
    div_final: float = 1e5,
    pct_start: float = 0.25,
    wd: float | None = None,
    moms: tuple[float, float, float] | None = None,
    cbs: Any = None,
    reset_opt: bool = False,
    start_epoch: int = 0,
) -> None:
    """fastai's `fit_one_cycle` with `QuickSchedule`; arguments and defaults are the same."""
    if learner.opt is None:
        learner.create_opt()
    learner.opt.set_hyper("lr", learner.lr if lr_max is None else lr_max)
    highest = np.array([hyper["lr"] for hyper in learner.opt.hypers])
    schedule = QuickSchedule(
        {
            "lr": up_and_down(pct_start, highest / div, highest, highest / div_final),
            "mom": up_and_down(pct_start, *(learner.moms if moms is None else moms)),
        }
    )
    others = [] if cbs is None else list(cbs) if isinstance(cbs, Sequence) else [cbs]
    learner.fit(n_epoch, cbs=[schedule, *others], reset_opt=reset_opt, wd=wd, start_epoch=start_epoch)
