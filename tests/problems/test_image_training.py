"""Batches, learner and results are what plain fastai gives for the same recipe."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from fastai.vision.all import Normalize, Resize
from PIL import Image

from studio.errors import UserError
from studio.problems.base import Dataset
from studio.problems.image_classification import data, learner, results
from studio.problems.image_classification.items import collect
from studio.problems.vision.sparing import spares_of
from studio.project.results import ItemResult
from studio.recipe.schema import Rate, Recipe, Stage
from tests.problems.pictures import STAGES, photo, photos, recipe

Built = tuple[Any, Dataset, Recipe]


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """Loaders, dataset and recipe of ten photos in two classes."""
    made = recipe(photos(tmp_path / "data", {"a": 6, "b": 6}), augment="none")
    dataset = collect(made, tmp_path / "data")
    return data.dataloaders(dataset, made, STAGES[0], 4, tmp_path / "data"), dataset, made


def test_batches_are_normalised_photos_and_class_numbers(built: Built) -> None:
    dls, dataset, _ = built
    pictures, classes = dls.train.one_batch()
    assert tuple(pictures.shape) == (4, 3, 32, 32)
    assert pictures.dtype == torch.float32
    assert tuple(classes.shape) == (4,)
    assert tuple(dls.vocab) == dataset.classes
    assert (dls.train.shuffle, dls.train.drop_last, dls.valid.shuffle, dls.valid.drop_last) == (
        True,
        True,
        False,
        False,
    )
    assert dls.train.fake_l.num_workers == 0
    assert [type(f) for f in dls.after_batch.fs if isinstance(f, Normalize)] == [Normalize]
    assert [Path(i.photo).name for i in dls.valid_ds.items] == [Path(i.key).name for i in dataset.valid()]


def test_pixels_are_those_of_the_file(built: Built, tmp_path: Path) -> None:
    dls, dataset, _ = built
    pictures, classes = next(iter(dls.valid))
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    pixels = pictures[0].numpy().transpose(1, 2, 0) * std + mean
    stored = np.asarray(Image.open(tmp_path / "data" / dataset.valid()[0].key)) / 255
    assert np.abs(pixels - stored).max() < 1e-5
    assert dls.vocab[int(classes[0])] == dataset.valid()[0].target


@pytest.mark.parametrize("resize", ["crop", "squish", "pad"])
@pytest.mark.parametrize("augment", ["light", "standard", "strong"])
def test_every_level_and_fit_gives_square_batches(tmp_path: Path, augment: str, resize: str) -> None:
    for name in ("a/1", "a/2", "b/1", "b/2", "b/3"):
        photo(tmp_path / f"{name}.png", (40, 28))
    made = recipe(tmp_path, augment=augment, resize=resize)
    dls = data.dataloaders(collect(made, tmp_path), made, STAGES[0], 2, tmp_path)
    assert tuple(dls.train.one_batch()[0].shape) == (2, 3, 32, 32)
    assert isinstance(next(f for f in dls.after_item.fs if isinstance(f, Resize)), Resize)


def test_the_batch_is_lowered_to_what_there_is(tmp_path: Path) -> None:
    made = recipe(photos(tmp_path, {"a": 4, "b": 3}))
    dls = data.dataloaders(collect(made, tmp_path), made, STAGES[0], 64, tmp_path)
    assert (dls.train.bs, len(dls.train)) == (5, 1)


def test_a_batch_of_one_is_refused(tmp_path: Path) -> None:
    made = recipe(photos(tmp_path, {"a": 4, "b": 3}))
    with pytest.raises(UserError, match="batch of 1 is too small"):
        data.dataloaders(collect(made, tmp_path), made, STAGES[0], 1, tmp_path)


@pytest.mark.parametrize(
    ("options", "size", "words"),
    [
        ({"arch": "resnet35"}, 32, "no network called “resnet35”"),
        ({"arch": "vgg16_bn"}, 24, "cannot see pictures of 24"),
    ],
)
def test_a_wrong_network_or_size_is_refused(
    tmp_path: Path, options: dict[str, str], size: int, words: str
) -> None:
    made = recipe(photos(tmp_path, {"a": 4, "b": 3}), **options)
    stage = Stage(freeze=False, epochs=1, size=size, lr=Rate(max=1e-3))
    with pytest.raises(UserError, match=words):
        data.dataloaders(collect(made, tmp_path), made, stage, 2, tmp_path)


def test_one_class_is_refused(tmp_path: Path) -> None:
    made = recipe(photos(tmp_path, {"a": 4}))
    with pytest.raises(UserError, match="only one class"):
        data.dataloaders(collect(made, tmp_path), made, STAGES[0], 2, tmp_path)


def test_a_photo_that_breaks_after_the_check_is_replaced_and_named(
    built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dls, dataset, made = built
    victim = dataset.train()[-1].key
    (tmp_path / "data" / victim).write_bytes(b"gone bad")
    assert [len(batch[0]) for _ in range(3) for batch in dls.train] == [4] * 6
    assert [name for name, _ in spares_of(dls.train).names()] == [victim]
    (tmp_path / "data" / dataset.train()[0].key).unlink()
    with pytest.raises(UserError, match="is not there any more"):
        data.dataloaders(dataset, made, STAGES[0], 4, tmp_path / "data")
    assert capsys.readouterr().out == ""


def test_the_preview_is_the_batch_made_visible(built: Built) -> None:
    dls, dataset, _ = built
    samples = data.preview(dls)
    assert len(samples) == 4
    assert {s.label for s in samples} <= set(dataset.classes)
    assert Image.open(io.BytesIO(samples[0].picture)).size == (32, 32)
    stored = {np.asarray(dls.train_ds[n][0]).tobytes() for n in range(len(dls.train_ds))}
    assert all(np.asarray(Image.open(io.BytesIO(s.picture))).tobytes() in stored for s in samples)


class TestLearner:
    def test_it_trains_and_writes_where_it_is_told(self, built: Built, tmp_path: Path) -> None:
        dls, dataset, made = built
        built_learner = learner.build(dls, dataset, made, tmp_path / "run")
        assert built_learner.path == tmp_path / "run"
        with built_learner.no_bar(), built_learner.no_logging():
            built_learner.fit_one_cycle(1, 1e-3)
        assert learner.metric_names() == ("accuracy", "error_rate")
        assert tuple(built_learner.recorder.metric_names[3:5]) == learner.metric_names()
        assert sorted(p.name for p in tmp_path.iterdir()) == ["data"]

    def test_nothing_is_frozen_and_dropout_is_the_options(self, built: Built, tmp_path: Path) -> None:
        dls, dataset, made = built
        made = recipe(Path(made.data.root), dropout=0.25)
        model = learner.build(dls, dataset, made, tmp_path).model
        assert all(p.requires_grad for p in model.parameters())
        assert [m.p for m in model[1].modules() if isinstance(m, torch.nn.Dropout)] == [0.125, 0.25]


class TestResults:
    def test_every_item_is_answered_in_its_own_name(self, built: Built, tmp_path: Path) -> None:
        dls, dataset, made = built
        trained = learner.build(dls, dataset, made, tmp_path)
        told: list[tuple[int, int]] = []
        found = results.evaluate(trained, dataset, made, lambda text, done, total: told.append((done, total)))
        assert {i.key: (i.valid, i.target) for i in found.items} == {
            i.key: (i.valid, i.target) for i in dataset.items
        }
        assert [i.loss for i in found.items] == sorted((i.loss for i in found.items), reverse=True)  # type: ignore[type-var]
        assert sum(map(sum, found.confusion)) == len(dataset.valid())
        assert told[-1] == (12, 12)
        assert all(abs(sum(i.scores) - 1) < 1e-5 for i in found.items)

    def test_figures_are_fastais_own(self, built: Built, tmp_path: Path) -> None:
        dls, dataset, made = built
        trained = learner.build(dls, dataset, made, tmp_path)
        found = results.evaluate(trained, dataset, made)
        with trained.no_bar(), trained.no_logging():
            loss, accuracy, error = trained.validate()
        assert found.metrics["valid_loss"] == pytest.approx(loss, rel=1e-4)
        assert found.metrics["accuracy"] == pytest.approx(accuracy)
        assert found.metrics["error_rate"] == pytest.approx(error)

    def test_it_can_be_cancelled(self, built: Built, tmp_path: Path) -> None:
        dls, dataset, made = built

        def stop(text: str, done: int, total: int) -> None:
            raise InterruptedError

        with pytest.raises(InterruptedError):
            results.evaluate(learner.build(dls, dataset, made, tmp_path), dataset, made, stop)

    def test_a_loss_that_is_no_number_comes_last(self) -> None:
        items = [ItemResult(k, True, "a", "a", loss) for k, loss in (("x", None), ("y", 0.1), ("z", 2.0))]
        assert [i.key for i in results.worst_first(items)] == ["z", "y", "x"]

    def test_class_scores_by_hand(self) -> None:
        pairs = [("a", "a"), ("a", "a"), ("a", "b"), ("b", "a"), ("c", "b")]
        items = [ItemResult(str(n), True, t, p, 0.0) for n, (t, p) in enumerate(pairs)]
        confusion = results.confusion_of(items, "abcd")
        assert confusion.tolist() == [[2, 1, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
        a, b, c, d = results.class_scores(confusion, "abcd")
        assert (a.items, a.precision, a.recall, a.f1) == (3, 2 / 3, 2 / 3, 2 / 3)
        assert (b.precision, b.recall, b.f1) == (0.0, 0.0, 0.0)
        assert (c.items, c.precision, c.recall) == (1, None, 0.0)
        assert (d.items, d.precision, d.recall, d.f1) == (0, None, None, None)

    def test_many_classes_take_little_memory(self) -> None:
        names = [f"{n:04d}" for n in range(1000)]
        items = [ItemResult(str(n), True, names[n % 1000], names[0], 0.0) for n in range(5000)]
        assert results.confusion_of(items, names).nbytes == 8_000_000
