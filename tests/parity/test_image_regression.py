"""The exported script of a run on points or numbers has the same loss in every batch, to the last bit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from studio.engine.building import exactly
from studio.engine.control import Control
from studio.engine.messages import Batches
from studio.engine.session import Session
from studio.project import Project
from studio.recipe.schema import Rate, Stage
from tests.parity.told import told_in
from tests.problems.spots_made import animals, cells, recipe

STAGES = (
    Stage(freeze=True, epochs=1, size=32, batch_size=4, lr=Rate(max=1e-3)),
    Stage(freeze=False, epochs=1, size=40, batch_size=3, lr=Rate(min=1e-5, max=1e-3)),
)
CASES: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "points": (
        animals,
        "points.csv",
        {"resize": "pad", "augment": "strong", "metrics": ["pck_10", "median_point_error"]},
    ),
    "pooled": (
        animals,
        "points.csv",
        {"head": "pooled", "flip": "on", "augment": "light", "loss": "squared"},
    ),
    "numbers": (cells, "counts.csv", {"loss": "huber", "metrics": ["mae", "explained_variance"]}),
    "unlimited": (cells, "counts.csv", {"y_range": "none", "targets": "discs", "augment": "none"}),
}


def encoder_file(path: Path) -> str:
    """Weights of an encoder, as a person may have them."""
    from torchvision.models import squeezenet1_1

    torch.manual_seed(5)
    torch.save(squeezenet1_1(weights=None).state_dict(), path)
    return str(path)


@pytest.mark.parametrize(
    "case",
    ["points", "numbers", *(pytest.param(one, marks=pytest.mark.slow) for one in ("pooled", "unlimited"))],
)
def test_the_script_repeats_the_run(case: str, tmp_path: Path) -> None:
    make, table, options = CASES[case]
    root = make(tmp_path / "data")
    given = recipe(root, table, stages=STAGES, weights=encoder_file(tmp_path / "encoder.pth"), **options)
    with Project.create(tmp_path / "spots.thaw", exactly(given)) as project:
        session = Session(project, lambda event: None, Control())
        session.estimate()  # looking ahead must not change the run
        done = session.train()
        losses = [loss for e in project.run(done.run).events() if isinstance(e, Batches) for loss in e.losses]
        script = Path(session.export(done.run, "script", str(tmp_path / "script")).path)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    written = tmp_path / "losses.txt"
    told = subprocess.run(
        [sys.executable, str(script), "--losses", str(written)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert len(losses) == 2 + 3
    assert [float(line) for line in written.read_text().split()] == losses
    assert told_in(told.stdout) == pytest.approx(done.metrics, rel=1e-5)
