"""A full disk, a folder that cannot be written, a file in the way: the older export is still whole."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from studio.errors import UserError
from studio.exports import onnx as onnx_export
from studio.exports import place
from studio.exports.bundle import Bundle
from tests.exports.photos import Trained
from tests.exports.test_onnx import everything_in

LIMITED = """
import resource, sys
from pathlib import Path
from studio.errors import UserError
from studio.exports import place

resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    with place.staged(Path(sys.argv[1]), "model.onnx") as stage:
        (stage / "bundle.json").write_text("new")
        (stage / "model.onnx").write_bytes(bytes(100_000))
except UserError as error:
    print(error.message)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file size limits")
@pytest.mark.parametrize("exists", [True, False])
def test_a_full_disk_keeps_the_old_export(tmp_path: Path, exists: bool) -> None:
    folder = tmp_path / "out"
    if exists:
        folder.mkdir()
        (folder / "model.onnx").write_bytes(b"old")
        (folder / "bundle.json").write_bytes(b"old too")
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(folder)], capture_output=True, text=True, check=True
    )
    assert "The disk is full" in run.stdout
    assert "Traceback" not in run.stderr
    kept = {p.name: p.read_bytes() for p in folder.iterdir()} if folder.exists() else {}
    assert kept == ({"model.onnx": b"old", "bundle.json": b"old too"} if exists else {})
    assert folder.exists() == exists


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file size limits")
def test_a_disk_that_fills_up_in_a_whole_export_keeps_learner_and_bundle(
    trained: Trained, tmp_path: Path
) -> None:
    import resource

    trained.write(onnx_export, tmp_path / "out")
    before = everything_in(tmp_path / "out")
    size = (tmp_path / "out" / "model.onnx").stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, limits[1]))
    try:
        with pytest.raises(UserError, match="The disk is full"):
            trained.write(onnx_export, tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert everything_in(tmp_path / "out") == before
    predictions, _ = Bundle.open(tmp_path / "out").predict([trained.root])
    assert len(predictions) == len(trained.dataset.items)
    assert trained.learner.get_preds(dl=trained.learner.dls.valid)[0].shape == (6, 3)


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with (
            pytest.raises(UserError, match="cannot be written"),
            place.staged(tmp_path / "out", "model.onnx"),
        ):
            pass
    finally:
        tmp_path.chmod(0o700)


def test_a_read_only_file_system_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: object) -> str:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(place.tempfile, "TemporaryDirectory", refused)
    with pytest.raises(UserError, match="cannot be written"), place.staged(tmp_path / "out", "model.onnx"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a letter")
    with pytest.raises(UserError, match="out"), place.staged(tmp_path / "out", "model.onnx"):
        pass
    assert (tmp_path / "out").read_text() == "a letter"


def test_what_else_lies_in_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with place.staged(tmp_path, "a.txt") as stage:
        (stage / "a.txt").write_text("new")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "notes.txt"]


def test_what_a_killed_export_left_is_cleared_a_day_later(tmp_path: Path) -> None:
    for name, age_s in ((".export-old", 2 * 24 * 3600), (".export-new", 60)):
        (tmp_path / name).mkdir()
        then = time.time() - age_s
        os.utime(tmp_path / name, (then, then))
    with place.staged(tmp_path, "a.txt") as stage:
        (stage / "a.txt").write_text("new")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".export-new", "a.txt"]


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_kill_while_files_are_moved_leaves_no_half_file(tmp_path: Path, step: int) -> None:
    """The first file decides; each is either the old one or the new one, whole."""
    for name in ("model.onnx", "bundle.json"):
        (tmp_path / name).write_bytes(b"old" * 1000)
    code = textwrap.dedent("""
        import os, sys
        from pathlib import Path
        from studio.exports import place
        real, left = os.replace, [int(sys.argv[2])]
        def replace(a, b):
            left[0] -= 1
            if not left[0]:
                os._exit(9)
            real(a, b)
        os.replace = replace
        with place.staged(Path(sys.argv[1]), "model.onnx") as stage:
            for name in ("bundle.json", "model.onnx"):
                (stage / name).write_bytes(b"new" * 1000)
    """)
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(step)], capture_output=True, text=True
    )
    assert run.returncode == 9
    for name in ("model.onnx", "bundle.json"):
        assert (tmp_path / name).read_bytes() in (b"old" * 1000, b"new" * 1000)
    assert ((tmp_path / "model.onnx").read_bytes() == b"new" * 1000) == (step == 3)
