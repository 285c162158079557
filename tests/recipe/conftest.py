"""A recipe and a problem to edit."""

from __future__ import annotations

from typing import Any

import pytest

from studio.problems import problem_named
from studio.problems.base import Problem
from studio.recipe.schema import Data, Rate, Recipe, Stage, Training


@pytest.fixture
def problem() -> Problem[Any]:
    return problem_named("image_classification")


@pytest.fixture
def recipe() -> Recipe:
    """Frozen, then thawed, as the studio plans it."""
    stages = (
        Stage(freeze=True, epochs=3, size=64, lr=Rate(max=5e-3)),
        Stage(freeze=False, epochs=3, size=128, lr=Rate(min=1e-5, max=5e-4)),
    )
    return Recipe(
        problem="image_classification",
        name="birds",
        data=Data(root="../birds"),
        training=Training(stages=stages),
    )
