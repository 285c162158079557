"""What the window remembers: kept at once, and mended value by value when the file is damaged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.ui.settings import MOST_RECENTS, Recent, Settings, Values


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_a_change_is_there_at_the_next_start(path: Path):
    Settings(path).change(theme="dark", checkpoint_minutes=2)
    assert Settings(path).values.theme == "dark"
    assert Settings(path).values.checkpoint_minutes == 2


def test_a_bad_value_is_put_back_alone_and_the_file_is_kept(path: Path):
    Settings(path).change(theme="dark")
    raw = json.loads(path.read_text()) | {"checkpoint_minutes": "often", "later_version": 1}
    path.write_text(json.dumps(raw))
    again = Settings(path)
    assert again.reset == ("checkpoint_minutes",)
    assert again.values == Values(theme="dark")
    assert json.loads(path.with_name("settings.json.backup").read_text())["checkpoint_minutes"] == "often"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[1, 2]", b"{"])
def test_a_file_that_is_no_settings_starts_afresh(path: Path, content: bytes):
    path.parent.mkdir()
    path.write_bytes(content)
    assert Settings(path).values == Values()


def test_recent_projects_are_newest_first_once_and_few(path: Path):
    settings = Settings(path)
    for number in range(MOST_RECENTS + 3):
        settings.remember(Recent(f"/p/{number}", str(number)))
    settings.remember(Recent("/p/5", "five"))
    folders = [recent.folder for recent in settings.values.recents]
    assert folders[0] == "/p/5" and folders.count("/p/5") == 1
    assert len(folders) == MOST_RECENTS
    settings.forget("/p/5")
    assert "/p/5" not in [recent.folder for recent in settings.values.recents]


def test_a_place_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    settings = Settings(tmp_path / "file" / "settings.json")
    settings.change(theme="dark")
    assert settings.values.theme == "dark"
