"""The ONNX bundle agrees with the model, tells nothing about its maker, and is replaced only when proven."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from studio.errors import UserError
from studio.exports import onnx as onnx_export
from studio.exports.bundle import Bundle
from studio.problems.image_classification import serving as classification_serving
from tests.exports.photos import Trained, learner_of


def everything_in(folder: Path) -> dict[str, str]:
    """Names and sums of all files."""
    return {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()
    }


@pytest.fixture(scope="module")
def bundle_folder(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out") / "bundle"
    assert trained.write(onnx_export, folder).path == str(folder)
    return folder


def test_every_score_is_that_of_the_learner(trained: Trained, bundle_folder: Path) -> None:
    expected = trained.learner.get_preds(dl=trained.learner.dls.valid)[0].numpy()
    predictions, latency_ms = Bundle.open(bundle_folder).predict(
        [trained.root / i.key for i in trained.dataset.valid()]
    )
    got = np.array([[dict(p.scores)[c] for c in trained.dataset.classes] for p in predictions])
    assert np.abs(got - expected).max() < 1e-5
    assert latency_ms > 0


@pytest.mark.parametrize("method", ["squish", "pad"])
def test_other_ways_to_fit_agree_too(trained: Trained, tmp_path: Path, method: str) -> None:
    learner = learner_of(trained.root, trained.dataset, tmp_path, method)
    serving = classification_serving.serving(learner, trained.dataset, trained.recipe, trained.root)
    described = onnx_export.describe(serving, trained.recipe, trained.run)
    (tmp_path / "model.onnx").write_bytes(onnx_export.with_manifest(onnx_export.graph(serving), described))
    bundle, expected = Bundle.open(tmp_path / "model.onnx"), serving.reference()["scores"]
    for case, scores in zip(serving.cases, expected, strict=True):
        assert np.abs(bundle.outputs(case)[0]["scores"] - scores).max() < 1e-5


def test_the_proof_counts_every_validation_photo(trained: Trained, bundle_folder: Path) -> None:
    proof = json.loads((bundle_folder / "bundle.json").read_text())["proof"]
    assert proof["items"] == len(trained.dataset.valid())
    assert proof["agreement"] == 1.0
    assert proof["largest_difference"] < 1e-5
    assert proof["size_bytes"] == (bundle_folder / "model.onnx").stat().st_size
    assert proof["latency_ms"] > 0


def test_the_bundle_describes_itself(trained: Trained, bundle_folder: Path) -> None:
    said = json.loads((bundle_folder / "bundle.json").read_text())
    assert said["classes"] == ["blue", "green", "red"]
    assert said["input"] == {"width": 32, "height": 32, "resize": "crop", "pad_mode": "reflection"}
    assert said["metrics"] == {"valid_loss": 0.5, "accuracy": 0.75}
    assert (said["problem"], said["name"], said["format"]) == ("image_classification", "Three colours", 1)


def test_the_model_file_alone_is_a_whole_bundle(
    trained: Trained, bundle_folder: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "anything.onnx"
    alone.write_bytes((bundle_folder / "model.onnx").read_bytes())
    predictions, _ = Bundle.open(alone).predict([trained.root / "red"])
    assert len(predictions) == 8
    assert all(p.answer in trained.dataset.classes for p in predictions)


def test_nothing_in_the_bundle_names_this_machine(trained: Trained, bundle_folder: Path) -> None:
    words = (
        str(trained.root.parent.name),
        str(Path(onnx_export.__file__).parents[2]),
        str(Path.home()),
        "site-packages",
    )
    for path in bundle_folder.iterdir():
        for word in words:
            assert word.encode() not in path.read_bytes(), (path.name, word)


def test_exporting_changes_nothing_about_the_learner(trained: Trained, tmp_path: Path) -> None:
    learner = trained.learner
    learner.model.train()
    before = {k: v.clone() for k, v in learner.model.state_dict().items()}
    dls, opt, needs = learner.dls, learner.opt, [p.requires_grad for p in learner.model.parameters()]
    trained.write(onnx_export, tmp_path / "out")
    assert learner.model.training
    assert learner.dls is dls
    assert learner.opt is opt
    assert [p.requires_grad for p in learner.model.parameters()] == needs
    assert all(torch.equal(v, before[k]) for k, v in learner.model.state_dict().items())


def test_nothing_is_printed(trained: Trained, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    trained.write(onnx_export, tmp_path / "out")
    assert capfd.readouterr().out == ""


def test_a_disagreeing_export_is_refused_and_the_old_one_stays(
    trained: Trained, bundle_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything_in(bundle_folder)
    forward = classification_serving.PhotoClassifier.forward
    monkeypatch.setattr(
        classification_serving.PhotoClassifier, "forward", lambda self, x: forward(self, x).flip(1)
    )
    with pytest.raises(UserError, match="does not agree"):
        trained.write(onnx_export, bundle_folder)
    with pytest.raises(UserError, match="does not agree"):
        trained.write(onnx_export, tmp_path / "new" / "place")
    assert everything_in(bundle_folder) == before
    assert list(tmp_path.iterdir()) == []


def test_cancelling_leaves_no_trace(trained: Trained, tmp_path: Path) -> None:
    def cancel(text: str, done: int, total: int) -> None:
        if total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        onnx_export.write(
            trained.learner, trained.dataset, trained.recipe, trained.run, tmp_path / "out", cancel
        )
    assert list(tmp_path.iterdir()) == []


def test_the_other_exporter_follows_where_tracing_fails(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(serving: Any) -> Any:
        raise RuntimeError("no such operator")

    monkeypatch.setattr(onnx_export, "traced", fails)
    serving = classification_serving.serving(trained.learner, trained.dataset, trained.recipe, trained.root)
    graph = onnx_export.graph(serving)
    assert [i.name for i in graph.graph.input] == ["photos"]
    assert b"site-packages" not in graph.SerializeToString()


def test_a_network_that_neither_can_write_is_refused_in_words(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(serving: Any) -> Any:
        raise RuntimeError("no such operator")

    monkeypatch.setattr(onnx_export, "traced", fails)
    monkeypatch.setattr(onnx_export, "captured", fails)
    serving = classification_serving.serving(trained.learner, trained.dataset, trained.recipe, trained.root)
    with pytest.raises(UserError, match="cannot be written as an ONNX graph"):
        onnx_export.graph(serving)


def test_the_data_folder_is_never_written_to(trained: Trained) -> None:
    with pytest.raises(UserError, match="part of the data folder"):
        trained.write(onnx_export, trained.root / "export")
    assert not (trained.root / "export").exists()


def test_a_folder_with_other_files_gets_a_folder_of_its_own(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    exported = trained.write(onnx_export, tmp_path)
    assert Path(exported.path) == tmp_path / "three-colours-onnx"
    assert Bundle.open(tmp_path).manifest.name == "Three colours"
