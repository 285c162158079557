"""Facts hold by content: files touched, renamed or copied are not looked at again, changed ones are."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from studio.dataset.facts import Fact, facts
from studio.dataset.scan_cache import NAME, ScanCache, Seen, Stamp, content_of, stamp_of

LOOKED: list[str] = []
LONG_AGO = 10**18


def read(path: Path) -> str:
    LOOKED.append(path.name)
    return path.read_text()


WORDS = Fact("words", "Reading", read, str)
LENGTH = Fact("length", "Measuring", lambda path: len(read(path)), int)
PEEK = Fact("peek", "Peeking", lambda path: read(path)[:1], str, whole=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    LOOKED.clear()
    folder = tmp_path / "data"
    folder.mkdir()
    for n in range(5):
        (folder / f"{n}").write_text(f"text {n}")
        os.utime(folder / f"{n}", ns=(LONG_AGO, LONG_AGO))
    return folder


def seen(data: Path, fact: Fact[object] = WORDS) -> dict[str, object]:  # type: ignore[assignment]
    LOOKED.clear()
    with ScanCache(data.parent) as cache:
        return dict(facts(fact, data, sorted(p.name for p in data.iterdir()), cache=cache))


def test_a_touched_file_is_known_by_its_content(data: Path) -> None:
    first = seen(data)
    os.utime(data / "2")
    assert seen(data) == first
    assert LOOKED == []


def test_a_folder_that_was_copied_or_renamed_is_known(data: Path) -> None:
    first = seen(data)
    shutil.copytree(data, data.parent / "copy", copy_function=shutil.copyfile)
    assert seen(data.parent / "copy") == first
    for path in sorted(data.iterdir()):
        path.rename(data / f"new {path.name}")
    assert seen(data) == {f"new {key}": value for key, value in first.items()}
    assert LOOKED == []


def test_a_changed_file_of_the_same_size_and_time_is_looked_at(data: Path) -> None:
    seen(data)
    (data / "3").write_text("TEXT 3")
    os.utime(data / "3", ns=(LONG_AGO, LONG_AGO))
    assert seen(data)["3"] == "TEXT 3"
    assert LOOKED == ["3"]


def test_facts_of_the_old_content_are_forgotten_whatever_they_tell(data: Path) -> None:
    seen(data), seen(data, LENGTH), seen(data, PEEK)  # type: ignore[arg-type]
    (data / "3").write_text("other words")
    assert seen(data)["3"] == "other words"
    assert seen(data, LENGTH)["3"] == 11  # type: ignore[arg-type]
    assert seen(data, PEEK)["3"] == "o"  # type: ignore[arg-type]


def test_what_only_peeks_hashes_nothing_until_something_reads_the_whole(data: Path) -> None:
    with ScanCache(data.parent) as cache:
        dict(facts(PEEK, data, ["0", "1"], cache=cache))
        assert cache.unhashed(["0", "1"]) == {"0", "1"}
        dict(facts(WORDS, data, ["0"], cache=cache))
        assert cache.unhashed(["0", "1"]) == {"1"}


def test_a_file_that_changed_a_moment_ago_is_not_known_by_its_stamp(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one")
    stamp = stamp_of(f"{tmp_path}/a")
    assert stamp is not None
    with ScanCache(tmp_path) as cache:
        cache.keep("any", [Seen("a", stamp, b"fact", content_of(tmp_path / "a"))])
        assert cache.known("any", {"a": stamp}, lambda keys: {"a": b"another"}) == {}
        old = Stamp(3, LONG_AGO, LONG_AGO)
        cache.keep("any", [Seen("a", old, b"fact")])
        assert cache.known("any", {"a": old}, lambda keys: pytest.fail("its stamp is the same")) == {
            "a": b"fact"
        }


def test_a_file_that_changes_while_it_is_looked_at_is_not_remembered(data: Path) -> None:
    def changing(path: Path) -> str:
        path.write_text("while it was read")
        return "before"

    with ScanCache(data.parent) as cache:
        assert dict(facts(Fact("changing", "Reading", changing, str), data, ["0"], cache=cache)) == {
            "0": "before"
        }
        assert cache.known("changing", {"0": stamp_of(f"{data}/0")}) == {}


def test_the_cache_of_an_older_studio_is_made_anew(data: Path) -> None:
    old = sqlite3.connect(data.parent / NAME)
    old.execute("create table facts (what text, key text, size int, changed_ns int, value blob)")
    old.execute("insert into facts values ('words', '0', 6, 1, 'old')")
    old.commit()
    old.close()
    first = seen(data)
    assert len(LOOKED) == len(first) == 5
    assert seen(data) == first
    assert LOOKED == []
