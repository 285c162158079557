"""The gauge of the computer's own memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.hardware import ram
from studio.hardware.gauge import reading
from studio.hardware.ram import family, read_ram

HOLD = "import sys; block = bytearray(120_000_000); print('held', flush=True); sys.stdin.read()"


def test_the_parts_make_up_the_whole() -> None:
    read = read_ram([os.getpid()])
    assert read.kind == "ram"
    assert read.ours_mib > 5
    assert read.others_mib >= 0
    assert read.total_mib == pytest.approx(read.ours_mib + read.others_mib + read.free_mib, rel=1e-6)


def test_children_count_as_ours() -> None:
    before = read_ram([os.getpid()]).ours_mib
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "held"
        assert child.pid in family([os.getpid()])
        assert read_ram([os.getpid()]).ours_mib > before + 100
        child.kill()


def test_a_process_that_is_gone_holds_nothing() -> None:
    assert family([2**22 + 5]) == set()
    assert read_ram([2**22 + 5]).ours_mib == 0


def test_a_containers_limit_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "memory.max").write_text(f"{512 * 2**20}\n")
    (tmp_path / "memory.current").write_text(f"{300 * 2**20}\n")
    (tmp_path / "memory.stat").write_text(f"anon 5\ninactive_file {100 * 2**20}\n")
    monkeypatch.setattr(ram, "CGROUP", tmp_path)
    read = read_ram()
    assert read.total_mib == 512
    assert read.free_mib <= 312
    (tmp_path / "memory.max").write_text("max\n")
    assert read_ram().total_mib > 512


def test_one_reading_needs_no_gauge() -> None:
    assert reading([os.getpid()]).total_mib > 0
