"""The exported script of a run on texts has the same loss in every batch, in the language model and the classifier."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from studio.engine.control import Control
from studio.engine.messages import Batches
from studio.engine.session import Session
from studio.project import Project
from tests.problems.texts_made import STAGES, recipe, write_texts


def test_the_script_repeats_both_parts(tmp_path: Path) -> None:
    root = write_texts(tmp_path / "data", 40, unlabelled=4)
    with Project.create(tmp_path / "reviews.thaw", recipe(root, (STAGES[0], *STAGES[2:3]))) as project:
        session = Session(project, lambda event: None, Control())
        done = session.train()
        smooth = [loss for e in project.run(done.run).events() if isinstance(e, Batches) for loss in e.smooth]
        script = Path(session.export(done.run, "script", str(tmp_path / "script")).path)
    losses = tmp_path / "losses.txt"
    subprocess.run(
        [sys.executable, str(script), "--losses", str(losses)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
        check=True,
        capture_output=True,
    )
    assert [float(line) for line in losses.read_text().split()] == smooth
