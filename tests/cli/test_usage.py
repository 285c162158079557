"""Exit statuses, words for wrong usage, and a stdout that nothing can spoil."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio import log
from studio.cli import COMMANDS
from studio.cli import app as command_line
from studio.cli.lr_find import read_rate
from studio.cli.output import opened
from studio.errors import UserError
from studio.recipe.schema import Rate
from tests.cli.conftest import Thaw

HEAVY = {"torch", "fastai", "pandas", "PySide6", "sklearn", "onnxruntime"}


def loaded_by(*arguments: object) -> set[str]:
    """Modules that a command loads in a process of its own."""
    code = "import sys\nfrom studio.__main__ import main\nstatus = main(sys.argv[1:])\n"
    code += "print('\\nLOADED', *{m.split('.')[0] for m in sys.modules})\nsys.exit(status)"
    run = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    return set(run.stdout.rpartition("LOADED")[2].split())


def test_help_lists_every_command_of_the_contract(thaw: Thaw) -> None:
    said = thaw("--help")
    assert said.status == 0
    contract = "demo new check batch-size lr-find train runs results clean export predict doctor"
    more = "learning-curve queue"
    assert {*contract.split(), *more.split()} == set(COMMANDS)
    assert all(name in said.out for name in COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself_and_takes_json(thaw: Thaw, command: str) -> None:
    said = thaw(command, "--help")
    assert said.status == 0
    assert "--json" in said.out


def test_the_version_is_said(thaw: Thaw) -> None:
    assert thaw("--version").out.startswith("Thaw Studio ")


def test_quick_commands_load_nothing_heavy(made: Path, shapes: Path, tmp_path: Path) -> None:
    assert not loaded_by("--help") & HEAVY
    assert not loaded_by("new", "image_classification", tmp_path / "x.thaw", "--data", shapes) & HEAVY
    assert not loaded_by("runs", made) & HEAVY
    assert not loaded_by("check", made) & HEAVY
    assert not loaded_by("clean", made, "list") & HEAVY
    assert not loaded_by("doctor") & HEAVY


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trian", "x"], "train"),
        (["nonsense"], "--help"),
        (["train"], "PROJECT"),
        (["train", "x", "--stage", "none"], "stage"),
        (["train", "x", "--bogus"], "bogus"),
        (["train", "x", "--run", "1"], "--resume"),
        (["new", "image_classification", "x", "--data", ".", "--set", "epochs"], "FIELD=VALUE"),
        (["clean", "x", "explode"], "explode"),
    ],
)
def test_wrong_usage_is_status_2(thaw: Thaw, arguments: list[str], words: str) -> None:
    said = thaw(*arguments)
    assert (said.status, said.out) == (2, "")
    assert words in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"demo", "new", "doctor"}))
def test_a_folder_that_is_no_project_is_status_1(thaw: Thaw, command: str, tmp_path: Path) -> None:
    rest = [tmp_path] if command == "predict" else []
    for extra in ([], ["--json"]):
        said = thaw(command, tmp_path / "nowhere", *rest, *extra)
        assert (said.status, said.out) == (1, "")
        assert "nowhere" in said.err
        assert "Traceback" not in said.err


def test_a_defect_is_told_without_its_traceback_which_is_in_the_log(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def work() -> int:
        raise ZeroDivisionError("secret detail")

    assert command_line.guarded(work) == 1
    told = capfd.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    assert str(log.folder()) in told.err.replace("\n", "")
    assert "secret detail" in (log.folder() / log.NAME).read_text()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UserError("The disk is full.", "Free some space."), 1),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 1),
    ],
)
def test_each_kind_of_end_has_its_status(error: BaseException, status: int) -> None:
    def work() -> int:
        raise error

    code = f"import sys; sys.exit({status})"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == status
    if not isinstance(error, BrokenPipeError):
        assert command_line.guarded(work) == status


def test_a_log_that_cannot_be_written_stops_nothing(
    thaw: Thaw, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (made.parent / "file").touch()
    monkeypatch.setattr(log, "folder", lambda: made.parent / "file" / "below")
    assert thaw("runs", made).status == 0


def test_nothing_but_json_reaches_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    with opened(True) as output:
        print("a library says hello")
        os.write(1, b"so does C code\n")
        subprocess.run([sys.executable, "-c", "print('and a child')"], check=True)
        output.show("for people only")
        output.line({"loss": float("nan"), "name": "ü"})
    print("after")
    told = capfd.readouterr()
    assert told.out.splitlines() == ['{"loss":null,"name":"ü"}', "after"]
    assert all(words in told.err for words in ("library says", "C code", "and a child"))


def test_a_reader_that_leaves_early_is_no_failure_to_talk_about(made: Path) -> None:
    code = f"{sys.executable} -m studio doctor --json | head -n 1"
    run = subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=False)
    assert json.loads(run.stdout)
    assert "Traceback" not in run.stderr
    assert "BrokenPipe" not in run.stderr


def test_a_project_alone_opens_the_window(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from studio import __main__ as entry

    asked: list[Path | None] = []

    def window(project: Path | None) -> int:
        asked.append(project)
        return 0

    monkeypatch.setattr(entry, "_open_window", window)
    assert entry.main([str(made)]) == 0
    assert entry.main([]) == 0
    assert asked == [made, None]


@pytest.mark.parametrize("text", ["", "fast", "1e-3,1e-4,1e-5", "-1", "0,1e-3", "nan", "inf"])
def test_a_rate_that_is_none_is_refused_in_words(text: str) -> None:
    with pytest.raises(UserError, match="is no rate"):
        read_rate(text)


def test_rates_are_read_in_either_order() -> None:
    assert read_rate("5e-3") == Rate(max=5e-3)
    assert read_rate("1e-3, 1e-5") == Rate(max=1e-3, min=1e-5)
