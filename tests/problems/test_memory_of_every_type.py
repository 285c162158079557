"""The memory of every problem type's network is foretold in the usual way, and grows with the batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.engine import building, memory, randomness
from studio.problems import problem_named
from tests.problems.made import MADE, recipe

CASES = [(name, 1) for name in MADE] + [("text", 0)]


@pytest.mark.parametrize(("name", "place"), CASES, ids=[f"{name}-stage-{place + 1}" for name, place in CASES])
def test_a_stage_is_foretold_without_a_real_step(name: str, place: int, tmp_path: Path) -> None:
    root, folder = tmp_path / "data", tmp_path / "ours"
    root.mkdir()
    given = recipe(name, root)
    problem, stage = problem_named(given.problem), given.training.stages[place]
    dataset = problem.part("items").collect(given, root)
    randomness.seed(3)
    learner = building.learner_for(problem, dataset, given, stage, 2, root, folder)
    building.freeze(learner, stage)
    cost = memory.measure(learner)
    assert cost.how == ""
    assert cost.item > 0
    assert 0 < cost.floor_mib() < cost.train_mib(8) < cost.train_mib(64)
    assert cost.valid_mib(64) < cost.train_mib(64)
