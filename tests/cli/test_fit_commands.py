"""Commands that fit: the whole way on small pictures, each with clean JSON, and Ctrl-C that keeps the run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from studio.project import Project
from tests.cli.conftest import Thaw, write_shapes

REPO = Path(__file__).resolve().parents[2]
PLAN = ("arch=resnet18", "weights=none", "size=32", "epochs=2", "batch_size=4", "augment=none")


def sets(*values: str) -> list[str]:
    return [part for one in values for part in ("--set", one)]


def test_the_whole_way_from_a_folder_to_answers(thaw: Thaw, tmp_path: Path) -> None:
    shapes, folder = write_shapes(tmp_path / "shapes"), tmp_path / "shapes.thaw"
    assert thaw("new", "image_classification", folder, "--data", shapes, *sets(*PLAN)).status == 0

    estimated = thaw("batch-size", folder, "--json")
    assert (estimated.status, estimated.lines[-1]["done"]) == (0, "batch-size")

    found = thaw("lr-find", folder, "--json")
    assert found.status == 0
    assert found.lines[-1]["suggestions"].keys() == {s["name"] for s in found.lines[-2]["suggestions"]}

    assert len(found.lines[-2]["lrs"]) == len(found.lines[-2]["losses"]) > 20

    three = thaw("lr-find", folder, "--three", "--rate", "1e-4,1e-3", "--json")
    assert three.status == 0
    assert [fit["max"] for fit in three.lines[-1]["fits"]] == [1e-4, 1e-3, 1e-2]
    assert {line["trial"] for line in three.lines if line.get("event") == "TrialPoints"} == {0, 1, 2}

    trained = thaw("train", folder, "--json")
    assert trained.status == 0
    events, last = trained.lines[:-1], trained.lines[-1]
    assert all("event" in line for line in events)
    assert [line["event"] for line in events if line["event"] in ("RunStarted", "EpochDone", "RunDone")] == [
        "RunStarted",
        "EpochDone",
        "EpochDone",
        "RunDone",
    ]
    assert (last["run"], last["status"]) == (1, "finished")
    assert {"valid_loss", "accuracy"} <= last["metrics"].keys()
    assert last["seconds"] > 0

    results = thaw("results", folder, "--json")
    assert results.lines[-1]["classes"] == ["dark", "light"]

    exported = thaw("export", folder, "--to", tmp_path / "bundle", "--json")
    assert exported.status == 0
    assert exported.lines[-2]["proof"]["passed"]

    by_bundle = thaw("predict", tmp_path / "bundle", shapes / "dark", "--json")
    by_run = thaw("predict", folder, shapes / "dark", "--json")
    answers = [[line["answer"] for line in said.lines if "answer" in line] for said in (by_bundle, by_run)]
    assert len(answers[0]) == 8
    assert answers[0] == answers[1]

    assert "Run 2" in thaw("train", folder, "--stage", "1").err
    assert thaw("train", folder, "--resume").status == 1
    assert thaw("train", folder, "--stage", "7").status == 1


def test_a_person_sees_epochs_and_the_result(thaw: Thaw, tmp_path: Path) -> None:
    shapes, folder = write_shapes(tmp_path / "shapes"), tmp_path / "shapes.thaw"
    assert thaw("new", "image_classification", folder, "--data", shapes, *sets(*PLAN)).status == 0
    said = thaw("train", folder)
    assert said.status == 0
    assert "epoch 2 of 2" in said.err
    assert said.out.startswith("Run 1 finished")


@pytest.mark.skipif(os.name == "nt", reason="needs SIGINT")
def test_ctrl_c_keeps_the_run_which_goes_on_where_it_stood(thaw: Thaw, tmp_path: Path) -> None:
    shapes, folder = write_shapes(tmp_path / "shapes", each=20), tmp_path / "shapes.thaw"
    plan = [*PLAN[:3], "epochs=300", "batch_size=4"]
    assert thaw("new", "image_classification", folder, "--data", shapes, *sets(*plan)).status == 0
    command = [sys.executable, "-m", "studio", "train", str(folder), "--json"]
    with subprocess.Popen(
        command, cwd=REPO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        lines = []
        for line in child.stdout:
            lines.append(json.loads(line))
            if lines[-1].get("event") == "EpochDone" and lines[-1]["epoch"] == 1:
                child.send_signal(signal.SIGINT)
        told = child.stderr.read()
    assert child.returncode == 130, told
    assert lines[-1]["run"] == 1
    assert "--resume" in told
    assert "Traceback" not in told
    with Project.open(folder) as project:
        assert not project.read_only
        record = project.run(1).record()
        assert record.status == "interrupted"
        assert record.resumable
