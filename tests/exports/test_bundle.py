"""A bundle answers without torch, in the studio and where no studio is; a damaged one is refused in words."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import msgspec
import onnx
import pytest

from studio.errors import UserError
from studio.exports import manifest, standalone
from studio.exports import onnx as onnx_export
from studio.exports.bundle import Bundle
from tests.exports.photos import Trained


@pytest.fixture(scope="module")
def folder(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out") / "bundle"
    trained.write(onnx_export, folder)
    return folder


def copy_of(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to))


def test_answers_do_not_depend_on_the_batch(trained: Trained, folder: Path) -> None:
    bundle = Bundle.open(folder)
    one, _ = bundle.predict([trained.root], batch=1)
    many, _ = bundle.predict([trained.root], batch=7)
    assert [p.input for p in one] == [p.input for p in many]
    assert [p.answer for p in one] == [p.answer for p in many]
    for a, b in zip(one, many, strict=True):
        assert dict(a.scores) == pytest.approx(dict(b.scores), abs=1e-6)


def test_inputs_that_cannot_be_read_get_a_sentence_and_the_others_an_answer(
    trained: Trained, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and nothing more")
    good = trained.root / trained.dataset.items[0].key
    predictions, latency_ms = Bundle.open(folder).predict(
        [tmp_path / "broken.png", good, tmp_path / "gone.png"]
    )
    assert [bool(p.problem) for p in predictions] == [True, False, True]
    assert [bool(p.answer) for p in predictions] == [False, True, False]
    assert "broken.png" in predictions[0].problem
    assert latency_ms > 0


def test_nothing_to_predict_on_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing to predict on"):
        Bundle.open(folder).predict([tmp_path])


def test_predicting_imports_no_torch(trained: Trained, folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from studio.exports.bundle import Bundle\n"
        f"predictions, _ = Bundle.open(Path({str(folder)!r})).predict([Path({str(trained.root)!r})])\n"
        "print(len(predictions), sorted({'torch', 'fastai', 'pandas', 'PySide6'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "24 []"


def isolated(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the bundle's own program with the installed packages, but none of the studio's paths."""
    code = (
        "import sys, runpy; sys.path[:0] = [sys.argv[1], sys.argv[2]]; sys.argv = sys.argv[3:]\n"
        "class Wall:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('studio', 'torch', 'msgspec'): raise ImportError(name)\n"
        "sys.meta_path.insert(0, Wall())\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    packages = sysconfig.get_paths()["purelib"]
    program = str(folder / "predict.py")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    command = [sys.executable, "-I", "-S", "-c", code, str(folder), packages, program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)


def test_it_runs_where_no_studio_is_installed(trained: Trained, folder: Path) -> None:
    run = isolated(folder, "--json", str(trained.root))
    assert run.returncode == 0, run.stderr
    said = [json.loads(line) for line in run.stdout.splitlines()]
    own, _ = Bundle.open(folder).predict([trained.root])
    assert [s["answer"] for s in said] == [p.answer for p in own]
    assert said[0]["scores"] == pytest.approx(dict(own[0].scores), abs=1e-6)


def test_its_program_speaks_to_people_too(trained: Trained, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no")
    run = isolated(folder, str(trained.root / "red" / "00.png"), str(tmp_path / "broken.png"))
    good, bad = run.stdout.splitlines()
    assert run.returncode == 1
    assert re.fullmatch(r".*00\.png: (blue|green|red) \(\d+\.\d%\)", good)
    assert "no answer" in bad
    assert "Traceback" not in run.stderr


def test_the_words_that_go_with_it_name_classes_and_proof(folder: Path) -> None:
    text = (folder / "README.txt").read_text()
    assert "Three colours" in text
    assert "blue, green, red" in text
    assert "6 of 6 validation items" in text
    assert {line.partition(">=")[0] for line in (folder / "requirements.txt").read_text().split()} == set(
        standalone.NEEDS
    )


def test_a_foreign_model_is_refused(tmp_path: Path) -> None:
    node = onnx.helper.make_node("Identity", ["x"], ["y"])
    value = [onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [1]) for n in "xy"]
    graph = onnx.helper.make_graph([node], "other", value[:1], value[1:])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, tmp_path / "model.onnx")
    with pytest.raises(UserError, match="not exported by Thaw Studio"):
        Bundle.open(tmp_path)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x80\x04}q\x00."])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(UserError, match="damaged or is not an ONNX model"):
        Bundle.open(tmp_path)


def test_a_changed_model_is_refused(folder: Path, tmp_path: Path) -> None:
    changed = copy_of(folder, tmp_path / "copy")
    raw = bytearray((changed / "model.onnx").read_bytes())
    raw[len(raw) // 2] ^= 1
    (changed / "model.onnx").write_bytes(raw)
    with pytest.raises(UserError, match="may be damaged"):
        Bundle.open(changed)


def test_a_damaged_description_is_refused(folder: Path, tmp_path: Path) -> None:
    changed = copy_of(folder, tmp_path / "copy")
    (changed / "bundle.json").write_text('{"format": "one"}')
    with pytest.raises(UserError, match=r"bundle\.json is damaged"):
        Bundle.open(changed)


def test_a_bundle_of_a_newer_studio_is_refused(folder: Path) -> None:
    known = Bundle.open(folder).manifest
    newer = msgspec.structs.replace(known, format=manifest.FORMAT + 1, studio="9.0")
    with pytest.raises(UserError, match="newer Thaw Studio"):
        manifest.read(manifest.readable(newer), "bundle.json")


def test_an_unknown_problem_is_refused(folder: Path, tmp_path: Path) -> None:
    model = onnx.load(folder / "model.onnx")
    known = Bundle.open(folder).manifest
    other = onnx_export.with_manifest(model, msgspec.structs.replace(known, problem="palmistry"))
    (tmp_path / "model.onnx").write_bytes(other)
    with pytest.raises(UserError, match="palmistry"):
        Bundle.open(tmp_path)


def test_a_folder_without_a_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds no model\.onnx"):
        Bundle.open(tmp_path)
    with pytest.raises(UserError, match="does not exist"):
        Bundle.open(tmp_path / "gone")
