"""The real window and the real engine on a tiny set of generated photos."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.ui import theme
from studio.ui.app import Studio
from studio.ui.settings import Settings
from tests.ui.conftest import close_studio, draw_photos, nothing_left, pytest_collection_modifyitems, themed

__all__ = ["nothing_left", "pytest_collection_modifyitems", "themed"]

QUICK = {"arch": "mobilenet_v3_small", "weights": "none", "size": "32", "batch_size": "8", "augment": "none"}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Forty photos of two kinds."""
    return draw_photos(tmp_path / "photos", each=20)


@pytest.fixture
def studio(qtbot: QtBot, themed: theme.ThemeSwitch, tmp_path: Path) -> Iterator[Studio]:
    """The whole window, as `thaw` opens it."""
    made = Studio(Settings(tmp_path / "settings.json"))
    made.start()
    yield made
    close_studio(made)
