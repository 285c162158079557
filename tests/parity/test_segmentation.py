"""The exported script of a run on masks has the same loss in every batch, to the last bit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from studio.engine.building import exactly
from studio.engine.control import Control
from studio.engine.messages import Batches
from studio.engine.session import Session
from studio.project import Project
from studio.recipe.schema import Rate, Stage
from tests.parity.told import told_in
from tests.problems.masks_made import pairs, recipe, save_mask

STAGES = (
    Stage(freeze=True, epochs=1, size=32, batch_size=4, lr=Rate(max=1e-3)),
    Stage(freeze=False, epochs=1, size=40, batch_size=3, lr=Rate(min=1e-5, max=1e-3)),
)


def encoder_file(path: Path) -> str:
    """Weights of an encoder, as a person may have them."""
    from torchvision.models import resnet18

    torch.manual_seed(5)
    torch.save(resnet18(weights=None).state_dict(), path)
    return str(path)


@pytest.mark.parametrize(
    "kind", ["remapped", *(pytest.param(one, marks=pytest.mark.slow) for one in ("void", "focal", "dice"))]
)
def test_the_script_repeats_the_run(kind: str, tmp_path: Path) -> None:
    root = pairs(tmp_path / "data", 12, mode="P")
    options = {"weights": encoder_file(tmp_path / "encoder.pth")}
    if kind in ("focal", "dice"):
        options["loss"] = kind
    if kind == "remapped":
        for path in (root / "labels").iterdir():
            values = np.asarray(Image.open(path))
            save_mask(path, np.where(values == 3, 9, np.where(values == 1, 255, 0)).astype(np.uint8))
        options = {
            "codes": "",
            "classes": "rest, disc",
            "void": "",
            "remap": "255:1, 9:ignore",
            "resize": "pad",
            "loss": "both",
        }
    chosen = ["foreground_acc", "balanced_accuracy", "matthews_corrcoef", "jaccard_weighted"]
    given = recipe(root, stages=STAGES, metrics=chosen, **options)
    with Project.create(tmp_path / "scenes.thaw", exactly(given)) as project:
        session = Session(project, lambda event: None, Control())
        session.estimate()  # looking ahead must not change the run
        done = session.train()
        losses = [loss for e in project.run(done.run).events() if isinstance(e, Batches) for loss in e.losses]
        script = Path(session.export(done.run, "script", str(tmp_path / "script")).path)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    written = tmp_path / "losses.txt"
    said = subprocess.run(
        [sys.executable, str(script), "--losses", str(written)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert len(losses) == 2 + 3
    assert [float(line) for line in written.read_text().split()] == losses
    told = told_in(said)
    assert list(told) == ["valid_loss", "iou", *chosen]
    assert told == pytest.approx(done.metrics, rel=1e-5)
