"""What the loss of a run is called, from the words of its own form."""

from __future__ import annotations

from typing import Any

import pytest

from studio.problems import problem_named
from studio.problems.loss_words import loss_words
from studio.recipe.schema import Data, Recipe, Training


@pytest.mark.parametrize(
    ("problem", "options", "words"),
    [
        ("image_classification", {}, "cross-entropy"),
        ("image_classification", {"loss": "focal", "class_weights": "balanced"}, "focal, weighted"),
        ("text", {"loss": "smoothed"}, "cross-entropy with smoothed labels"),
        ("segmentation", {"loss": "dice"}, "Dice"),
        ("multi_label", {"loss": "focal"}, "focal"),
        ("image_regression", {"loss": "huber"}, "Huber"),
        ("collab", {}, ""),
    ],
)
def test_a_loss_is_called_as_in_its_form(problem: str, options: dict[str, Any], words: str) -> None:
    named = problem_named(problem)
    stages = named.stages(named.options())
    recipe = Recipe(
        problem=problem, name="x", data=Data(root="x"), options=options, training=Training(stages=stages)
    )
    assert loss_words(named, recipe) == words


def test_a_loss_that_the_data_decides_is_named_by_what_it_came_to() -> None:
    named = problem_named("image_regression")
    stages = named.stages(named.options())
    recipe = Recipe(problem=named.name, name="x", data=Data(root="x"), training=Training(stages=stages))
    assert loss_words(named, recipe, "squared") == "squared (L2)"
