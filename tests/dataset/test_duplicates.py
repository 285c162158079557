"""Copies are found by content, and only files of one size are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.dataset.duplicates import exact_duplicates


def test_copies_are_grouped_and_sorted(tmp_path: Path) -> None:
    for name, content in {"b": "same", "a": "same", "c": "lone", "d": "longer"}.items():
        (tmp_path / name).write_text(content)
    assert exact_duplicates(tmp_path, ["d", "c", "b", "a"]) == (("a", "b"),)


def test_empty_and_missing_files_are_no_copies(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "b").touch()
    assert exact_duplicates(tmp_path, ["a", "b", "gone"]) == ()


def test_the_listener_can_stop_it(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text("same")

    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        exact_duplicates(tmp_path, ["a", "b"], stop)
