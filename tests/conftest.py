"""What every test stands on: one thread, no display, a home of its own, and the development data where it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.pop("THAW_SHOT", None)

REPO = Path(__file__).resolve().parent.parent
PATIENCE_MS = 60_000
"""The least time that a test waits for the window: what takes milliseconds takes seconds on a busy machine."""


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, logs and caches of a test never touch the person's own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    return home


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's own, but patient."""
    from pytestqt.qtbot import QtBot

    class Patient(QtBot):
        def waitUntil(self, callback: Any, *, timeout: int = PATIENCE_MS) -> None:
            super().waitUntil(callback, timeout=max(timeout, PATIENCE_MS))

        def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **more: Any) -> Any:
            if more.get("raising") is not False:  # else a signal is waited for that is not to come
                timeout = max(timeout, PATIENCE_MS)
            return super().waitSignal(signal, timeout=timeout, **more)

    return Patient(request)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The development data, or a skip."""
    found = Path(os.environ.get("THAW_DATA", REPO.parent / "shared" / "data"))
    if not found.is_dir():
        pytest.skip("the development data is not here (set THAW_DATA)")
    return found


@pytest.fixture(scope="session")
def real_weights(real_data: Path) -> Path:
    """The SqueezeNet weights beside the development data, or a skip."""
    found = real_data.parent / "weights" / "squeezenet1_0-deepcomp-folded.pth"
    if not found.is_file():
        pytest.skip("the weights are not beside the development data")
    return found
