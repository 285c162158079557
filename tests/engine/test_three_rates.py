"""Three short fits: fastai's own one-cycle in short, on the same batches, and nothing changed by it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.engine import messages as m
from studio.engine import three_rates
from studio.engine.control import Cancelled, Control
from studio.engine.session import Session
from studio.project import Project
from studio.recipe.schema import Rate
from tests.engine.conftest import Told, recipe
from tests.engine.test_lr_finder import everything, ready

RATE = Rate(min=1e-3, max=1e-2)
MANY = 320  # points: 32 batches of 8 an epoch


def test_the_middle_one_is_fastais_epoch_to_the_bit(tmp_path: Path) -> None:
    from fastai.callback.core import Callback

    class Diary(Callback):
        losses: list[float] = []  # noqa: RUF012

        def after_batch(self) -> None:
            if self.training:
                self.losses.append(self.learn.loss.item())

    trials = three_rates.compare(ready(tmp_path, points=MANY), 1, RATE, Told(), Control())
    theirs = ready(tmp_path, points=MANY)
    with theirs.no_logging():
        theirs.fit_one_cycle(1, slice(RATE.min, RATE.max), cbs=Diary())
    assert len(trials[1].losses) == len(theirs.dls.train) == 32
    assert trials[1].losses == Diary.losses


def test_all_three_begin_alike_and_part(tmp_path: Path) -> None:
    first, second, third = three_rates.compare(ready(tmp_path, points=MANY), 1, RATE, Told(), Control())
    assert first.losses[0] == second.losses[0] == third.losses[0]
    assert len({tuple(first.losses), tuple(second.losses), tuple(third.losses)}) == 3


def test_the_number_of_steps_is_an_epoch_within_reason() -> None:
    assert [three_rates.steps_for(n) for n in (3, 20, 45, 60, 4000)] == [20, 20, 45, 60, 60]


def test_nothing_is_changed_and_progress_is_told(tmp_path: Path) -> None:
    learner, told = ready(tmp_path), Told()
    learner.fit(1)
    noted = list(learner.recorder.losses)
    before = everything(learner)
    trials = three_rates.compare(learner, 1, RATE, told, Control())
    assert everything(learner)[:4] == before[:4]
    assert everything(learner)[5] == before[5]
    assert list(learner.recorder.losses) == noted
    points = [[x for e in told.of(m.TrialPoints) if e.trial == i for x in e.losses] for i in range(3)]
    assert points == [trial.losses for trial in trials]
    progress = told.of(m.Progress)
    assert progress[-1].done == progress[-1].total == 60
    assert [p.done for p in progress] == sorted(p.done for p in progress)


def test_a_rate_that_shoots_up_ends_early(tmp_path: Path) -> None:
    trials = three_rates.compare(ready(tmp_path, points=MANY), 1, Rate(max=300.0), Told(), Control())
    assert trials[2].shot_up
    assert len(trials[2].losses) < 32


def test_it_can_be_cancelled(tmp_path: Path) -> None:
    learner, told, control = ready(tmp_path), Told(), Control()
    told.on = lambda event: (
        control.cancel() if isinstance(event, m.TrialPoints) and event.trial == 1 else None
    )
    before = everything(learner)
    with pytest.raises(Cancelled):
        three_rates.compare(learner, 1, RATE, told, control)
    assert everything(learner) == before
    assert not any(e.trial == 2 for e in told.of(m.TrialPoints))


def test_a_session_answers_and_training_after_it_is_the_same(
    make: Callable[..., Project], told: Told
) -> None:
    with_it, without = make(recipe(points=MANY)), make(recipe(points=MANY), name="without.thaw")
    session = Session(with_it, told, Control())
    found = session.try_rates(0, Rate(max=1e-2))
    assert [fit.max for fit in found.fits] == [1e-3, 1e-2, 1e-1]
    assert found.steps == 32
    assert found.sentence
    assert m.decode_event(m.encode(found)) == found
    session.train()
    Session(without, Told(), Control()).train()
    models = [p.run(1).model_path.read_bytes() for p in (with_it, without)]
    assert models[0] == models[1]
