"""A first recipe is guessed from a folder; what was told wins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from studio.errors import UserError
from studio.problems.base import Problem
from studio.recipe.new import new_recipe
from studio.recipe.paths import read_root


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two classes of two photos, in training and validation folders."""
    for place in ("train", "val"):
        for name in ("ant", "bee"):
            (tmp_path / "data" / place / name).mkdir(parents=True)
            for number in range(2):
                Image.new("RGB", (20, 20), (number * 90, 30, 60)).save(
                    tmp_path / "data" / place / name / f"{name}{number}.png"
                )
    return tmp_path / "data"


def test_the_split_is_guessed_and_the_root_is_relative(
    problem: Problem[Any], data: Path, tmp_path: Path
) -> None:
    recipe = new_recipe(problem, "bugs", data, tmp_path / "bugs.thaw", {})
    assert recipe.data.root == "../data"
    assert read_root(recipe.data.root, tmp_path / "bugs.thaw") == data.resolve()
    assert (recipe.data.split.kind, recipe.data.split.train, recipe.data.split.valid) == (
        "folders",
        "train",
        "val",
    )


def test_what_was_told_wins(problem: Problem[Any], data: Path, tmp_path: Path) -> None:
    values = {"epochs": "1", "size": "64", "split": "random", "arch": "resnet18", "weights": "none"}
    recipe = new_recipe(problem, "bugs", data, tmp_path / "bugs.thaw", values)
    assert recipe.data.split.kind == "random"
    assert [(s.epochs, s.size) for s in recipe.training.stages] == [(1, 64)]
    assert recipe.options["arch"] == "resnet18"


def test_a_folder_without_photos_is_refused_by_name(problem: Problem[Any], tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "readme.txt").write_text("nothing")
    with pytest.raises(UserError, match="notes") as caught:
        new_recipe(problem, "x", tmp_path / "notes", tmp_path / "x", {})
    assert caught.value.hint


def test_data_that_is_not_there_is_told(problem: Problem[Any], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no data at"):
        new_recipe(problem, "x", tmp_path / "nowhere", tmp_path / "x", {})


def test_a_project_inside_the_data_folder_is_refused(problem: Problem[Any], data: Path) -> None:
    with pytest.raises(UserError, match="inside the data folder"):
        new_recipe(problem, "x", data, data / "x.thaw", {})
