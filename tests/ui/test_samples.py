"""Thumbnails: decoded elsewhere, at the right size, the right way up, kept within a budget."""

from __future__ import annotations

from pathlib import Path
from threading import get_ident

import pytest
from PIL import Image
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from studio.ui.samples import sample_kind
from studio.ui.samples.base import Asked, Decoded, Source
from studio.ui.samples.image import answer, caption, decode
from studio.ui.samples.image_view import ImageSample
from studio.ui.samples.thumbnails import ThumbnailLoader


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number in range(6):
        Image.new("RGB", (400, 300), (number * 40, 90, 160)).save(tmp_path / f"{number}.jpg")
    return tmp_path


@pytest.fixture
def loader(qtbot: QtBot, photos: Path) -> ThumbnailLoader:
    made = ThumbnailLoader()
    made.set_root(photos)
    made.set_size(80, 60)
    return made


def wait_idle(qtbot: QtBot, loader: ThumbnailLoader) -> None:
    qtbot.waitUntil(lambda: loader.idle, timeout=5000)


def test_a_wanted_picture_comes_at_the_size_of_the_tile(qtbot: QtBot, loader: ThumbnailLoader) -> None:
    assert loader.image("0.jpg") is None
    with qtbot.waitSignal(loader.ready, timeout=5000) as heard:
        loader.want(["0.jpg"])
    assert heard.args == ["0.jpg"]
    image = loader.image("0.jpg")
    assert image is not None
    assert (image.width(), image.height()) == (80, 60)


def test_nothing_is_decoded_on_this_thread(qtbot: QtBot, photos: Path) -> None:
    threads: list[int] = []

    def watched(source: Source, asked: Asked) -> Decoded:
        threads.append(get_ident())
        return decode(source, asked)

    loader = ThumbnailLoader(watched)
    loader.set_root(photos)
    loader.want(["0.jpg", "1.jpg"])
    wait_idle(qtbot, loader)
    assert len(threads) == 2
    assert get_ident() not in threads


def test_a_dense_screen_gets_more_pixels(qtbot: QtBot, loader: ThumbnailLoader) -> None:
    loader.set_size(80, 60, 2.0)
    loader.want(["0.jpg"])
    wait_idle(qtbot, loader)
    image = loader.image("0.jpg")
    assert image is not None
    assert image.width() == 160
    assert image.deviceIndependentSize().width() == 80


def test_what_waits_and_scrolled_away_is_never_read(qtbot: QtBot, photos: Path) -> None:
    read: list[str] = []

    def watched(source: Source, asked: Asked) -> Decoded:
        assert isinstance(source, Path)
        read.append(source.name)
        return decode(source, asked)

    loader = ThumbnailLoader(watched)
    loader.set_root(photos)
    loader.want([f"{n}.jpg" for n in range(5)])
    loader.want(["5.jpg"])
    wait_idle(qtbot, loader)
    assert "5.jpg" in read
    assert "4.jpg" not in read


def test_the_cache_keeps_the_most_recently_used_within_its_budget(qtbot: QtBot, photos: Path) -> None:
    one = 80 * 60 * 4
    loader = ThumbnailLoader(budget_mib=2.5 * one / 1024 / 1024)
    loader.set_root(photos)
    loader.set_size(80, 60)
    for name in ("0.jpg", "1.jpg"):
        loader.want([name])
        wait_idle(qtbot, loader)
    loader.image("0.jpg")  # used again
    loader.want(["2.jpg"])
    wait_idle(qtbot, loader)
    assert loader.image("1.jpg") is None
    assert loader.image("0.jpg") is not None
    assert loader.held_bytes <= 2.5 * one


def test_a_late_answer_for_another_folder_is_dropped(
    qtbot: QtBot, loader: ThumbnailLoader, tmp_path: Path
) -> None:
    loader.want(["0.jpg"])
    loader.set_root(tmp_path / "elsewhere")
    wait_idle(qtbot, loader)
    assert loader.image("0.jpg") is None


@pytest.mark.qt_log_ignore("JPEG datastream.*", extend=True)
def test_a_broken_photo_gives_a_drawn_tile_and_a_sentence(
    qtbot: QtBot, loader: ThumbnailLoader, photos: Path
) -> None:
    whole = (photos / "0.jpg").read_bytes()
    (photos / "broken.jpg").write_bytes(whole[:12])
    loader.want(["broken.jpg", "gone.jpg"])
    wait_idle(qtbot, loader)
    image = loader.image("broken.jpg")
    assert image is not None and not image.isNull()
    assert loader.broken("broken.jpg").startswith("broken.jpg could not be read")
    assert loader.broken("gone.jpg") == "gone.jpg is not there any more."


def test_orientation_is_applied(tmp_path: Path) -> None:
    photo = Image.new("RGB", (400, 200), (200, 0, 0))
    exif = photo.getexif()
    exif[0x0112] = 6  # turned a quarter
    photo.save(tmp_path / "turned.jpg", exif=exif)
    image = decode(tmp_path / "turned.jpg", Asked(100, 100, fill=False)).image
    assert (image.width(), image.height()) == (50, 100)


def test_a_gif_that_is_called_jpg_is_shown(tmp_path: Path) -> None:
    Image.new("P", (30, 30), 3).save(tmp_path / "wrong.jpg", "GIF")
    assert not decode(tmp_path / "wrong.jpg", Asked(20, 20)).image.isNull()


def test_pictures_in_memory_are_shown_like_files(qtbot: QtBot, loader: ThumbnailLoader, photos: Path) -> None:
    loader.set_bytes({"batch/0": (photos / "3.jpg").read_bytes()})
    loader.want(["batch/0"])
    wait_idle(qtbot, loader)
    image = loader.image("batch/0")
    assert image is not None
    assert image.pixelColor(40, 30).blue() > 140


def test_captions_say_what_was_and_what_the_model_said() -> None:
    assert caption("bee") == "bee"
    assert answer("bee", "bee", 0.98) == "bee · 98.0 %"
    assert answer("bee", "ant", 0.934) == "bee, taken for ant · 93.4 %"


def test_the_kinds_of_sample_are_listed_by_name() -> None:
    assert sample_kind("image").View is ImageSample
    with pytest.raises(KeyError):
        sample_kind("smell")


def test_the_large_view_zooms_about_the_cursor_and_fits_again(qtbot: QtBot, photos: Path) -> None:
    view = ImageSample()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show_image(QImage(str(photos / "0.jpg")))
    view.zoom_by(2.0, QPointF(0, 0))
    assert view._photo().width() == pytest.approx(800)
    assert view._photo().topLeft() == QPointF(0, 0)
    view.fit()
    assert view._photo().width() == pytest.approx(400)


def test_the_large_view_reads_a_photo_elsewhere(qtbot: QtBot, photos: Path) -> None:
    view = ImageSample()
    qtbot.addWidget(view)
    view.show_item(photos / "2.jpg", "bee")
    assert view._image is None
    qtbot.waitUntil(lambda: view._image is not None, timeout=5000)
    assert view.accessibleDescription() == "bee"


@pytest.mark.realdata
def test_real_photos_come_quickly(qtbot: QtBot, real_data: Path) -> None:
    folder = real_data / "hymenoptera" / "train" / "ants"
    names = [p.name for p in sorted(folder.glob("*.jpg"))[:40]]
    loader = ThumbnailLoader()
    loader.set_root(folder)
    loader.want(names)
    wait_idle(qtbot, loader)
    assert all(loader.image(name) is not None for name in names)
