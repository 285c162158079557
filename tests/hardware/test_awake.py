"""The machine stays awake while something trains, and nothing happens where the system offers no way."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.hardware.awake import Awake, command


def test_the_tool_of_each_system_is_named() -> None:
    assert command("linux")[0] == "systemd-inhibit"
    assert command("darwin")[:2] == ["caffeinate", "-i"]
    assert command("sunos5") == []


def test_it_is_held_and_released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "systemd-inhibit"
    tool.write_text("#!/bin/sh\nexec cat\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    awake = Awake("linux")
    awake.hold()
    awake.hold()
    assert awake.held
    awake.release()
    assert not awake.held
    awake.release()


def test_without_a_tool_nothing_happens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    awake = Awake("linux")
    awake.hold()
    assert not awake.held
    awake.release()
