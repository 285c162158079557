"""The doctor of the computer: every complaint has a remedy, and nothing heavy is imported to find it."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from studio.hardware import doctor, machine, packages, places

Version = namedtuple("Version", "major minor")


def with_versions(monkeypatch: pytest.MonkeyPatch, **versions: str | None) -> None:
    known = {name.replace("_", "-"): version for name, version in versions.items()}
    real = packages.installed

    def installed(name: str) -> str | None:
        return known[name] if name in known else real(name)

    for module in (packages, machine):
        monkeypatch.setattr(module, "installed", installed)


def test_every_complaint_has_a_remedy(tmp_path: Path) -> None:
    rows = doctor.diagnose(tmp_path)
    assert {"Python", "PyTorch", "Window", "Graphics card", "Memory", "Processors", "Fonts"} <= {
        r.name for r in rows
    }
    assert all(row.said for row in rows)
    assert all(bool(row.remedy) == (row.state != "ok") for row in rows)


def test_the_doctor_imports_nothing_heavy() -> None:
    code = "import sys\nfrom studio.hardware.doctor import diagnose\ndiagnose()\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "fastai", "PySide6", "numpy", "pandas"} & set(run.stdout.split())


def test_missing_torch_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with_versions(monkeypatch, torch=None)
    assert [row.state for row in packages.torch()] == ["error"]


@pytest.mark.parametrize(
    ("torch", "vision", "fits"),
    [
        ("2.14.1", "0.29.0", True),
        ("2.14.1+cpu", "0.29.1+cpu", True),
        ("2.14.1", "0.28.0", False),
        ("3.0", "1.0", True),
    ],
)
def test_torchvision_must_be_of_the_same_release(torch: str, vision: str, fits: bool) -> None:
    assert packages.fits(torch, vision) is fits


@pytest.mark.parametrize(
    ("version", "words"),
    [("2.9.0+cu128", "CUDA 12.8"), ("2.9.0+cpu", "processor only"), ("2.9.0+rocm6.4", "ROCm 6.4")],
)
def test_the_build_of_torch_is_told(version: str, words: str) -> None:
    assert words in packages.build(version)


def test_the_window_release_that_crashes_on_old_python_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with_versions(monkeypatch, PySide6_Essentials="6.12.0")
    monkeypatch.setattr(packages.sys, "version_info", (3, 11, 9, "final", 0))
    (row,) = packages.window()
    assert row.state == "error"
    assert "<6.12" in row.remedy
    monkeypatch.setattr(packages.sys, "version_info", (3, 12, 1, "final", 0))
    assert packages.window()[0].state == "ok"


def test_an_old_python_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages.sys, "version_info", (3, 10, 2, "final", 0))
    monkeypatch.setattr(platform, "python_version", lambda: "3.10.2")
    assert packages.python()[0].state == "error"
    monkeypatch.setattr(packages.sys, "version_info", (3, 19, 0, "final", 0))
    assert packages.python()[0].state == "warning"


def test_a_held_back_number_of_threads_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "usable_processors", lambda: 8)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert "OMP_NUM_THREADS" in machine.threads()[0].remedy
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert machine.threads()[0].state == "ok"


def test_a_nearly_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "LOW_DISK_GIB", 1e9)
    rows = places.disks(tmp_path / "not" / "yet" / "made")
    assert [row.state for row in rows] == ["warning", "warning"]
    assert str(tmp_path) in rows[0].said


def test_missing_window_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places.sys, "platform", "linux")
    monkeypatch.setattr(places.ctypes.util, "find_library", lambda name: None if name == "EGL" else "found")
    (row,) = places.window_libraries()
    assert "libEGL" in row.said
    assert "apt install" in row.remedy
