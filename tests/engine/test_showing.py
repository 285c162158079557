"""The samples shown after every epoch: always the same items, and nothing about the fit is changed by them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.session import Session
from studio.engine.showing import SHOWN, chosen
from studio.problems.base import Dataset, Item
from studio.project import Project
from tests.engine import toy_problem
from tests.engine.conftest import Told
from tests.engine.test_training import losses, stop_at

Make = Callable[..., Project]


def test_after_every_epoch_the_same_items_are_answered(make: Make, told: Told, control: Control) -> None:
    project = make()
    done = Session(project, told, control).train()
    shown = told.of(m.SamplesShown)
    assert [(e.stage, e.epoch, e.step) for e in shown] == [(0, 0, 6), (0, 1, 12), (1, 0, 18), (1, 1, 24)]
    keys = [tuple(sample.key for sample in event.samples) for event in shown]
    assert len(set(keys)) == 1 and len(keys[0]) == SHOWN
    assert shown[0].samples != shown[-1].samples
    assert shown[-1].samples[0].words.startswith("the point")
    run = project.run(done.run)
    assert (run.path / shown[0].samples[0].picture).read_bytes() == b"a picture"
    assert shown[0].samples[1].picture == ""
    assert [e for e in run.events() if isinstance(e, m.SamplesShown)] == [
        m.SamplesShown(**{f: getattr(e, f) for f in e.__struct_fields__}) for e in shown
    ]


def test_a_run_is_bit_for_bit_the_same_with_and_without_samples(
    make: Make, told: Told, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make()
    session = Session(project, told, control)
    with_samples = session.train()
    first = losses(told)
    told.events.clear()
    from tests.engine.toy_problem import results

    monkeypatch.delattr(results, "shown")
    without = session.train()
    assert not told.of(m.SamplesShown)
    assert losses(told) == first
    models = [project.run(done.run).model_path.read_bytes() for done in (with_samples, without)]
    assert models[0] == models[1]


def test_samples_that_cannot_be_answered_do_not_end_the_training(
    make: Make, told: Told, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.engine.toy_problem import results

    def broken(learner: object, items: object, dataset: object, recipe: object) -> None:
        raise FileNotFoundError("a photo went away")

    monkeypatch.setattr(results, "shown", broken)
    assert Session(make(), told, control).train().status == "finished"
    assert not told.of(m.SamplesShown)


def test_a_resumed_run_shows_them_again_from_its_checkpoint(make: Make, told: Told, control: Control) -> None:
    project = make()
    stop_at(told, 14, control.leave)
    done = Session(project, told, control).train()
    assert done.status == "interrupted"
    told.events.clear()
    told.on = None
    Session(project, told, Control()).train(resume=done.run)
    assert [(e.stage, e.epoch) for e in told.of(m.SamplesShown)] == [(1, 0), (1, 1)]


def test_the_items_are_spread_over_the_validation_set() -> None:
    items = tuple(Item(f"{n:03d}", "a", n % 2 == 0) for n in range(200))
    keys = [item.key for item in chosen(Dataset(items))]
    assert len(keys) == SHOWN and keys == sorted(keys)
    assert int(keys[0]) < 30 and int(keys[-1]) > 170
    assert len(chosen(Dataset(items[:5]))) == 3
    assert chosen(Dataset(items[1:2])) == ()
    assert toy_problem.PROBLEM.part("results").shown
