"""Finder and three short fits leave a learner of every problem type as it was: done, cancelled or broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import torch

from studio.engine import building, lr_finder, randomness, snapshot, three_rates
from studio.engine import messages as m
from studio.engine.callbacks.follow import loaders
from studio.engine.control import Cancelled, Control
from studio.problems import PROBLEMS
from studio.recipe.schema import Rate
from tests.problems.made import MAKERS

POINTS, STEPS = 12, 3
Job = Callable[[lr_finder.Emit, Control], object]


@dataclass(frozen=True)
class Ready:
    """A learner about to train, and its plan."""

    learner: Any
    stages: tuple[Any, ...]


@pytest.fixture(scope="module", params=[problem.name for problem in PROBLEMS])
def ready(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ready:
    """One learner a problem type; every test must leave it as it was."""
    name = request.param
    assert name in MAKERS, f"add a maker of small data for {name} to tests/problems/made.py"
    root, folder = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("ours")
    recipe = MAKERS[name](root)
    problem, stages = next(p for p in PROBLEMS if p.name == name), recipe.training.stages
    dataset = problem.part("items").collect(recipe, root)
    randomness.seed(3)
    learner = building.learner_for(problem, dataset, recipe, stages[0], stages[0].batch_size, root, folder)
    with learner.no_logging():
        learner.fit(1)  # moments to lose, and notes of the recorder
    return Ready(learner, stages)


@pytest.fixture(params=[0, 1], ids=["frozen", "thawed"])
def learner(ready: Ready, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Frozen, then thawed; both jobs in few steps."""
    monkeypatch.setattr(lr_finder, "POINTS", POINTS)
    monkeypatch.setattr(three_rates, "FEWEST_STEPS", STEPS)
    monkeypatch.setattr(three_rates, "MOST_STEPS", STEPS)
    building.freeze(ready.learner, ready.stages[request.param])
    return ready.learner


def state(learner: Any) -> tuple[Any, ...]:
    """Weights, buffers, moments, hyper-parameters, what trains, the recorder's notes, every random state."""
    taken, recorder = snapshot.take(learner), learner.recorder
    return (
        {name: tensor.detach().clone() for name, tensor in taken.tensors.items()},
        taken.numbers,
        taken.hypers,
        taken.is_training,
        [p.requires_grad for p in learner.model.parameters()],
        (list(recorder.lrs), list(map(float, recorder.losses)), list(recorder.iters)),
        randomness.capture(loaders(learner)),
    )


def next_batches(learner: Any) -> list[torch.Tensor]:
    """What the next epoch would begin with; asking changes nothing."""
    mark, found = snapshot.Bookmark(learner), []
    for index, batch in enumerate(learner.dls.train):
        found += [part.clone() for part in batch if isinstance(part, torch.Tensor)]
        if index == 1:
            break
    mark.go_back()
    return found


def assert_same(before: tuple[Any, ...], after: tuple[Any, ...]) -> None:
    assert before[0].keys() == after[0].keys()
    for name, tensor in before[0].items():
        assert torch.equal(tensor, after[0][name]), name
    assert before[1:] == after[1:]


def jobs(learner: Any) -> dict[str, Job]:
    rate = Rate(min=1e-4, max=1e-2)
    return {
        "finder": lambda emit, control: lr_finder.sweep(learner, 0, emit, control),
        "three rates": lambda emit, control: three_rates.compare(learner, 0, rate, emit, control),
    }


def unchanged(learner: Any, act: Callable[[], None]) -> None:
    before, batches = state(learner), next_batches(learner)
    act()
    assert_same(before, state(learner))
    for expected, found in zip(batches, next_batches(learner), strict=True):
        assert torch.equal(expected, found)


@pytest.mark.parametrize("name", ["finder", "three rates"])
def test_nothing_is_changed_by(learner: Any, name: str) -> None:
    told: list[m.Event] = []
    unchanged(learner, lambda: jobs(learner)[name](told.append, Control()) and None)
    assert any(isinstance(event, m.RatePoints | m.TrialPoints) for event in told)


@pytest.mark.parametrize("name", ["finder", "three rates"])
def test_nothing_is_changed_by_a_cancelled(learner: Any, name: str) -> None:
    control = Control()

    def cancelled() -> None:
        with pytest.raises(Cancelled):
            jobs(learner)[name](lambda event: control.cancel(), control)

    unchanged(learner, cancelled)


@pytest.mark.parametrize("name", ["finder", "three rates"])
def test_nothing_is_changed_by_a_broken(learner: Any, name: str) -> None:
    def out_of_memory(event: m.Event) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    def broken() -> None:
        with pytest.raises(torch.OutOfMemoryError):
            jobs(learner)[name](out_of_memory, Control())

    unchanged(learner, broken)
