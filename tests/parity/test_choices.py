"""A script of a run with its own schedules and its best epoch kept, or on everything: the same losses and weights."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from studio.engine import outcome
from studio.engine.control import Control
from studio.engine.messages import Batches, EpochDone
from studio.engine.session import Session
from studio.project import Project
from studio.recipe.schema import Rate, Split, Stage, Training
from tests.problems.tables_made import recipe, write_table

STAGES = (
    Stage(freeze=False, epochs=4, lr=Rate(max=3e-2), batch_size=32, schedule="constant"),
    Stage(freeze=False, epochs=4, lr=Rate(max=2e-2), batch_size=32, schedule="flat_cosine"),
)


@pytest.fixture
def project(tmp_path: Path) -> Any:
    """Two stages that overshoot, of which the best epoch is kept and which end early."""
    write_table(tmp_path / "data", 240)
    plan = Training(stages=STAGES, keep_best=True, early_stopping=3, monitor="valid_loss", exact=True)
    given = recipe(tmp_path / "data", split=Split(kind="stratified"), target="kept")
    with Project.create(tmp_path / "sales.thaw", msgspec.structs.replace(given, training=plan)) as made:
        yield made


def script_run(script: Path) -> tuple[list[float], dict[str, torch.Tensor]]:
    """Run a script; return its losses and weights."""
    losses, weights = script.with_name("losses.txt"), script.with_name("w.pth")
    command = [sys.executable, str(script), "--losses", str(losses), "--weights", str(weights)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [float(line) for line in losses.read_text().split()], torch.load(weights, weights_only=True)


def test_the_script_repeats_choices_and_a_run_on_everything(project: Project, tmp_path: Path) -> None:
    session = Session(project, lambda event: None, Control())
    for what in ({}, {"everything": 1}):
        done = session.train(**what)
        events = list(project.run(done.run).events())
        smooth = [loss for e in events if isinstance(e, Batches) for loss in e.smooth]
        script = Path(session.export(done.run, "script", str(tmp_path / f"script{done.run}")).path)
        losses, weights = script_run(script)
        assert losses == smooth
        ours = outcome.read_model(project.run(done.run).model_path)
        assert all(torch.equal(ours[f"model.{name}"], tensor) for name, tensor in weights.items())
    first = [e for e in project.run(1).events() if isinstance(e, EpochDone)]
    model = project.run(1).record().model
    assert (
        model is not None and model.step < first[-1].step
    )  # or the best epoch is the last and shows nothing
