"""Copies are found by content, and only files of one size are read."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from studio.dataset.duplicates import exact_duplicates, sha256_of


def test_copies_are_grouped_and_sorted(tmp_path: Path) -> None:
    for name, content in {"b": "same", "a": "same", "c": "lone", "d": "longer"}.items():
        (tmp_path / name).write_text(content)
    assert exact_duplicates(tmp_path, ["d", "c", "b", "a"]) == (("a", "b"),)


def test_empty_and_missing_files_are_no_copies(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "b").touch()
    assert exact_duplicates(tmp_path, ["a", "b", "gone"]) == ()
    assert sha256_of(tmp_path / "gone") == ""


def test_the_hash_is_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 3_000_000)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"x" * 3_000_000).hexdigest()


def test_the_listener_can_stop_it(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text("same")

    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        exact_duplicates(tmp_path, ["a", "b"], stop)
