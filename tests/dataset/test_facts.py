"""Looking at files: in order, from memory where nothing changed, stopped in the middle, with a cache that breaks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from studio.dataset.facts import AT_ONCE, Fact, facts
from studio.dataset.scan_cache import NAME, ScanCache

LOOKED: list[str] = []


def size_of(path: Path) -> int:
    LOOKED.append(path.name)
    return len(path.read_bytes()) if path.exists() else -1


SIZE = Fact("size", "Measuring", size_of, int, lambda size: size >= 0)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    LOOKED.clear()
    (tmp_path / "data").mkdir()
    names = [f"{n:04d}" for n in range(AT_ONCE + 20)]
    for n, name in enumerate(names):
        (tmp_path / "data" / name).write_bytes(b"x" * n)
    return names


def seen(tmp_path: Path, names: list[str]) -> list[int]:
    with ScanCache(tmp_path) as cache:
        found = list(facts(SIZE, tmp_path / "data", names, cache=cache))
    assert [key for key, _ in found] == names
    return [size for _, size in found]


def test_what_is_known_is_not_looked_at_again_until_the_file_changes(
    tmp_path: Path, files: list[str]
) -> None:
    assert seen(tmp_path, files) == list(range(len(files)))
    LOOKED.clear()
    assert seen(tmp_path, files) == list(range(len(files)))
    assert LOOKED == []
    (tmp_path / "data" / files[7]).write_bytes(b"longer than it was")
    os.utime(tmp_path / "data" / files[9], ns=(1, 1))
    assert seen(tmp_path, files)[7] == 18
    assert [files[7]] == LOOKED


def test_a_file_that_could_not_be_read_is_looked_at_again(tmp_path: Path) -> None:
    LOOKED.clear()
    (tmp_path / "data").mkdir()
    assert seen(tmp_path, ["gone"]) == seen(tmp_path, ["gone"]) == [-1]
    assert LOOKED == ["gone", "gone"]


def test_a_look_that_is_stopped_was_not_in_vain(tmp_path: Path, files: list[str]) -> None:
    def stop(text: str, done: int, total: int) -> None:
        if done > AT_ONCE:
            raise KeyboardInterrupt

    with ScanCache(tmp_path) as cache, pytest.raises(KeyboardInterrupt):
        list(facts(SIZE, tmp_path / "data", files, stop, cache))
    LOOKED.clear()
    seen(tmp_path, files)
    assert len(LOOKED) <= 20


@pytest.mark.parametrize("damage", [b"no database", b""])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, files: list[str], damage: bytes) -> None:
    seen(tmp_path, files)
    (tmp_path / NAME).write_bytes(damage)
    assert seen(tmp_path, files)[3] == 3
    LOOKED.clear()
    seen(tmp_path, files)
    assert LOOKED == []


def test_a_cache_that_is_cut_short_while_open_is_done_without(tmp_path: Path, files: list[str]) -> None:
    seen(tmp_path, files)
    content = (tmp_path / NAME).read_bytes()
    (tmp_path / NAME).write_bytes(content[: len(content) // 2])
    assert seen(tmp_path, files)[5] == 5


def test_without_a_folder_nothing_is_kept(tmp_path: Path, files: list[str]) -> None:
    with ScanCache(tmp_path / "missing") as cache:
        assert len(list(facts(SIZE, tmp_path / "data", files, cache=cache))) == len(files)
    assert not (tmp_path / "missing").exists()
