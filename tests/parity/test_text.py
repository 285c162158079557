"""The exported script of a run on texts has the same loss in every batch, in both parts and with any loss."""

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
from studio.recipe.schema import Stage
from tests.parity.told import told_in
from tests.problems.texts_made import STAGES, recipe, write_texts

CHOSEN = ["f1_macro", "roc_auc", "top_3_token_accuracy"]


@pytest.mark.parametrize(
    ("stages", "options"),
    [((STAGES[0], STAGES[2]), {}), ((STAGES[1],), {"loss": "focal", "class_weights": "balanced"})],
    ids=["both parts", "another loss"],
)
def test_the_script_repeats(tmp_path: Path, stages: tuple[Stage, ...], options: dict[str, str]) -> None:
    root = write_texts(tmp_path / "data", 40, unlabelled=4)
    with Project.create(
        tmp_path / "reviews.thaw", exactly(recipe(root, stages, metrics=CHOSEN, **options))
    ) as project:
        session = Session(project, lambda event: None, Control())
        done = session.train()
        smooth = [loss for e in project.run(done.run).events() if isinstance(e, Batches) for loss in e.smooth]
        script = Path(session.export(done.run, "script", str(tmp_path / "script")).path)
    losses = tmp_path / "losses.txt"
    said = subprocess.run(
        [sys.executable, str(script), "--losses", str(losses)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert [float(line) for line in losses.read_text().split()] == smooth
    told = told_in(said)
    assert list(told) == ["valid_loss", "accuracy", "f1_macro", "roc_auc"]
    assert told == pytest.approx(done.metrics, rel=1e-5)
