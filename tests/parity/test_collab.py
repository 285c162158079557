"""The exported script of a run on ratings has the same loss in every batch, to the last bit, and the same metrics."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.engine.building import exactly
from studio.engine.control import Control
from studio.engine.messages import Batches
from studio.engine.session import Session
from studio.project import Project
from tests.parity.told import told_in
from tests.problems.ratings_made import recipe, write_ratings


@pytest.mark.parametrize("kind", ["dot", "neural"])
def test_the_script_repeats_the_run(kind: str, tmp_path: Path) -> None:
    write_ratings(tmp_path / "data")
    given = recipe(tmp_path / "data", epochs=2, kind=kind, metrics=["r2", "rmse", "max_error"])
    with Project.create(tmp_path / "films.thaw", exactly(given)) as project:
        session = Session(project, lambda event: None, Control())
        session.estimate()  # looking ahead must not change the run
        done = session.train()
        smooth = [loss for e in project.run(done.run).events() if isinstance(e, Batches) for loss in e.smooth]
        script = Path(session.export(done.run, "script", str(tmp_path / "script")).path)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    losses = tmp_path / "losses.txt"
    said = subprocess.run(
        [sys.executable, str(script), "--losses", str(losses)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert [float(line) for line in losses.read_text().split()] == smooth
    told = told_in(said)
    assert list(told) == ["valid_loss", "mse", "r2", "rmse", "max_error"]
    assert told == pytest.approx(done.metrics, rel=1e-6)
