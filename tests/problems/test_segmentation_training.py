"""Batches, loss and scores without void, results with pictures, and a bundle that answers with a mask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # noqa: F401 - loaded before torch, so that both find their own threads
import pytest
import torch
from PIL import Image

from studio.engine.control import Control
from studio.engine.session import Session
from studio.problems.segmentation import data, learner, metrics, results
from studio.problems.segmentation.codes import codes_of
from studio.problems.segmentation.items import collect, options_of
from studio.problems.segmentation.options import METRICS
from studio.problems.segmentation.result_figures import baseline
from studio.problems.segmentation.serving import plain_copy
from studio.project import Project
from studio.project.results import Grid, Pictures
from studio.recipe.schema import Recipe, Stage
from tests.problems.masks_made import STAGES, pairs, recipe


def batches(root: Path, made: Recipe, stage: Stage = STAGES[0]) -> Any:
    return data.dataloaders(collect(made, root), made, stage, 4, root)


def opened(path: Path) -> tuple[np.ndarray, str]:
    """A picture's numbers as stored, and its mode."""
    with Image.open(path) as image:
        return np.array(image), image.mode


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Recipe, Path]:
    root = pairs(tmp_path_factory.mktemp("masks") / "d", 8)
    made = recipe(root)
    dls = batches(root, made)
    return learner.build(dls, collect(made, root), made, root.parent), made, root


def test_a_batch_keeps_the_photos_proportions_and_class_numbers(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d", 8, mode="P")
    photos, masks = batches(root, recipe(root, augment="strong")).one_batch()
    assert photos.shape == (4, 3, 32, 45)
    assert masks.shape == (4, 32, 45)
    assert masks.dtype == torch.int64
    assert set(masks.unique().tolist()) <= {0, 1, 2, 3}


def test_augmentation_moves_mask_and_photo_together(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d", 8)
    dls = batches(root, recipe(root, augment="standard"))
    photos, masks = dls.one_batch()
    seen = data.photos_of(dls, photos).astype(float)  # the disc is red, whatever moved it
    red = seen[..., 0] - seen[..., 2]
    disc = masks.numpy() == 1
    assert red[disc].mean() > 60 > red[masks.numpy() == 0].mean()


def test_the_preview_draws_the_mask(tmp_path: Path) -> None:
    root = pairs(tmp_path / "d", 8)
    samples = data.preview(batches(root, recipe(root)))
    assert len(samples) == 4
    assert samples[0].picture.startswith(b"\x89PNG")
    assert "sky" in samples[0].label
    assert "void" not in samples[0].label


def test_void_counts_for_nothing(built: tuple[Any, Recipe, Path]) -> None:
    learn, made, root = built
    codes = codes_of(root, options_of(made))
    scores = torch.randn(2, 4, 5, 6)
    truth = torch.randint(0, 3, (2, 5, 6))
    truth[:, 0] = 3
    loss = learn.loss_func(scores, truth)
    changed = scores.clone()
    changed[:, :, 0] += torch.randn(4, 6)
    assert torch.equal(loss, learn.loss_func(changed, truth))
    scores[:, 3] = 100.0
    said = metrics.answers(scores, codes.void)
    assert said.max() < 3
    assert metrics.count(truth, said, 4, codes.ignored).sum() == 2 * 4 * 6


def test_figures_by_hand() -> None:
    counts = np.array([[6, 2, 0], [1, 3, 0], [0, 0, 0]])
    found = metrics.figures(counts)
    assert found["foreground_acc"] == pytest.approx(9 / 12)
    assert found["iou"] == pytest.approx((6 / 9 + 3 / 6) / 2)
    assert found["dice"] == pytest.approx((12 / 15 + 6 / 9) / 2)
    assert metrics.figures(np.zeros((2, 2), dtype=int)) == dict.fromkeys(METRICS)


def test_the_most_common_answer_is_judged_too() -> None:
    valid = np.array([[5, 0], [5, 10]])
    train = np.array([[1, 0], [0, 9]])
    assert baseline(valid, train) == (1, 0.75, 0.375)


def test_results_agree_with_fastais_own_validation(built: tuple[Any, Recipe, Path], tmp_path: Path) -> None:
    learn, made, root = built
    dataset = collect(made, root)
    with learn.no_bar(), learn.no_logging():
        values = learn.validate()
    found = results.evaluate(learn, dataset, made, folder=tmp_path)
    judged = [found.metrics[name] for name in ("valid_loss", "foreground_acc", "dice", "iou")]
    assert judged[1:] == pytest.approx(values[1:], abs=1e-9)
    assert judged[0] == pytest.approx(values[0], rel=0.02)  # fastai weighs pixels, this photos
    assert len(found.items) == 8
    assert found.classes == tuple(one.name for one in found.per_class) == ("sky", "disc", "bar")
    grid, confused = (f for f in found.figures if isinstance(f, Grid))
    assert sum(float(row[1]) for row in grid.rows) == pytest.approx(100, abs=0.05)  # type: ignore[arg-type]
    wrong = sum(float(row[3]) for row in confused.rows)  # type: ignore[arg-type]
    assert wrong == pytest.approx(100 * (1 - found.metrics["foreground_acc"]), abs=0.1)  # type: ignore[operator]
    assert [row[0] for row in grid.rows if row[0] == "void"] == []
    assert "Always answering" in grid.sentence
    files = [name for f in found.figures if isinstance(f, Pictures) for name in f.files]
    assert files and all(opened(tmp_path / name)[0].shape[0] >= 240 for name in files)


def test_no_batch_stays_in_memory(built: tuple[Any, Recipe, Path]) -> None:
    learn, _, _ = built
    learn.model.eval()(torch.zeros(1, 3, 32, 45))
    assert all(hook.stored is not None for hook in learn.model.sfs)
    copied = plain_copy(learn.model)
    assert all(hook.stored is None for hook in learn.model.sfs)
    with torch.no_grad():
        ours, theirs = learn.model(torch.ones(1, 3, 32, 45)), copied(torch.ones(1, 3, 32, 45))
    assert torch.allclose(torch.Tensor(ours), theirs, atol=1e-5)
    assert all(hook.stored is not None for hook in copied.sfs)  # the copy has hooks of its own
    assert copied.sfs[0].stored is not learn.model.sfs[0].stored


def test_a_run_is_exported_and_answers_with_a_mask(tmp_path: Path) -> None:
    from studio.exports.bundle import Bundle

    root = pairs(tmp_path / "d", 12, mode="P")
    with Project.create(tmp_path / "scenes.thaw", recipe(root)) as project:
        session = Session(project, lambda event: None, Control())
        assert session.train().status == "finished"
        session.evaluate(1)
        exported = session.export(1, "onnx", str(tmp_path / "bundle"))
        by_run = session.predict(1, [str(root / "images" / "03.png")])
    assert exported.proof is not None
    assert exported.proof.agreement == 1.0
    assert "100 % of all pixels" in exported.proof.sentence
    bundle = Bundle.open(Path(exported.path))
    (one,), _ = bundle.predict([root / "images" / "03.png"], folder=tmp_path / "out")
    assert one.answer == by_run.predictions[0].answer
    assert sum(share for _, share in one.scores) == pytest.approx(1.0)
    assert "void" not in dict(one.scores)
    codes, mode = opened(tmp_path / "out" / "03_mask.png")
    assert (mode, codes.shape) == ("P", (40, 56))
    assert codes.max() < 3
    assert (tmp_path / "scenes.thaw" / "predictions" / "03_mask.png").is_file()
    assert "out/03_mask.png" in one.note
