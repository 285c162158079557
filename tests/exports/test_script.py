"""The exported script gives the same losses as the studio, batch for batch, and needs no studio to do so."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from studio.engine.control import Control
from studio.engine.messages import Batches, Event, Exported, RunDone
from studio.engine.session import Session
from studio.errors import UserError
from studio.exports import script
from studio.exports.bundle import Bundle
from studio.project import Project
from studio.recipe.schema import Recipe
from tests.exports.photos import Trained, recipe_of


def script_losses(path: Path, folder: Path) -> list[float]:
    """Run a script where the studio cannot be imported; return the loss of every batch."""
    wall = folder / "wall"
    (wall / "studio").mkdir(parents=True)
    (wall / "studio" / "__init__.py").write_text("raise ImportError('a script may not need the studio')")
    losses = folder / "losses.txt"
    command = [sys.executable, str(path), "--losses", str(losses), "--weights", str(folder / "w.pth")]
    environment = {**os.environ, "PYTHONPATH": str(wall), "OMP_NUM_THREADS": "1"}
    run = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)
    assert run.returncode == 0, run.stderr
    assert (folder / "w.pth").exists()
    return [float(line) for line in losses.read_text().split()]


def session_of(folder: Path, recipe: Recipe, events: list[Event]) -> Session:
    return Session(Project.create(folder, recipe), events.append, Control())


def losses_of(events: Sequence[Event]) -> list[float]:
    return [loss for e in events if isinstance(e, Batches) for loss in e.losses if loss is not None]


def test_the_script_trains_as_the_studio_does_and_the_run_ships_in_every_format(
    photos: Path, tmp_path: Path
) -> None:
    """One real run, cleaned, exported three times."""
    events: list[Event] = []
    recipe = recipe_of(
        photos, arch="mobilenet_v3_small", resize="pad", dropout=0.25, class_weights="balanced", loss="focal"
    )
    session = session_of(tmp_path / "colours.thaw", recipe, events)
    session.project.journal.mark(["red/00.png", "red/01.png"], "remove")
    session.project.journal.mark(["blue/03.png"], "relabel", "green")
    assert session.train().status == "finished"

    exported = session.export(1, "script", str(tmp_path / "out"))
    rows = (tmp_path / "out" / "three-colours.csv").read_text()
    assert "red/00.png" not in rows
    assert "blue/03.png,green" in rows
    studio = losses_of(events)
    assert len(studio) > 6
    assert script_losses(Path(exported.path), tmp_path) == pytest.approx(studio, abs=0, rel=0)

    for format in ("onnx", "fastai"):
        told = session.export(1, format, str(tmp_path / format))
        assert isinstance(told, Exported)
        assert told.proof is not None
        assert told.proof.passed, told.proof.sentence
    files = [photos / i.key for i in session.material.dataset_of(session.project.run(1)).valid()]
    shipped, _ = Bundle.open(tmp_path / "onnx").predict(files)
    own = session.predict(1, [str(f) for f in files]).predictions
    assert [p.answer for p in shipped] == [p.answer for p in own]
    assert str(photos.parent.name).encode() not in (tmp_path / "fastai" / "three-colours.pkl").read_bytes()
    session.project.close()


@pytest.mark.realdata
@pytest.mark.slow
def test_a_script_with_a_weights_file_trains_as_the_studio_does(
    real_data: Path, real_weights: Path, tmp_path: Path
) -> None:
    events: list[Event] = []
    recipe = recipe_of(real_data / "hymenoptera", arch="squeezenet1_0", weights=str(real_weights))
    session = session_of(tmp_path / "ants.thaw", recipe, events)
    assert session.train().status == "finished"
    exported = session.export(1, "script", str(tmp_path / "out"))
    assert script_losses(Path(exported.path), tmp_path) == losses_of(events)
    assert [e for e in events if isinstance(e, RunDone)]
    session.project.close()


def test_a_run_without_a_record_cannot_become_a_script(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trained.run, "events", lambda: iter(()))
    with pytest.raises(UserError, match="kept no record"):
        trained.write(script, tmp_path / "out")
    assert not (tmp_path / "out").exists()
