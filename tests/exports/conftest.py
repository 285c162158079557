"""Photos, a dataset, a recipe, a run and a learner, made once for the tests of exports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exports.photos import FinishedRun, Trained, dataset_of, learner_of, recipe_of, write_photos


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of three classes."""
    root = tmp_path_factory.mktemp("secret-person") / "photos"
    write_photos(root)
    return root


@pytest.fixture(scope="session")
def trained(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A run on those photos, with its learner."""
    project = tmp_path_factory.mktemp("project")
    run_path = project / "runs" / "0003"
    run_path.mkdir(parents=True)
    dataset, recipe = dataset_of(photos), recipe_of(photos)
    return Trained(
        photos, dataset, recipe, FinishedRun(run_path, recipe), learner_of(photos, dataset, run_path)
    )
