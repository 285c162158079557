"""The gauge of NVIDIA cards, against a library that answers as real drivers have been seen to."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from studio.hardware import Gauge
from studio.hardware.nvml import Nvml
from tests.hardware.driver import FakeDriver


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> FakeDriver:
    fake = FakeDriver()
    monkeypatch.setitem(sys.modules, "pynvml", fake)
    return fake


def test_memory_is_told_apart_by_who_holds_it(driver: FakeDriver) -> None:
    nvml = Nvml()
    reading = nvml.read(0, [100])
    assert (reading.kind, reading.name, reading.index) == ("gpu", "Card 0", 0)
    assert (reading.total_mib, reading.free_mib) == (8000, 5000)
    assert (reading.ours_mib, reading.others_mib) == (2000, 1000)
    assert reading.reason == ""
    nvml.close()
    nvml.close()
    assert driver.opened == 0


def test_without_our_processes_all_use_is_others(driver: FakeDriver) -> None:
    reading = Nvml().read(0, [4711])
    assert (reading.ours_mib, reading.others_mib) == (0, 3000)


def test_every_card_is_read(driver: FakeDriver) -> None:
    driver.count = 3
    with Gauge() as gauge:
        assert [r.name for r in gauge.read_all()] == ["Card 0", "Card 1", "Card 2"]
        assert gauge.why_no_gpu == ""


def test_a_card_that_does_not_tell_its_memory_is_unknown(driver: FakeDriver) -> None:
    driver.nvmlDeviceGetMemoryInfo = driver.refuse  # type: ignore[method-assign]
    reading = Nvml().read(0)
    assert (reading.kind, reading.total_mib) == ("unknown", 0)
    assert "Not Supported" in reading.reason


@pytest.mark.parametrize("memory", [None, SimpleNamespace(total=0, used=0, free=0)])
def test_an_empty_answer_is_unknown_too(driver: FakeDriver, memory: Any) -> None:
    driver.memory = memory
    reading = Nvml().read(0)
    assert reading.kind == "unknown"
    assert reading.reason


def test_a_driver_that_does_not_tell_programs_apart_says_so(driver: FakeDriver) -> None:
    driver.processes = [SimpleNamespace(pid=100, usedGpuMemory=None)]
    reading = Nvml().read(0, [100])
    assert (reading.ours_mib, reading.others_mib) == (0, 3000)
    assert "programs apart" in reading.reason
    driver.nvmlDeviceGetComputeRunningProcesses = driver.refuse  # type: ignore[method-assign]
    assert "programs apart" in Nvml().read(0, [100]).reason


def test_a_name_that_is_not_told_gets_a_number(driver: FakeDriver) -> None:
    driver.nvmlDeviceGetName = driver.refuse  # type: ignore[method-assign]
    assert Nvml().read(0).name == "GPU 0"


@pytest.mark.parametrize(("missing", "cards"), [(True, 1), (False, 0)])
def test_without_a_card_the_gauge_shows_ram(
    monkeypatch: pytest.MonkeyPatch, missing: bool, cards: int
) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", FakeDriver(cards, missing=missing))
    with Gauge() as gauge:
        assert gauge.read().kind == "ram"
        assert gauge.why_no_gpu


def test_without_the_package_the_gauge_shows_ram(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    with Gauge() as gauge:
        assert gauge.read().kind == "ram"
        assert "nvidia-ml-py" in gauge.why_no_gpu
