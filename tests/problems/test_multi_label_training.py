"""Batches, learner, results and bundle of tagged photos: fastai's numbers, one set of thresholds everywhere."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.engine.control import Control
from studio.engine.messages import Event, RunDone
from studio.engine.session import Session
from studio.exports.bundle import Bundle
from studio.problems.base import Dataset, Item
from studio.problems.multi_label import answers, data, learner, results
from studio.problems.multi_label.items import collect
from studio.project import Project
from studio.project.results import Grid
from studio.recipe.new import new_recipe
from studio.recipe.schema import Rate, Recipe, Stage
from tests.exports.test_bundle import isolated
from tests.problems.tagged import STAGES, recipe, tagged_photos

Built = tuple[Any, Dataset, Recipe]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tagged_photos(tmp_path_factory.mktemp("tagged"), 40)


@pytest.fixture
def built(root: Path) -> Built:
    made = recipe(root, augment="none")
    dataset = collect(made, root)
    return data.dataloaders(dataset, made, STAGES[0], 4, root), dataset, made


class TestBatches:
    def test_targets_are_flags_in_the_order_of_the_classes(self, built: Built) -> None:
        dls, dataset, _ = built
        pictures, flags = next(iter(dls.valid))
        assert tuple(pictures.shape) == (4, 3, 32, 32)
        assert tuple(dls.vocab) == dataset.classes
        for row, item in zip(flags.tolist(), dataset.valid(), strict=False):
            assert tuple(np.array(dataset.classes)[np.array(row) > 0]) == item.target
        assert dls.c == len(dataset.classes)

    def test_a_photo_without_tags_and_a_tag_of_one_side_are_batches_too(self, root: Path) -> None:
        keys = [item.key for item in collect(recipe(root), root).items[:5]]
        targets: list[tuple[str, ...]] = [(), ("a",), ("a",), ("b",), ()]
        items = tuple(Item(k, t, at > 2) for at, (k, t) in enumerate(zip(keys, targets, strict=True)))
        dls = data.dataloaders(Dataset(items, ("a", "b")), recipe(root), STAGES[0], 3, root)
        assert sorted(dls.train.one_batch()[1].tolist()) == [[0.0, 0.0], [1.0, 0.0], [1.0, 0.0]]
        assert next(iter(dls.valid))[1].tolist() == [[0.0, 1.0], [0.0, 0.0]]

    def test_the_preview_names_the_tags(self, built: Built) -> None:
        dls, dataset, _ = built
        samples = data.preview(dls)
        known = {", ".join(item.target) for item in dataset.train()}
        assert len(samples) == 4
        assert {sample.label for sample in samples} <= known
        assert Image.open(io.BytesIO(samples[0].picture)).size == (32, 32)


class TestResults:
    def test_figures_are_fastais_own(self, built: Built, tmp_path: Path) -> None:
        dls, dataset, made = built
        trained = learner.build(dls, dataset, made, tmp_path)
        found = results.evaluate(trained, dataset, made)
        with trained.no_bar(), trained.no_logging():
            values = trained.validate()
        for name, value in zip(("valid_loss", *learner.metric_names()), values, strict=True):
            assert found.metrics[name] == pytest.approx(value, rel=1e-4), name
        assert tuple(trained.recorder.metric_names[3:-1]) == learner.metric_names()

    def test_every_item_has_its_tags_its_answer_and_its_loss(self, built: Built, tmp_path: Path) -> None:
        dls, dataset, made = built
        told: list[tuple[int, int]] = []
        trained = learner.build(dls, dataset, made, tmp_path)
        found = results.evaluate(trained, dataset, made, lambda text, done, total: told.append((done, total)))
        assert {i.key: (i.valid, i.target) for i in found.items} == {
            i.key: (i.valid, i.target) for i in dataset.items
        }
        for item in found.items:
            said = [n for n, s, t in zip(found.classes, item.scores, found.thresholds, strict=True) if s >= t]
            assert item.predicted == tuple(said)
        losses = [item.loss for item in found.items]
        assert losses == sorted(losses, reverse=True)  # type: ignore[type-var]
        assert told[-1] == (40, 40)

    def test_counts_of_the_tags_by_hand(self) -> None:
        said = np.array([[1, 1, 0], [1, 0, 0], [1, 0, 0]], dtype=bool)
        true = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0]], dtype=bool)
        a, b, c = results.class_scores(said, true, "abc")
        assert (a.items, a.precision, a.recall, a.f1) == (2, 2 / 3, 1.0, 0.8)
        assert (b.items, b.precision, b.recall, b.f1) == (1, 0.0, 0.0, 0.0)
        assert (c.items, c.precision, c.recall, c.f1) == (0, None, None, None)


@pytest.fixture(scope="module")
def trained(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Session, RunDone]:
    """A project as `thaw new` makes it, trained for a while, evaluated."""
    folder = tmp_path_factory.mktemp("project") / "tagged.thaw"
    from studio.problems.multi_label import PROBLEM

    values = {"arch": "squeezenet1_1", "weights": "none", "augment": "none", "size": "32", "lr": "1e-3"}
    made = new_recipe(PROBLEM, "Tagged", root, folder, {**values, "epochs": "6", "batch_size": "4"})
    told: list[Event] = []
    session = Session(Project.create(folder, made), told.append, Control())
    done = session.train()
    session.evaluate(done.run)
    return session, done


def test_a_run_says_what_the_most_common_tags_alone_are_worth(trained: tuple[Session, RunDone]) -> None:
    session, done = trained
    found = session.project.run(done.run).results()
    assert found is not None
    worth, tags = found.figures
    assert isinstance(worth, Grid)
    assert isinstance(tags, Grid)
    assert worth.rows[-1][0].startswith("Always “")  # type: ignore[union-attr]
    assert [row[0] for row in tags.rows] == list(found.classes)
    assert [row[1] for row in tags.rows] == list(found.thresholds)
    assert done.metrics["fbeta_score"] == pytest.approx(found.metrics["fbeta_score"])


def test_the_bundle_answers_with_the_runs_thresholds_and_without_torch(
    trained: tuple[Session, RunDone], tmp_path: Path
) -> None:
    session, done = trained
    told = session.export(done.run, "onnx", str(tmp_path / "out"))
    assert told.proof is not None
    assert (told.proof.passed, told.proof.items) == (
        True,
        len(session.material.dataset_of(session.project.run(1)).valid()),
    )
    found = session.project.run(done.run).results()
    assert found is not None
    bundle = Bundle.open(tmp_path / "out")
    assert tuple(bundle.manifest.output["thresholds"]) == found.thresholds
    root = session.project.data_root
    files = [root / item.key for item in found.items]
    shipped, _ = bundle.predict(files)
    own = session.predict(done.run, [str(f) for f in files]).predictions
    said = [", ".join(item.predicted) or "none" for item in found.items]
    assert [p.answer for p in shipped] == [p.answer for p in own] == said
    run = isolated(tmp_path / "out", "--json", str(files[0]))
    assert json.loads(run.stdout)["answer"] == said[0], run.stderr


def test_the_learner_in_a_pickle_gives_the_same_scores(
    trained: tuple[Session, RunDone], tmp_path: Path
) -> None:
    session, done = trained
    proof = session.export(done.run, "fastai", str(tmp_path)).proof
    assert proof is not None
    assert proof.passed, proof.sentence


def test_without_results_the_thresholds_are_chosen_when_they_are_needed(
    trained: tuple[Session, RunDone], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, done = trained
    found = session.project.run(done.run).results()
    assert found is not None
    monkeypatch.setattr("studio.project.RunFolder.results", lambda self: None)
    path = str(session.project.data_root / found.items[0].key)
    answer = session.predict(done.run, [path]).predictions[0].answer
    assert answer == (", ".join(found.items[0].predicted) or "none")


def test_relabelled_tags_train_and_can_be_carried_out(root: Path, tmp_path: Path) -> None:
    made = recipe(root)
    with Project.create(tmp_path / "p.thaw", made) as project:
        project.mark(["images/p03.png"], "relabel", ["striped", "plain"])
        project.mark(["images/p05.png"], "relabel", [])
        project.mark(["images/p07.png"], "remove")
        session = Session(project, lambda event: None, Control())
        targets = {item.key: item.target for item in session.material.dataset(project.recipe).items}
        assert targets["images/p03.png"] == ("plain", "striped")
        assert targets["images/p05.png"] == ()
        done = project.apply_marks()
        assert (done.relabelled, done.removed) == (2, 1)
        cleaned = Path(done.table).read_text().splitlines()
        assert "images/p03.png,striped plain" in cleaned
        assert not any(line.startswith("images/p07.png") for line in cleaned)
        kept = {item.key: item.target for item in collect(project.recipe, root).items}
        assert kept["images/p03.png"] == ("plain", "striped")
        project.undo_apply()
        assert collect(project.recipe, root) == collect(made, root)


def test_relabelled_columns_are_written_as_ones_and_zeros(root: Path, tmp_path: Path) -> None:
    data_root = tmp_path / "data"
    data_root.mkdir()
    for name in ("a", "b", "c", "d"):
        Image.new("RGB", (8, 8), (ord(name), 0, 0)).save(data_root / f"{name}.png")
    (data_root / "labels.csv").write_text("file,cat,dog\na,1,0\nb,0,1\nc,1,1\nd,0,0\n")
    with Project.create(tmp_path / "p.thaw", recipe(data_root, labels="one_hot")) as project:
        project.mark(["a.png"], "relabel", ["cat", "dog"])
        project.mark(["c.png"], "relabel", [])
        text = Path(project.apply_marks().table).read_text().splitlines()
    assert text[1:4] == ["a.png,1,1", "b.png,0,1", "c.png,0,0"]


SPEC = {"classes": ["a", "b", "c"], "output": {"thresholds": [0.5, 0.2, 0.9]}}


class TestAnswers:
    def test_they_need_no_torch(self) -> None:
        code = "import sys, studio.problems.multi_label.answers; print(sorted({'torch', 'fastai'} & set(sys.modules)))"
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert run.stdout.strip() == "[]"

    def test_tags_reach_their_own_thresholds(self) -> None:
        answer, ranked = answers.decode({"scores": np.float32([0.4, 0.3, 0.95])}, SPEC)
        assert answer == "b, c"
        assert [name for name, _ in ranked] == ["c", "a", "b"]

    def test_a_photo_may_have_none_of_them(self) -> None:
        assert answers.decode({"scores": np.float32([0.4, 0.1, 0.8])}, SPEC)[0] == "none"

    def test_answers_are_the_same_where_only_a_tie_parts_them(self) -> None:
        def same(got: list[float], expected: list[float]) -> bool:
            pair = ({"scores": np.float32(got)}, {"scores": np.float32(expected)})
            return answers.same(*pair, SPEC, 1e-3)

        assert same([0.4999, 0.1, 0.1], [0.5001, 0.1, 0.1])
        assert not same([0.45, 0.1, 0.1], [0.5, 0.3, 0.1])


@pytest.mark.realdata
@pytest.mark.slow
def test_the_amazon_from_above_is_told_better_than_by_its_most_common_tags(
    real_data: Path, real_weights: Path, tmp_path: Path
) -> None:
    from studio.problems.multi_label import PROBLEM

    values = {"arch": "squeezenet1_0", "weights": str(real_weights), "size": "128,128", "batch_size": "32"}
    made = new_recipe(PROBLEM, "planet", real_data / "planet_sample", tmp_path / "planet.thaw", values)
    with Project.create(tmp_path / "planet.thaw", made) as project:
        session = Session(project, lambda event: None, Control())
        session.evaluate(session.train().run)
        found = project.run(1).results()
    assert found is not None
    worth = found.figures[0]
    assert isinstance(worth, Grid)
    model, crossed, _, common = (float(row[1] or math.nan) for row in worth.rows)
    assert common < 0.72
    assert min(model, crossed) > common + 0.1


def test_the_default_plan_freezes_first() -> None:
    from studio.problems.multi_label.options import Options, stages

    frozen, thawed = stages(Options())
    assert (frozen.freeze, frozen.epochs, thawed.freeze, thawed.epochs) == (True, 3, False, 3)
    assert 128 <= (frozen.size or 0) <= (thawed.size or 0) <= 256
    assert stages(Options(weights="none")) == (Stage(freeze=False, epochs=10, size=128, lr=Rate(max=3e-3)),)
