"""Ready-made plans: every one can be trained, for every problem."""

from __future__ import annotations

import msgspec
import pytest

from studio.problems import PROBLEMS, problem_named
from studio.problems.base import Problem
from studio.problems.plans import plans
from studio.recipe.schema import Data, Recipe, Stage, Training


def recipe_of(problem: Problem[msgspec.Struct], **options: object) -> Recipe:
    stages = problem.stages(problem.options())
    return Recipe(
        problem=problem.name,
        name="x",
        data=Data(root="x"),
        training=Training(stages=stages),
        options=dict(options),
    )


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.name)
def test_every_plan_is_a_valid_plan_of_its_own(problem: Problem[msgspec.Struct]) -> None:
    found = plans(problem, recipe_of(problem))
    assert [p.key for p in found][:2] == ["proposed", "quick"]
    assert found[0].stages == recipe_of(problem).training.stages
    assert len({p.key for p in found}) == len(found)
    for plan in found:
        assert plan.title and plan.sentence.endswith((".", "?"))
        for stage in plan.stages:
            assert msgspec.convert(msgspec.to_builtins(stage), Stage) == stage


def test_progressive_resizing_grows_to_the_size_of_the_recipe() -> None:
    problem = problem_named("image_classification")
    recipe = recipe_of(problem)
    last = msgspec.structs.replace(recipe.training.stages[-1], size=256)
    recipe = msgspec.structs.replace(
        recipe, training=msgspec.structs.replace(recipe.training, stages=(last,))
    )
    found = {plan.key: plan.stages for plan in plans(problem, recipe)}
    assert [(s.freeze, s.size) for s in found["progressive"]] == [
        (True, 64), (False, 64), (False, 128), (False, 256),
    ]  # fmt: skip
    assert [(s.freeze, s.epochs, s.size) for s in found["two-step"]] == [(True, 4, 256), (False, 4, 256)]
    assert [(s.epochs, s.size) for s in found["quick"]] == [(1, 128)]
    assert found["steady"][-1].schedule == "flat_cosine"


def test_a_table_has_no_sizes_to_grow_through() -> None:
    keys = [plan.key for plan in plans(problem_named("tabular"), recipe_of(problem_named("tabular")))]
    assert "progressive" not in keys and "two-step" not in keys
