"""Ways out where a stage does not fit: each is foretold, and offered where it takes less."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from studio.engine.memory import StepCost
from studio.engine.memory.cost import MIB, Lines
from studio.engine.offers import Tight, offers
from studio.problems import problem_named
from studio.recipe.schema import Data, Rate, Recipe, Stage, Training

PIXELS_MIB = {"resnet34": 1e-3, "resnet18": 0.5e-3}
FIXED_MIB = 100.0


def cost(recipe: Recipe, stage: Stage) -> StepCost:
    """So much for a pixel of an item, half of it in half precision; gradients wait where there are parts."""
    half = 0.5 if recipe.training.precision == "auto" else 1.0
    item = half * PIXELS_MIB.get(str(recipe.options["arch"]), 0.1e-3) * (stage.size or 0) ** 2
    gradients = FIXED_MIB / 4 if stage.accumulate > 1 else 0.0
    line = Lines(np.array([(FIXED_MIB + gradients) * MIB]), np.array([item * MIB]))
    return StepCost(line, Lines(np.array([0.0]), np.array([0.0])))


def tight(limit_mib: float, **changes: Any) -> Tight:
    stage = Stage(freeze=False, epochs=1, size=256, lr=Rate(max=1e-3))
    recipe = Recipe(
        problem="image_classification",
        name="cells",
        data=Data(root="."),
        training=Training(stages=(stage,), precision="fp32"),
        options={"arch": "resnet34"},
    )
    given: dict[str, Any] = {"batch_size": 8, "stage": stage, "can_halve": True} | changes
    problem = problem_named("image_classification")
    return Tight(problem, recipe, given["stage"], given["batch_size"], limit_mib, cost, given["can_halve"])


def test_each_way_out_has_its_figure_and_what_it_changes() -> None:
    found = offers(tight(400.0))
    assert [(one.words, one.memory_mib) for one in found] == [
        ("Train in half precision", pytest.approx(362.1, abs=0.1)),
        ("Accumulate 2 parts of 4", pytest.approx(387.1, abs=0.1)),
        ("Train at 192 pixels", pytest.approx(394.9, abs=0.1)),
        ("Use resnet18", pytest.approx(362.1, abs=0.1)),
    ]
    assert [{**one.stage, **one.values} for one in found] == [
        {"precision": "auto"},
        {"batch_size": 8, "accumulate": 2},
        {"size": 192},
        {"arch": "resnet18"},
    ]


def test_the_mildest_of_a_kind_that_fits_is_offered() -> None:
    words = [one.words for one in offers(tight(260.0, can_halve=False))]
    assert words == ["Accumulate 4 parts of 2", "Train at 128 pixels", "Use mobilenet_v3_large"]


def test_where_none_of_a_kind_fits_the_one_that_takes_least_is_offered() -> None:
    found = offers(tight(50.0))
    assert [one.words for one in found][1:3] == ["Accumulate 4 parts of 2", "Train at 64 pixels"]
    assert all(one.memory_mib > 50.0 for one in found)


def test_what_takes_no_less_is_not_offered() -> None:
    """Two parts of two need the gradients of the first one while the second is on its way."""
    small = msgspec.structs.replace(tight(0.0).stage, size=64)
    assert "Accumulate" not in " ".join(one.words for one in offers(tight(0.0, stage=small, batch_size=4)))
