"""Kept thumbnails: found again by file, safe against a crash, bounded, filled in the background."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from studio.ui.samples.base import Asked
from studio.ui.samples.image import decode
from studio.ui.samples.pack import Pack, name_of
from studio.ui.samples.packed import canonical, encoded, fetch
from studio.ui.samples.thumbnails import ThumbnailLoader

TILE = Asked(160, 112)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    for number in range(40):
        Image.new("RGB", (400, 300), (number * 6, 90, 160)).save(tmp_path / "photos" / f"{number:02d}.jpg")
    return tmp_path / "photos"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "thumbnails"


def name(number: int) -> bytes:
    return number.to_bytes(16, "big")


def test_a_picture_is_there_after_reopening(folder: Path) -> None:
    pack = Pack(folder)
    assert pack.read(name(1)) is None
    pack.add(name(1), b"one")
    pack.add(name(2), b"two")
    pack.close()
    again = Pack(folder)
    assert (again.read(name(1)), again.read(name(2))) == (b"one", b"two")
    again.close()


@pytest.mark.parametrize("lost", [1, 20, 33])
def test_an_index_that_was_cut_off_loses_only_its_end(folder: Path, lost: int) -> None:
    pack = Pack(folder)
    for number in range(4):
        pack.add(name(number), bytes([number]) * 50)
    pack.close()
    index = next(folder.glob("*.index"))
    os.truncate(index, index.stat().st_size - lost)
    again = Pack(folder)
    kept = [number for number in range(4) if again.read(name(number))]
    assert kept == list(range(4 - -(-lost // 32)))
    again.add(name(9), b"nine")
    again.close()
    third = Pack(folder)
    assert third.read(name(9)) == b"nine"
    assert third.read(name(0)) == bytes(50)
    third.close()


def test_a_picture_that_was_damaged_or_never_reached_the_disk_is_not_there(folder: Path) -> None:
    pack = Pack(folder)
    for number in range(3):
        pack.add(name(number), bytes([65 + number]) * 50)
    pack.close()
    path = next(folder.glob("*.pack"))
    raw = bytearray(path.read_bytes())
    raw[60] ^= 255
    path.write_bytes(raw[:120])
    again = Pack(folder)
    assert [again.read(name(n)) is not None for n in range(3)] == [True, False, False]
    again.close()


def test_the_packs_stay_within_their_bound(folder: Path) -> None:
    pack = Pack(folder, most_mib=0.02)
    for number in range(100):
        pack.add(name(number), os.urandom(1000))
    assert sum(path.stat().st_size for path in folder.glob("*.pack")) < 0.02 * 2**20 + 2000
    assert len(list(folder.glob("*.index"))) == 2
    assert pack.read(name(99)) is not None
    assert pack.read(name(0)) is None
    pack.close()


def test_a_folder_that_cannot_be_written_keeps_nothing_and_complains_to_nobody(folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("a file where the folder should be")
    pack = Pack(folder)
    pack.add(name(1), b"one")
    assert pack.read(name(1)) is None
    pack.close()


def test_another_file_under_the_same_path_is_another_picture(photos: Path, folder: Path) -> None:
    pack, path = Pack(folder), photos / "00.jpg"
    fetch(pack, decode, "00.jpg", path, TILE)
    first = name_of("00.jpg", path, (184, 128))
    assert pack.holds(first)
    Image.new("RGB", (400, 300), (255, 0, 0)).save(path)
    assert name_of("00.jpg", path, (184, 128)) != first
    assert QColor(fetch(pack, decode, "00.jpg", path, TILE).image.pixel(50, 50)).red() > 240
    pack.close()


def test_a_kept_picture_looks_like_its_file_and_its_file_is_not_read_again(
    photos: Path, folder: Path
) -> None:
    pack = Pack(folder)
    read: list[object] = []

    def counting(source: Path | bytes, asked: Asked):  # type: ignore[no-untyped-def]
        read.append(source)
        return decode(source, asked)

    made = fetch(pack, counting, "07.jpg", photos / "07.jpg", TILE).image
    kept = fetch(pack, counting, "07.jpg", photos / "07.jpg", TILE).image
    assert [isinstance(source, bytes) for source in read] == [False, True]
    assert kept.size() == made.size()
    near = [
        abs(a - b)
        for a, b in zip(QColor(made.pixel(9, 9)).getRgb(), QColor(kept.pixel(9, 9)).getRgb(), strict=True)
    ]
    assert max(near) <= 4
    pack.close()


def test_what_can_be_seen_through_stays_so() -> None:
    image = QImage(184, 128, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(10, 20, 30, 0))
    assert encoded(image).startswith(b"\x89PNG")
    image.fill(QColor(10, 20, 30))
    assert encoded(image).startswith(b"\xff\xd8")


def test_tiles_that_need_more_pixels_do_without() -> None:
    assert canonical(TILE) == Asked(184, 128, 1, True)
    assert canonical(Asked(160, 112, 2.0)) == Asked(184, 128, 2, True)
    assert canonical(Asked(400, 280)) is None
    assert canonical(Asked(160, 112, 1.0, fill=False)) is None


def test_everything_is_kept_in_the_background_after_what_is_wanted(
    qtbot: QtBot, photos: Path, folder: Path
) -> None:
    loader, pack = ThumbnailLoader(), Pack(folder)
    loader.set_root(photos)
    loader.set_pack(pack)
    loader.set_size(TILE.width, TILE.height)
    keys = [path.name for path in sorted(photos.iterdir())]
    loader.want(keys[:4])
    loader.keep_all(len(keys), keys.__getitem__)
    names = [name_of(key, photos / key, (184, 128)) for key in keys]
    qtbot.waitUntil(lambda: all(map(pack.holds, names)), timeout=10_000)
    assert loader.image(keys[0]) is not None
    pack.close()
