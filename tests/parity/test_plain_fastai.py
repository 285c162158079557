"""A run of the studio and a plain fastai script of it have the same loss in every batch, to the last bit."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine import device
from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.session import Session
from studio.project import Project
from studio.recipe import schema
from tests.parity import plain_fastai as plain

SEED = 11


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes of noisy stripes in folders for training and validation, no two sizes alike."""
    root, rng = tmp_path_factory.mktemp("photos"), np.random.default_rng(0)
    for part, count in (("train", 11), ("valid", 4)):
        for slope, name in enumerate(("level", "rising", "steep")):
            (root / part / name).mkdir(parents=True)
            for number in range(count):
                height, width = rng.integers(34, 60, 2)
                y, x = np.mgrid[:height, :width]
                stripes = np.sin((x * slope + y) / 3)[..., None] * 80 + 128
                noisy = np.clip(stripes + rng.normal(0, 20, (height, width, 3)), 0, 255)
                Image.fromarray(noisy.astype(np.uint8)).save(root / part / name / f"{number:02d}.png")
    return root


def studio_run(data: Path, stages: list[plain.Stage], folder: Path) -> tuple[list[float], list[list[float]]]:
    """Losses of every batch, and of every epoch what fastai's recorder has."""
    recipe = schema.Recipe(
        problem="image_classification",
        name="parity",
        data=schema.Data(root=str(data), split=schema.Split(kind="folders", train="train", valid="valid")),
        training=schema.Training(stages=tuple(map(stage_of, stages)), exact=True),
        options={"arch": "resnet18", "weights": "none"},
        seed=SEED,
    )
    events: list[m.Event] = []
    with Project.create(folder / "parity.thaw", recipe) as project:
        session = Session(project, events.append, Control())
        session.estimate()  # looking ahead must not change the run
        assert session.train().status == "finished"
    batches = [loss for e in events if isinstance(e, m.Batches) for loss in e.losses]
    done = [e for e in events if isinstance(e, m.EpochDone)]
    return batches, [[e.train_loss, e.valid_loss, *e.metrics.values()] for e in done]


def stage_of(stage: plain.Stage) -> schema.Stage:
    rate = schema.Rate(min=stage.rate.start, max=stage.rate.stop)
    return schema.Stage(
        freeze=stage.freeze, epochs=stage.epochs, size=stage.size, batch_size=stage.batch, lr=rate
    )


def compare(data: Path, stages: list[plain.Stage], folder: Path, batches: int) -> None:
    ours, epochs = studio_run(data, stages, folder)
    device.prepare()
    theirs = plain.train(data, stages, SEED, folder)
    assert len(ours) == batches
    assert ours == theirs.batches
    assert epochs == theirs.epochs


def test_frozen_then_thawed_on_two_sizes(photos: Path, tmp_path: Path) -> None:
    stages = [plain.Stage(True, 2, 32, 8, slice(3e-3)), plain.Stage(False, 1, 40, 4, slice(1e-5, 1e-3))]
    compare(photos, stages, tmp_path, 2 * 4 + 8)


@pytest.mark.realdata
def test_real_handwritten_digits(real_data: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(real_data / "mnist_tiny", tmp_path / "mnist_tiny"))
    compare(data, [plain.Stage(False, 1, 28, 64, slice(3e-3))], tmp_path, 11)
