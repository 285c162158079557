"""A recipe of any problem type, with any of its options set, is the same after writing and reading."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.problems import PROBLEMS
from studio.problems.base import Problem
from studio.recipe import io
from studio.recipe.edit import settable, split_fields, with_value
from studio.recipe.fields import Field, describe
from studio.recipe.schema import Data, Recipe, Split, Training

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=20)


def recipe_of(problem: Problem[Any], options: dict[str, Any]) -> Recipe:
    stages = problem.stages(problem.options())
    return Recipe(
        problem=problem.name,
        name="any",
        data=Data(root="data", split=Split(kind=problem.splits[0])),
        training=Training(stages=stages),
        options=options,
    )


def value_of(field: Field) -> st.SearchStrategy[Any]:
    """Anything that a form may hold for a field."""
    if field.kind == "several":
        return st.lists(st.sampled_from(sorted(field.choices)), unique=True)
    if field.choices and not field.open:
        return st.sampled_from(sorted(field.choices))
    low, high = field.minimum, field.maximum
    if field.kind == "int":
        return st.integers(int(low or 1), int(high or 10_000))
    if field.kind == "float":
        return st.floats(low or 0.0, high or 1.0, exclude_min=True, exclude_max=True)
    return st.booleans() if field.kind == "bool" else TEXT


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
@settings(max_examples=40, suppress_health_check=[HealthCheck.differing_executors])
@given(data=st.data())
def test_options_come_back_as_they_were(problem: Problem[Any], data: st.DataObject) -> None:
    options = {field.name: data.draw(value_of(field)) for field in describe(problem.options)}
    made = recipe_of(problem, options)
    read = io.loads(io.dumps(made))
    assert read == made
    assert problem.options_of(read) == msgspec.convert(options, problem.options)


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_every_way_to_split_can_be_set_and_no_field_has_two_meanings(problem: Problem[Any]) -> None:
    names = [field.name for field in settable(problem)]
    assert len(names) == len(set(names))
    kinds = next(field for field in split_fields(problem) if field.name == "split").choices
    assert tuple(kinds) == problem.splits
    for kind in kinds:
        assert with_value(recipe_of(problem, {}), problem, "split", kind).data.split.kind == kind


def test_naming_what_to_split_by_chooses_the_way() -> None:
    problem = PROBLEMS[0]
    made = with_value(recipe_of(problem, {}), problem, "group", r"patient(\d+)")
    assert (made.data.split.kind, made.data.split.group) == ("group", r"patient(\d+)")
