"""Small photos are kept between epochs, and nothing that is half written, changed or too much is ever used."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from studio.dataset.pipeline import cache as kept
from studio.dataset.pipeline.cache import PhotoCache, opened, stamp


def photo(folder: Path, name: str = "a.jpg") -> Path:
    path = folder / name
    path.write_bytes(name.encode() * 9)
    return path


def array(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (3, 5, 7), dtype=np.uint8)


def filled(folder: Path) -> tuple[PhotoCache, kept.Stamp]:
    found, of = PhotoCache(folder / "c", 10_000), stamp(photo(folder))
    assert of is not None
    found.put([(of, array())])
    return found, of


def test_what_was_kept_is_there_for_the_next_run(tmp_path: Path) -> None:
    first, of = filled(tmp_path)
    assert (first.get(of) == array()).all()
    assert (PhotoCache(tmp_path / "c", 10_000).get(of) == array()).all()


def test_a_photo_that_changed_is_another_photo(tmp_path: Path) -> None:
    first, of = filled(tmp_path)
    path = tmp_path / "a.jpg"
    os.utime(path, ns=(1, 1))
    now = stamp(path)
    assert now is not None
    assert now != of
    assert first.get(now) is None
    path.unlink()
    assert stamp(path) is None


@pytest.mark.parametrize("harm", ["data cut", "row cut", "data overwritten", "data gone"])
def test_a_crash_in_the_middle_leaves_nothing_that_is_believed(tmp_path: Path, harm: str) -> None:
    _, of = filled(tmp_path)
    data, index = tmp_path / "c" / "photos.bin", tmp_path / "c" / "photos.idx"
    if harm == "data cut":
        data.write_bytes(data.read_bytes()[:-1])
    elif harm == "row cut":
        index.write_bytes(index.read_bytes()[:-1])
    elif harm == "data overwritten":
        data.write_bytes(bytes(data.stat().st_size))
    else:
        data.unlink()
    again = PhotoCache(tmp_path / "c", 10_000)
    assert again.get(of) is None
    again.put([(of, array(1))])
    assert (PhotoCache(tmp_path / "c", 10_000).get(of) == array(1)).all()


def test_it_grows_no_larger_than_allowed_and_says_so(tmp_path: Path) -> None:
    small, of = PhotoCache(tmp_path / "c", 200), stamp(photo(tmp_path))
    other = stamp(photo(tmp_path, "b.jpg"))
    assert of is not None
    assert other is not None
    small.put([(of, array()), (other, array())])
    small.put([(other, array())])
    assert (len(small), small.get(other)) == (1, None)
    assert "no room" in small.full


def test_what_does_not_fit_on_the_disk_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "room", lambda folder: 100)
    found, why = opened(tmp_path / "photos", "a", 101)
    assert found is None
    assert "read anew in every epoch" in why
    assert not (tmp_path / "photos").exists()


def test_older_caches_make_room_the_longest_unused_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for age, name in enumerate(("new", "old"), start=1):
        (tmp_path / name).mkdir()
        (tmp_path / name / "photos.bin").write_bytes(bytes(400))
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    monkeypatch.setattr(kept, "room", lambda folder: 1000)
    found, why = opened(tmp_path, "mine", 500)
    assert found is not None
    assert not why
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine", "new"]


def test_marks_that_begin_alike_and_many_of_them_are_told_apart(tmp_path: Path) -> None:
    """More than the index has room for at first, so that it grows; every hundredth begins like the one before."""
    cache = PhotoCache(tmp_path / "c", 10**9)
    marks = [
        ((n - (n % 100 == 0)) * 2**20).to_bytes(8, "little") + n.to_bytes(8, "big") for n in range(1, 3000)
    ]
    for n, mark in enumerate(marks):
        cache.put([(kept.Stamp(mark, 0), np.full((1, 1, 2), n % 251, dtype=np.uint8))])
    again = PhotoCache(tmp_path / "c", 10**9)
    for held in (cache, again):
        found = [held.get(kept.Stamp(mark, 0)) for mark in marks]
        assert all(one is not None and one[0, 0, 0] == n % 251 for n, one in enumerate(found))
        assert held.get(kept.Stamp(bytes(16), 0)) is None


def test_threads_keep_photos_side_by_side(tmp_path: Path) -> None:
    cache = PhotoCache(tmp_path / "c", 1_000_000)
    marks = [kept.Stamp(n.to_bytes(16, "big"), 0) for n in range(1, 1500)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: cache.put([(marks[n], array(n))]), range(len(marks))))
        assert all(pool.map(lambda n: (cache.get(marks[n]) == array(n)).all(), range(len(marks))))
    again = PhotoCache(tmp_path / "c", 1_000_000)
    assert all((again.get(mark) == array(n)).all() for n, mark in enumerate(marks))


@pytest.mark.parametrize("most", [1, 70, 105, 1000])
def test_a_batch_is_kept_whole_where_the_system_writes_a_part_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """More arrays than go in one call, of which the system takes `most` bytes."""
    calls = []

    def write(file: int, parts: list[memoryview]) -> int:
        calls.append(len(parts))
        return os.write(file, b"".join(parts)[:most])

    monkeypatch.setattr(os, "writev", write)
    monkeypatch.setattr(kept, "PARTS", 3)
    cache = PhotoCache(tmp_path / "c", 1_000_000)
    marks = [kept.Stamp(n.to_bytes(16, "big"), 0) for n in range(1, 8)]
    cache.put([(mark, array(n)) for n, mark in enumerate(marks)])
    assert max(calls) == 3
    for held in (cache, PhotoCache(tmp_path / "c", 1_000_000)):
        assert all((held.get(mark) == array(n)).all() for n, mark in enumerate(marks))


def test_a_batch_is_kept_where_the_system_cannot_write_many_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "writev")
    cache, of, other = (
        PhotoCache(tmp_path / "c", 10_000),
        kept.Stamp(b"a" * 16, 0),
        kept.Stamp(b"b" * 16, 0),
    )
    cache.put([(of, array()), (other, array(1))])
    again = PhotoCache(tmp_path / "c", 10_000)
    assert (again.get(of) == array()).all()
    assert (again.get(other) == array(1)).all()


def test_a_full_disk_in_the_middle_of_a_batch_leaves_what_was_kept_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, of = filled(tmp_path)
    real = os.writev

    def refuse(file: int, parts: list[memoryview]) -> int:
        if len(parts) < 2:
            raise OSError(28, "No space left on device")
        return real(file, parts[:1])

    monkeypatch.setattr(os, "writev", refuse)
    new = [(kept.Stamp(n.to_bytes(16, "big"), 0), array(n)) for n in range(2, 5)]
    cache.put(new)
    assert cache.full == "Photos are not kept for later epochs: no space left on device."
    monkeypatch.undo()
    for held in (cache, PhotoCache(tmp_path / "c", 10_000)):
        assert (held.get(of) == array()).all()
        assert all(held.get(stamp) is None for stamp, _ in new)
    again = PhotoCache(tmp_path / "c", 10_000)
    again.put(new)
    assert all((again.get(stamp) == kept_array).all() for stamp, kept_array in new)
