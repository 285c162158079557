"""The exported script of a run on rows has the same loss in every batch, to the last bit, and the same metrics."""

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
from studio.recipe.schema import Split
from tests.parity.told import told_in
from tests.problems.tables_made import recipe, write_table

CHOSEN = {
    "price": ["mape", "median_absolute_error", "explained_variance"],
    "kept": ["f1_macro", "roc_auc", "matthews_corrcoef", "log_loss", "top_3_accuracy"],
}


@pytest.mark.parametrize(("target", "kind"), [("price", "random"), ("kept", "stratified")])
def test_the_script_repeats_the_run(target: str, kind: str, tmp_path: Path) -> None:
    write_table(tmp_path / "data", 300)
    given = recipe(
        tmp_path / "data",
        epochs=2,
        split=Split(kind=kind),
        target=target,
        dropout=0.1,
        metrics=CHOSEN[target],
    )
    with Project.create(tmp_path / "sales.thaw", exactly(given)) as project:
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
    assert list(told)[1] == {"price": "rmse", "kept": "accuracy"}[target]
    assert set(CHOSEN[target]) <= told.keys() and told == pytest.approx(done.metrics, rel=1e-6)
