"""A loss that is no number, in every problem type: the run stops there and keeps the last good weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from studio.engine import building, outcome
from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.session import Session
from tests.engine.conftest import Told
from tests.problems import made

QUICK = ("collab",)
TYPES = [pytest.param(n, marks=[] if n in QUICK else [pytest.mark.slow]) for n in made.MADE]
BROKEN_AT = 1


class Breaks:
    """A loss that is no number from one training batch on; everything else is the loss's own."""

    def __init__(self, loss: Any, learner: Any) -> None:
        self.loss, self.learner, self.left = loss, learner, BROKEN_AT

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        value = self.loss(*args, **kwargs)
        if not self.learner.training:
            return value
        self.left -= 1
        return value if self.left >= 0 else value * float("nan")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loss, name)


@pytest.mark.parametrize("problem", TYPES)
def test_the_run_stops_there_and_says_what_to_try(
    problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = building.learner_for

    def broken(*args: Any) -> Any:
        learner = real(*args)
        learner.loss_func = Breaks(learner.loss_func, learner)
        return learner

    monkeypatch.setattr(building, "learner_for", broken)
    with made.project(problem, tmp_path) as project:
        told = Told()
        done = Session(project, told, Control()).train()
        assert done.status == "failed"
        assert (
            f"not a number at batch {BROKEN_AT + 1}" in done.message
            or f"at batch {BROKEN_AT}" in done.message
        )
        assert "Lower the learning rate" in done.message
        weights = outcome.read_model(project.run(1).model_path)
        assert all(bool(torch.isfinite(t).all()) for t in weights.values() if t.is_floating_point())
        assert all(loss is not None for e in told.of(m.Batches) for loss in e.losses[:BROKEN_AT])
