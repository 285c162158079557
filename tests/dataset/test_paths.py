"""Names in somebody else's table stay below the data root."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.dataset.paths import folder_key, is_below, key_below


@pytest.mark.parametrize("text", ["a/b.jpg", "./a/b.jpg", "a\\b.jpg", "a//b.jpg"])
def test_ways_to_write_a_name_give_one_key(tmp_path: Path, text: str) -> None:
    assert key_below(tmp_path, text) == "a/b.jpg"


@pytest.mark.parametrize(
    "text",
    ["/etc/hostname", "../up.jpg", "a/../../up.jpg", "C:\\x.jpg", "\\\\server\\x.jpg", "", ".", "a\0b.jpg"],
)
def test_names_that_leave_the_root_are_refused(tmp_path: Path, text: str) -> None:
    assert key_below(tmp_path, text) is None


def test_a_link_out_of_the_root_is_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "way").symlink_to(outside)
    assert key_below(root, "way/x.jpg") is None
    assert key_below(root, "x.jpg") == "x.jpg"


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert key_below(tmp_path, "a/x.jpg") in (None, "a/x.jpg")  # never followed outside, never endless


@given(st.text(max_size=40))
def test_whatever_is_written_resolves_below_the_root_or_nowhere(text: str) -> None:
    root = Path("/nowhere/at/all")
    key = key_below(root, text)
    assert key is None or (root / key).resolve().is_relative_to(root)


def test_folders_hold_what_is_below_them() -> None:
    assert folder_key("./train/") == "train"
    assert is_below("train/a.jpg", "train")
    assert not is_below("training/a.jpg", "train")
