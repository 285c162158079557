"""What the doctor says of real data: the leaks that are there, and no false alarm where there are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.dataset.checking import findings
from studio.engine.messages import Finding
from studio.problems import problem_named
from studio.recipe.new import new_recipe

pytestmark = pytest.mark.realdata


def found(name: str, data: Path, folder: Path, **values: Any) -> dict[str, Finding]:
    problem = problem_named(name)
    recipe = new_recipe(problem, "real", data, folder / "real.thaw", values)
    dataset = problem.part("items").collect(recipe, data)
    told = findings(problem, dataset, recipe, data, lambda text, done, total: None, folder)
    return {finding.code: finding for finding in told}


def test_films_are_groups_and_a_split_by_group_mends_them(real_data: Path, tmp_path: Path) -> None:
    films = found("segmentation", real_data / "camvid_tiny", tmp_path)["groups_on_both_sides"]
    assert films.count == 4 and films.fix is not None
    after = found("segmentation", real_data / "camvid_tiny", tmp_path, **films.fix.values)
    assert not {"groups_on_both_sides", "look_alikes_on_both_sides"} & after.keys()


@pytest.mark.parametrize(
    ("problem", "name"), [("image_classification", "hymenoptera"), ("multi_label", "planet_sample")]
)
def test_honest_photos_have_no_groups_and_no_look_alikes(
    real_data: Path, tmp_path: Path, problem: str, name: str
) -> None:
    codes = found(problem, real_data / name, tmp_path).keys()
    assert not [code for code in codes if code.startswith(("look_alikes", "groups"))]


def test_rented_bicycles_are_told_by_their_riders_and_can_be_split_by_time(
    real_data: Path, tmp_path: Path
) -> None:
    codes = found("tabular", real_data / "bikeshare", tmp_path)
    assert set(codes["leak"].items) == {"casual", "registered"}
    fix = codes["time"].fix
    assert fix is not None
    assert "time" not in found("tabular", real_data / "bikeshare", tmp_path, **fix.values)
