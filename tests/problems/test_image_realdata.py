"""Image classification on real photos."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from studio.problems.base import Dataset
from studio.problems.image_classification.checks import check
from studio.problems.image_classification.items import collect, guess_folder
from studio.recipe.schema import Rate, Recipe, Stage
from tests.problems.pictures import recipe

pytestmark = pytest.mark.realdata


def guessed(root: Path, **options: str) -> tuple[Recipe, Dataset]:
    """The recipe and items that a folder suggests."""
    guess = guess_folder(root)
    assert guess is not None
    made = recipe(root, guess.split, **{**guess.options, **options})
    return made, collect(made, root)


def test_ants_and_bees(real_data: Path) -> None:
    made, dataset = guessed(real_data / "hymenoptera")
    assert (len(dataset.train()), len(dataset.valid())) == (189, 111)
    assert Counter(item.target for item in dataset.train()) == {"ants": 96, "bees": 93}
    found = {f.code: f for f in check(dataset, made, real_data / "hymenoptera")}
    assert found.keys() == {"odd_format"}
    assert found["odd_format"].items == ("train/ants/imageNotFound.gif",)


def test_digits_leave_the_unlabelled_ones_out(real_data: Path) -> None:
    made, dataset = guessed(real_data / "mnist_tiny")
    assert (len(dataset.train()), len(dataset.valid())) == (709, 699)
    assert dataset.left_out == (("test/", "20 images outside the training and validation folders"),)
    found = list(check(dataset, made, real_data / "mnist_tiny"))
    assert [(f.code, f.severity, f.count) for f in found] == [("look_alikes", "info", 1)]


def test_names_without_ending_in_a_table(real_data: Path) -> None:
    made, dataset = guessed(real_data / "planet_sample")
    assert len(dataset.items) == 1000
    assert dataset.left_out == ()
    found = {f.code: f for f in check(dataset, made, real_data / "planet_sample")}
    assert found["cmyk"].count == 1000


@pytest.mark.parametrize(
    "folder", ["adult_sample", "bikeshare", "camvid_tiny", "camvid_segnet11", "ml_100k", "imdb_sample"]
)
def test_other_peoples_data_is_not_claimed(real_data: Path, folder: str) -> None:
    assert guess_folder(real_data / folder) is None


def test_real_weights_separate_digits_in_two_epochs(
    real_data: Path, real_weights: Path, tmp_path: Path
) -> None:
    from studio.engine.randomness import seed
    from studio.problems.image_classification import data, learner, results

    stage = Stage(freeze=True, epochs=2, size=32, lr=Rate(max=1e-2))
    made, dataset = guessed(
        real_data / "mnist_tiny", arch="squeezenet1_0", weights=str(real_weights), augment="none"
    )
    dataset = Dataset(dataset.items[::4], dataset.classes)
    seed(1)
    dls = data.dataloaders(dataset, made, stage, 16, real_data / "mnist_tiny")
    trained = learner.build(dls, dataset, made, tmp_path)
    seed(1)
    trained.freeze()
    with trained.no_bar(), trained.no_logging():
        trained.fit_one_cycle(2, slice(1e-2))
    found = results.evaluate(trained, dataset, made)
    assert found.metrics["accuracy"] is not None
    assert found.metrics["accuracy"] > 0.9
    assert [p for p in (real_data / "mnist_tiny").rglob("models")] == []
