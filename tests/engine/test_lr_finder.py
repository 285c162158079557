"""The finder: fastai's own curve, and nothing changed by it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from studio.engine import building, lr_finder, randomness, rates, snapshot, suggestions
from studio.engine import messages as m
from studio.engine.callbacks.follow import loaders
from studio.engine.control import Cancelled, Control
from studio.engine.session import Session
from studio.project import Project
from studio.recipe.schema import Rate
from tests.engine import toy_problem
from tests.engine.conftest import Told, recipe, with_stages
from tests.engine.toy_problem import items

_RULES = (suggestions.valley, suggestions.slide, suggestions.minimum)


def ready(folder: Path, **options: Any) -> Any:
    """A learner of the toy problem as its thawed stage would train it."""
    given = recipe(**options)
    dataset, stage = items.collect(given, folder), given.training.stages[1]
    randomness.seed(7)
    learner = building.learner_for(toy_problem.PROBLEM, dataset, given, stage, 8, folder, folder)
    randomness.seed(7)
    building.freeze(learner, stage)
    return learner


def everything(learner: Any) -> tuple[Any, ...]:
    """All that a finder might change."""
    taken = snapshot.take(learner)
    tensors = {name: value.tolist() for name, value in taken.tensors.items()}
    grads = [p.grad is None for p in learner.model.parameters()]
    return (
        tensors,
        taken.numbers,
        taken.hypers,
        learner.model.training,
        grads,
        randomness.capture(loaders(learner)),
    )


def sweep(learner: Any, told: Told | None = None, control: Control | None = None) -> lr_finder.Curve:
    return lr_finder.sweep(learner, 1, told or Told(), control or Control())


@pytest.mark.parametrize("options", [{}, {"spread": 4.0}])
def test_the_curve_is_fastais_to_the_bit(tmp_path: Path, options: dict[str, float]) -> None:
    ours = sweep(ready(tmp_path, **options))
    theirs = ready(tmp_path, **options)
    theirs.lr_find(show_plot=False)
    assert ours.lrs == [float(lr) for lr in theirs.recorder.lrs]
    assert ours.smooth == [float(loss) for loss in theirs.recorder.losses]


def test_fastais_suggestions_come_out_the_same(tmp_path: Path) -> None:
    from fastai.callback.schedule import minimum, slide, valley

    curve = sweep(ready(tmp_path))
    theirs = ready(tmp_path).lr_find(show_plot=False, suggest_funcs=(valley, slide, minimum))
    seen = suggestions.trimmed(curve.lrs, curve.smooth, curve.losses, rates.POINTS)
    ours = {rule.__name__: rule(seen.lrs, seen.losses) for rule in _RULES}
    for name, value in zip(theirs._fields, theirs, strict=True):
        assert ours[name] == pytest.approx(float(value), rel=1e-5), name


def test_nothing_is_changed(tmp_path: Path) -> None:
    learner = ready(tmp_path)
    learner.fit(1)  # moments to lose
    learner.model.eval()
    before = everything(learner)
    sweep(learner)
    after = everything(learner)
    assert after[:4] == before[:4]
    assert all(after[4])
    assert after[5] == before[5]


@pytest.mark.parametrize("points", [0, 1, 30])
def test_it_can_be_cancelled_at_any_moment(tmp_path: Path, points: int) -> None:
    learner, control, told = ready(tmp_path), Control(), Told()

    def react(event: m.Event) -> None:
        if (
            isinstance(event, m.RatePoints)
            and len(event.lrs) + sum(len(e.lrs) for e in told.of(m.RatePoints)) > points
        ):
            control.cancel()

    told.on = react
    if not points:
        control.cancel()
    before = everything(learner)
    with pytest.raises(Cancelled):
        sweep(learner, told, control)
    assert everything(learner) == before


def test_what_breaks_within_it_changes_nothing(tmp_path: Path) -> None:
    learner = ready(tmp_path)
    before = everything(learner)

    def out_of_memory(event: m.RatePoints) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    with pytest.raises(torch.OutOfMemoryError):
        lr_finder.sweep(learner, 1, out_of_memory, Control())
    assert everything(learner) == before
    assert list(tmp_path.rglob("*tmp*")) == []


def test_training_after_it_equals_training_without_it(make: Callable[..., Project], told: Told) -> None:
    with_it, without = make(), make(name="without.thaw")
    session = Session(with_it, told, Control())
    session.find_rate(0)
    session.train()
    session.find_rate(1, run=1)
    session.train()
    Session(without, Told(), Control()).train()
    models = [p.run(n).model_path.read_bytes() for p, n in ((with_it, 1), (with_it, 2), (without, 1))]
    assert models[0] == models[1] == models[2]


def test_its_answer_is_told_live_and_kept(make: Callable[..., Project], told: Told) -> None:
    project = make()
    found = Session(project, told, Control()).find_rate(0)
    live = told.of(m.RatePoints)
    assert sum((p.lrs for p in live), ()) == found.lrs
    assert sum((p.smooth for p in live), ()) == found.smooth
    kept = msgspec.json.decode((project.rates / "0001.json").read_bytes(), type=m.RateFound)
    assert kept == found
    assert found.groups == ("early layers", "later layers", "head")
    assert found.trainable == (False, False, True)
    assert {s.name for s in found.suggestions} >= {"steepest", "valley", "slide", "minimum"}


def test_a_thawed_stage_gets_a_range_below_the_frozen_rate(make: Callable[..., Project], told: Told) -> None:
    session = Session(make(), told, Control())
    session.train()
    found = session.find_rate(1, run=1)
    assert found.trainable == (True, True, True)
    first = found.suggestions[0]
    assert first.min is not None
    assert first.min < first.max


def test_a_curve_of_no_numbers_gives_a_sentence_and_no_suggestion(
    make: Callable[..., Project], told: Told
) -> None:
    project = make(with_stages(recipe(nan_at=0, points=30)))
    found = Session(project, told, Control()).find_rate(1)
    assert found.suggestions == ()
    assert "too few" in found.sentence
    assert found.losses[-1] is None


def test_nothing_is_written_but_the_answer(
    make: Callable[..., Project], tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    project = make()
    monkeypatch.chdir(tmp_path / "data")
    before = set(tmp_path.rglob("*"))
    session = Session(project, told, Control())
    session.find_rate(0)
    session.try_rates(1, Rate(max=1e-3))
    new = {path.relative_to(project.folder).as_posix() for path in set(tmp_path.rglob("*")) - before}
    assert new == {"rates", "rates/0001.json"}
