"""What every test stands on: one thread, no display, a home of its own, and the development data where it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.pop("THAW_SHOT", None)

REPO = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, logs and caches of a test never touch the person's own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    return home


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
