"""What a trained classifier gives to the bundle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from studio.errors import UserError
from studio.problems.base import Dataset
from studio.problems.image_classification import serving
from tests.exports.photos import dataset_of, learner_of, recipe_of, write_photos


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data") / "photos"
    write_photos(root, per_class=4)
    return root


def test_the_module_scores_stored_photos_as_the_learner_scores_batches(root: Path, tmp_path: Path) -> None:
    dataset = dataset_of(root)
    learner = learner_of(root, dataset, tmp_path)
    made = serving.serving(learner, dataset, recipe_of(root), root)
    expected = learner.get_preds(dl=learner.dls.valid)[0].numpy()
    assert np.abs(made.reference()["scores"] - expected).max() < 1e-6
    scores = made.module(torch.randint(0, 256, (5, 32, 32, 3), dtype=torch.uint8))
    assert scores.shape == (5, 3)
    assert torch.allclose(scores.sum(1), torch.ones(5))


def test_cases_are_the_validation_photos(root: Path, tmp_path: Path) -> None:
    dataset = dataset_of(root)
    made = serving.serving(learner_of(root, dataset, tmp_path), dataset, recipe_of(root), root)
    assert [p.relative_to(root).as_posix() for p in made.cases] == [i.key for i in dataset.valid()]


def test_without_validation_photos_nothing_can_be_proven(root: Path, tmp_path: Path) -> None:
    dataset = dataset_of(root)
    learner = learner_of(root, dataset, tmp_path)
    with pytest.raises(UserError, match="no validation photos"):
        serving.serving(learner, Dataset(dataset.train(), dataset.classes), recipe_of(root), root)
